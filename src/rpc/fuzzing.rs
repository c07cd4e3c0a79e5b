//! What of a call takes bytes from a server, for `crate::fuzzing`.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use prost::bytes::Bytes;

use super::bounds::{Counts, Shape};
use super::cause::cause as cause_of;
use super::codes;
use super::grpc::{self, Ended};
use super::intake::Counting;
use super::methods::{Method, Response};
use crate::fuzzing::is_fit;
use crate::proto::service;
use crate::transport::{HttpResponse, Intake};

/// Lines with `name: value` for the headers, an empty one, the same for the trailers, an empty one, and the body. The
/// first line is the HTTP status, and whether the headers are all.
pub(crate) fn answer(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let first = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (status, kind) = first.split_once(' ').unwrap_or((&first, ""));
    let (headers, rest) = headers(parts.next().unwrap_or_default());
    let (trailers, body) = self::headers(rest);
    let is_trailers_only = kind == "alone";
    let answer = HttpResponse {
        status: status.parse().unwrap_or(StatusCode::OK),
        headers,
        body: Bytes::copy_from_slice(body),
        trailers: (kind != "cut" && !is_trailers_only).then_some(trailers),
        is_trailers_only,
    };
    let said = if is_trailers_only { Some(answer.headers.clone()) } else { answer.trailers.clone() };
    let is_success = answer.status == StatusCode::OK && answer.headers.contains_key(CONTENT_TYPE);
    match grpc::message_of(answer) {
        Ok(message) => {
            let stated: Vec<_> = said.iter().flat_map(|said| said.get_all("grpc-status")).collect();
            assert!(is_success && stated == ["0"], "only a status of 0 is a success");
            assert_eq!(message.len() + 5, body.len());
        }
        Err(Ended::NotGrpc(not)) => is_fit(&not.failure(str::to_owned).error),
        Err(Ended::Status(_) | Ended::Unreadable(..)) => {}
    }
}

/// The headers before an empty line, and what follows it.
fn headers(mut bytes: &[u8]) -> (HeaderMap, &[u8]) {
    let mut headers = HeaderMap::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
        bytes = rest;
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    (headers, bytes)
}

/// The first byte chooses the method, and the rest is the reply.
pub(crate) fn reply(bytes: &[u8]) {
    let Some((method, encoded)) = bytes.split_first() else { return };
    let readers = readers();
    readers[usize::from(*method) % readers.len()](encoded);
}

fn read<M: Method>(encoded: &[u8]) {
    let Some(counts) = counted(M::target().shape, encoded) else { return };
    let mut reply = M::Response::default();
    if reply.read(encoded, &counts).is_ok()
        && let Some(status) = reply.status()
    {
        codes::of_reply(status);
        cause(codes::said(status));
    }
}

/// The elements of a reply that is read to its end. The same is counted however its bytes arrive.
fn counted(shape: &'static Shape, encoded: &[u8]) -> Option<Counts> {
    let length = u32::try_from(encoded.len()).ok()?;
    let body = [&[0][..], &length.to_be_bytes(), encoded].concat();
    let [whole, in_pieces] = [body.len(), 3].map(|size| {
        let mut intake = Counting::new(shape);
        body.chunks(size).all(|piece| intake.admits(piece));
        intake.ended().map_err(|ended| format!("{ended:?}"))
    });
    assert_eq!(whole, in_pieces);
    whole.ok()
}

fn readers() -> [fn(&[u8]); 21] {
    [
        read::<service::ConnectRequest>,
        read::<service::GetVersionRequest>,
        read::<service::DescribeCollectionRequest>,
        read::<service::ShowCollectionsRequest>,
        read::<service::GetCollectionStatisticsRequest>,
        read::<service::ListDatabasesRequest>,
        read::<service::ShowPartitionsRequest>,
        read::<service::DescribeIndexRequest>,
        read::<service::GetPersistentSegmentInfoRequest>,
        read::<service::GetQuerySegmentInfoRequest>,
        read::<service::ListSnapshotsRequest>,
        read::<service::QueryRequest>,
        read::<service::FlushRequest>,
        read::<service::GetFlushStateRequest>,
        read::<service::GetLoadStateRequest>,
        read::<service::GetLoadingProgressRequest>,
        read::<service::GetReplicasRequest>,
        read::<service::ManualCompactionRequest>,
        read::<service::GetCompactionStateRequest>,
        read::<service::GetCompactionPlansRequest>,
        read::<service::LoadCollectionRequest>,
    ]
}

/// The cause is a part of the text.
pub(crate) fn cause(text: &str) {
    assert!(text.contains(cause_of(text)));
}
