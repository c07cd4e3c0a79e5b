//! Surveys many collections, several at a time. If one fails, the others continue.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::call_context::CallContext;
use super::super::client_state::ClientState;
use super::super::concurrently::{self, Group, Item, Selection, Work};
use super::super::everything::{Place, every_place, labels};
use super::super::progress::Progressing;
use super::super::teller::Teller;
use super::{SurveySettings, Surveyed, look};
use crate::error::Error;
use crate::operation::Part;
use crate::rpc::Deadline;

/// The parameters of a survey of many collections.
#[derive(Clone, Debug)]
pub struct SurveyMany {
    /// Names or aliases; `None`: every collection of the database.
    pub names: Option<Vec<String>>,
    /// What to assume and to ask for.
    pub settings: SurveySettings,
    /// How many collections are in progress at a time.
    pub concurrency: usize,
    /// Whether the collections of every database are surveyed. Then there are no names.
    pub all_databases: bool,
}

/// The result of one collection.
#[derive(Clone, Debug)]
pub struct SurveyItem {
    /// The name or alias that the caller gave or the server listed; empty if a whole database could not be listed.
    pub name: String,
    /// Its database; empty on servers without databases (before 2.2.9).
    pub database: String,
    /// What was found out; `None` if the survey of this collection failed.
    pub surveyed: Option<Box<Surveyed>>,
    /// Its error.
    pub error: Option<Error>,
}

impl Item for SurveyItem {
    fn failed(name: String, error: Error) -> Self {
        Self { name, database: String::new(), surveyed: None, error: Some(error) }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

/// Surveys all collections. Returns the result of each, and an error for the whole if one of them failed.
pub(crate) async fn survey(
    client_state: &Arc<ClientState>,
    progressing: &Arc<dyn Progressing>,
    deadline: Deadline<'_>,
    many: SurveyMany,
) -> Result<(Vec<SurveyItem>, Option<Error>), Error> {
    let SurveyMany { names, settings, concurrency, all_databases } = many;
    let mut selection = Selection { names, concurrency };
    selection.check()?;
    settings.params.check_for_many()?;
    if all_databases && selection.names.is_some() {
        let text = "names: are given, and all_databases too; a survey of all databases has no names";
        return Err(Error::invalid_argument(text));
    }
    let places = if all_databases { every_place(client_state, deadline).await? } else { HashMap::new() };
    if all_databases {
        selection.names = Some(labels(&places));
    }
    let group = Group::new(client_state, progressing);
    let (mut items, error) =
        concurrently::all(group, selection, deadline, Surveying { settings, places: places.clone() }).await?;
    for item in &mut items {
        if let Some(place) = places.get(&item.name) {
            (item.database, item.name) = (place.state.rpc.database().to_owned(), place.name.clone());
        } else if item.database.is_empty() {
            client_state.rpc.database().clone_into(&mut item.database);
        }
    }
    Ok((items, error))
}

/// What is done with each collection.
struct Surveying {
    settings: SurveySettings,
    /// Empty if the collections are those of the database of these calls.
    places: HashMap<String, Place>,
}

impl Work for Surveying {
    type Item = SurveyItem;

    fn run<'w>(
        &'w self,
        (group, _): (&'w Group, &'w Teller),
        deadline: Deadline<'w>,
        name: String,
    ) -> Part<'w, Box<SurveyItem>> {
        Box::pin(async move {
            let surveyed = self.survey(group, deadline, &name).await;
            Box::new(match surveyed {
                Ok(surveyed) => {
                    let (database, surveyed) = (surveyed.database.clone(), Some(Box::new(surveyed)));
                    SurveyItem { name, database, surveyed, error: None }
                }
                Err(error) => SurveyItem::failed(name, deadline.settle(error)),
            })
        })
    }
}

impl Surveying {
    async fn survey(&self, group: &Group, deadline: Deadline<'_>, label: &str) -> Result<Surveyed, Error> {
        let place = self.places.get(label);
        if let Some(error) = place.and_then(|place| place.error.clone()) {
            return Err(error);
        }
        let _turn = group.turn(deadline).await?;
        let (client_state, name) =
            place.map_or((&group.client_state, label), |place| (&place.state, place.name.as_str()));
        Box::pin(look(CallContext { client_state, deadline }, name, (None, None), &self.settings)).await
    }
}
