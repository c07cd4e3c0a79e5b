//! Looks up the primary cluster of a global cluster (Zilliz Cloud), whose endpoint lists the clusters. Request and
//! response follow pymilvus 3.0.2; there is no public description of them.

use http::header::AUTHORIZATION;
use http::request::Builder;
use serde_json::Value;

use super::connect::{open, too_slow};
use super::endpoint::Endpoint;
use super::http1;
use super::resolve::Resolver;
use crate::config::{Address, Credentials, DEFAULT_PORT};
use crate::error::{Error, Status};
use crate::text::shortened;

const PATH: &str = "/global-cluster/topology";
const LARGEST_ANSWER: usize = 1024 * 1024;
/// The bit of a cluster's capability that marks the primary.
const WRITABLE: i64 = 2;

/// Looks up the address of the primary cluster, within the timeout for connecting.
pub(super) async fn primary(endpoint: &Endpoint, resolver: &Resolver) -> Result<Address, Error> {
    let config = &endpoint.config;
    // Kept until the answer is read, so that no text of it shows them.
    let credentials = config.credentials.current();
    let asking = ask(endpoint, resolver, credentials.as_deref());
    let asked = tokio::time::timeout(config.connect_timeout, asking).await;
    let asked = asked.unwrap_or_else(|_| Err(too_slow(config, resolver)));
    asked.map_err(|error| config.hiding_secrets(error).context("asking for the clusters of a global cluster"))
}

async fn ask(
    endpoint: &Endpoint,
    resolver: &Resolver,
    credentials: Option<&Credentials>,
) -> Result<Address, Error> {
    let config = &endpoint.config;
    let tls = match &endpoint.tls {
        Some(tls) => Some(tls.for_http1().renewed().await),
        None => None,
    };
    let request = request(endpoint, credentials)?;
    let opened = open(config, tls.as_ref(), resolver).await?;
    let page = http1::ask(endpoint, opened, request, LARGEST_ANSWER).await?;
    let status = page.status;
    if status.is_success() {
        return primary_in(&page.body, |text| config.without_secrets(text));
    }
    let text = format!("{} answers HTTP status {status}", config.address);
    Err(match status.as_u16() {
        401 | 403 => Error::new(Status::Unauthenticated, text),
        500.. => Error::new(Status::Unavailable, text).retriable(),
        _ => Error::new(Status::ServerError, text),
    })
}

fn request(endpoint: &Endpoint, credentials: Option<&Credentials>) -> Result<Builder, Error> {
    let mut request = http1::get(endpoint, PATH);
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, credentials.bearer()?);
    }
    Ok(request)
}

fn primary_in(answer: &[u8], hide: impl Fn(&str) -> String) -> Result<Address, Error> {
    let wrong = |why: &str| Error::new(Status::ServerError, format!("the answer {why}"));
    let answer: Value = serde_json::from_slice(answer).map_err(|_| wrong("is not JSON"))?;
    if let Some(code) = answer["code"].as_i64().filter(|code| *code != 0) {
        let text = answer["message"].as_str().unwrap_or_default();
        return Err(wrong(&format!("is a refusal with code {code}: {}", shortened(&hide(text), 400))));
    }
    let clusters = answer["data"]["clusters"].as_array().ok_or_else(|| wrong("has no list of clusters"))?;
    let is_primary =
        |cluster: &&Value| cluster["capability"].as_i64().is_some_and(|bits| bits & WRITABLE != 0);
    let primary = clusters.iter().find(is_primary).ok_or_else(|| wrong("names no primary cluster"))?;
    let endpoint =
        primary["endpoint"].as_str().ok_or_else(|| wrong("gives the primary cluster no endpoint"))?;
    // The default port whatever the scheme, as in pymilvus.
    Address::parse(endpoint, DEFAULT_PORT)
        .map_err(|_| wrong("gives the primary cluster a malformed endpoint"))
}

#[cfg(any(test, fuzzing))]
/// Reads an answer, for `crate::fuzzing`.
pub(super) fn fuzz(answer: &[u8]) {
    let _ = primary_in(answer, str::to_owned).inspect_err(crate::fuzzing::is_fit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writable_cluster_is_the_primary() {
        let answer = br#"{"code":0,"data":{"version":"7","clusters":[
            {"clusterId":"a","endpoint":"https://a.example:443","capability":1},
            {"clusterId":"b","endpoint":"https://b.example:19531","capability":3}]}}"#;
        assert_eq!(primary_in(answer, str::to_owned).unwrap().to_string(), "b.example:19531");
        let bare = br#"{"data":{"clusters":[{"endpoint":"c.example","capability":3}]}}"#;
        assert_eq!(primary_in(bare, str::to_owned).unwrap().to_string(), "c.example:19530");
    }

    #[test]
    fn answers_that_make_no_sense_are_refused_with_the_reason() {
        for (answer, why) in [
            ("<html>", "is not JSON"),
            (r#"{"code":401,"message":"no such token"}"#, "code 401: no such token"),
            ("{}", "no list of clusters"),
            (r#"{"data":{"clusters":[]}}"#, "names no primary"),
            (r#"{"data":{"clusters":[{"capability":1,"endpoint":"x"}]}}"#, "names no primary"),
            (r#"{"data":{"clusters":[{"capability":2}]}}"#, "no endpoint"),
            (r#"{"data":{"clusters":[{"capability":2,"endpoint":"https://x:99999"}]}}"#, "malformed"),
        ] {
            let error = primary_in(answer.as_bytes(), str::to_owned).unwrap_err();
            assert!(error.message().contains(why), "{answer}: {error}");
        }
    }
}
