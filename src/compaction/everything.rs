//! The collections of all databases of a server, and which names a call without names selects.

use std::collections::HashMap;
use std::sync::Arc;

use super::catalog;
use super::client_state::ClientState;
use super::policy::Policy;
use crate::collection;
use crate::error::{Error, Status};
use crate::rpc::{Deadline, MOST_NAMES};
use crate::sorting::sort_by;
use crate::text::quotable;

/// Where a collection is: the client for its database, and its name. Or why the database could not be listed.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) state: Arc<ClientState>,
    pub(super) name: String,
    pub(super) error: Option<Error>,
}

/// Every collection of every database that the user may see, by the label "database/collection". No server allows a slash
/// in a name. A database that cannot be listed has one entry without a name.
pub(super) async fn every_place(
    client_state: &Arc<ClientState>,
    deadline: Deadline<'_>,
) -> Result<HashMap<String, Place>, Error> {
    let mut places = HashMap::new();
    for database in catalog::databases(&client_state.rpc, deadline).await? {
        let database = database.name;
        let state = Arc::new(client_state.on(database.clone()));
        let listed = collection::list(&state.rpc, deadline).await;
        let (names, error) = match listed {
            Ok(names) => (names, None),
            // It was dropped meanwhile.
            Err(error) if error.status == Status::DatabaseNotFound => continue,
            Err(error) => {
                let text = format!("listing the collections of database \"{}\"", quotable(&database));
                (vec![String::new()], Some(error.context(text)))
            }
        };
        if places.len() + names.len() > MOST_NAMES {
            let text = format!("the databases have more than {MOST_NAMES} collections together");
            return Err(Error::new(Status::ServerError, text));
        }
        for name in names {
            let place = Place { state: Arc::clone(&state), name: name.clone(), error: error.clone() };
            places.insert(format!("{database}/{name}"), place);
        }
    }
    Ok(places)
}

/// The labels of these places, ordered by database and name.
pub(super) fn labels(places: &HashMap<String, Place>) -> Vec<String> {
    let mut labels: Vec<(&String, &Place)> = places.iter().collect();
    sort_by(&mut labels, |(_, one), (_, other)| {
        let by_database = one.state.rpc.database().cmp(other.state.rpc.database());
        by_database.then_with(|| one.name.cmp(&other.name))
    });
    labels.into_iter().map(|(label, _)| label.clone()).collect()
}

/// The names that the policy selects, and where they are if all databases are meant. A pattern that selects nothing is a
/// failure: it is more often mistyped than meant.
pub(super) async fn selected(
    client_state: &Arc<ClientState>,
    policy: &Policy,
    deadline: Deadline<'_>,
) -> Result<(Vec<String>, HashMap<String, Place>), Error> {
    let (mut places, selects) = (HashMap::new(), policy.selects());
    let names = if policy.all_databases {
        places = every_place(client_state, deadline).await?;
        places.retain(|_, place| place.error.is_some() || selects(&place.name));
        labels(&places)
    } else {
        let mut names = collection::list(&client_state.rpc, deadline).await?;
        names.retain(|name| selects(name));
        names
    };
    match &policy.pattern {
        Some(pattern) if names.is_empty() => {
            let place = match client_state.rpc.database() {
                _ if policy.all_databases => "any database".to_owned(),
                "" => "the default database".to_owned(),
                own => format!("the database \"{}\"", quotable(own)),
            };
            let text = format!("no collection in {place} matches \"{}\"", quotable(pattern));
            Err(Error::new(Status::CollectionNotFound, text))
        }
        _ => Ok((names, places)),
    }
}
