//! What the tests against the scripted server share.

use std::time::Duration;

use milvus_client::Client;
use milvus_client::client::Timeout;
use milvus_client::config::{Config, Options};
use milvus_fake::Fake;

/// Far above what any call here needs.
pub(crate) const LIMIT: Timeout = Timeout::After(Duration::from_secs(20));

pub(crate) fn client(fake: &Fake) -> Client {
    client_with(&fake.uri(), &[])
}

pub(crate) fn client_with(uri: &str, pairs: &[(&str, &str)]) -> Client {
    let mut options = Options::default();
    for (key, value) in pairs {
        options.set(key, value).unwrap();
    }
    Client::new(Config::new(uri, &options).unwrap()).unwrap()
}
