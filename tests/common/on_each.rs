//! One test on several versions of the scripted server.

use std::thread;

use milvus_client::Client;
use milvus_fake::Fake;

use super::common::client;

/// Runs a test on a fresh server of each of these versions, all at once.
pub(crate) fn on_each(versions: &[&'static str], test: impl Fn(&'static str, &Fake, &Client) + Sync) {
    thread::scope(|scope| {
        for &version in versions {
            let test = &test;
            scope.spawn(move || {
                let fake = Fake::start(version);
                let client = client(&fake);
                test(version, &fake, &client);
            });
        }
    });
}
