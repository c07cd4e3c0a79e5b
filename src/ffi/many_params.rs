//! Reads the parameters of milvus_compact_many().

use std::ptr;
use std::time::Duration;

use super::client::milvus_client;
use super::compaction::{client_and_params, names_database};
use super::convert::{self, InStruct};
use super::many::milvus_many_params;
use crate::client::Client;
use crate::compaction::{DEFAULT_CONCURRENCY, Many, Policy};
use crate::error::Error;

/// The client for the database that the parameters name, and what to do.
pub(super) fn read(
    client: *mut milvus_client,
    pointer: *const milvus_many_params,
    names: Option<Vec<String>>,
) -> Result<(Client, Many), Error> {
    let defaults = milvus_many_params {
        size: size_of::<milvus_many_params>(),
        compaction: ptr::null(),
        concurrency: 0,
        only_trigger: 0,
        r#match: ptr::null(),
        all_databases: 0,
        include_final: 0,
        min_segments: 0,
        min_deleted_percent: 0.0,
        max_collections: 0,
        start_within_ms: 0,
    };
    let given = if pointer.is_null() { defaults } else { InStruct::read("params", pointer)? };
    let concurrency = match usize::try_from(given.concurrency) {
        Ok(0) => DEFAULT_CONCURRENCY,
        Ok(number) => number,
        Err(_) => {
            let text = format!("concurrency: is {}; 0 stands for the default", given.concurrency);
            return Err(Error::invalid_argument(text));
        }
    };
    let (client, params) = client_and_params(client, given.compaction)?;
    let only_trigger = convert::yes_or_no("params.only_trigger", given.only_trigger)?;
    let policy = policy(&given)?;
    if policy.all_databases && names_database(given.compaction)? {
        let text = "all_databases: goes without a database in the parameters of the compaction";
        return Err(Error::invalid_argument(text));
    }
    Ok((client, Many { names, params, concurrency, only_trigger, policy }))
}

/// Which of them are compacted.
fn policy(given: &milvus_many_params) -> Result<Policy, Error> {
    let number = |parameter: &str, value: i64| match u64::try_from(value) {
        Ok(0) => Ok(None),
        Ok(number) => Ok(Some(number)),
        Err(_) => {
            Err(Error::invalid_argument(format!("{parameter}: is {value}; 0 stands for no such limit")))
        }
    };
    Ok(Policy {
        pattern: convert::optional_text("match", given.r#match)?.map(str::to_owned),
        all_databases: convert::yes_or_no("all_databases", given.all_databases)?,
        least_segments: number("min_segments", given.min_segments)?.unwrap_or(0),
        least_deleted_percent: given.min_deleted_percent,
        most_collections: number("max_collections", given.max_collections)?,
        start_within: number("start_within_ms", given.start_within_ms)?.map(Duration::from_millis),
        include_final: convert::yes_or_no("include_final", given.include_final)?,
    })
}
