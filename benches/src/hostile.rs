//! Servers that answer with as much as they can, and a healthy server beside them.

use std::io::Read;

use milvus_fake::proto::service::{GetPersistentSegmentInfoResponse, PersistentSegmentInfo};
use milvus_fake::{Answer, End, Fake, Front};
use prost::Message;

use crate::Result;
use crate::arguments::Arguments;
use crate::process::{Clients, Kind, Server};

const SERVERS: usize = 4;
/// The most that an answer may have.
const MOST_BYTES: usize = 8 << 20;

/// Answers each list of stored segments with 8 MiB, until standard input ends. Prints its URI.
pub(crate) fn serve(arguments: &Arguments) -> Result {
    let message = match arguments.required("answers")? {
        // Two bytes for each.
        "empty" => [vec![10, 0], [18, 0].repeat(MOST_BYTES / 2 - 1)].concat(),
        "full" => full(),
        other => return Err(format!("--answers {other}: empty or full").into()),
    };
    let fake = Fake::start("v2.6.8");
    let front = Front::before(fake.address());
    let length = u32::try_from(message.len())?.to_be_bytes();
    let answer = Answer {
        body: [&[0], &length[..], &message].concat(),
        end: End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]),
        ..Answer::of_type(200, "application/grpc")
    };
    front.answer("GetPersistentSegmentInfo", usize::MAX, answer);
    println!("{}", front.uri());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// As many segments as fit, with what a real server tells of each. Real ids are long: the collection's, too.
fn full() -> Vec<u8> {
    const FIRST: i64 = 450_000_000_000_000_000;
    let info = |segment_id| PersistentSegmentInfo {
        segment_id,
        partition_id: FIRST,
        num_rows: 1_000_000,
        state: 4,
        level: 2,
        is_sorted: true,
        storage_version: 2,
        ..Default::default()
    };
    let each = PersistentSegmentInfo { collection_id: FIRST, ..info(FIRST) }.encoded_len() + 2;
    let infos = (FIRST..).map(info).take(MOST_BYTES / each).collect();
    GetPersistentSegmentInfoResponse { status: Some(Default::default()), infos }.encode_to_vec()
}

/// Measures the calls to a healthy server, alone and beside four that are asked for their segments all the time.
pub(crate) fn run(arguments: &Arguments) -> Result {
    let library = arguments.required("library")?.to_owned();
    let clients = Clients { library, python: None, grpc: None };
    let calls = arguments.number("calls")?.unwrap_or(2_000);
    for answers in ["empty", "full"] {
        let healthy = Server::start("")?;
        let hostile = (0..SERVERS).map(|_| Server::start(&format!("--answers {answers}")));
        let hostile = hostile.collect::<Result<Vec<_>>>()?;
        let uris: Vec<_> = hostile.iter().map(|server| server.uri.as_str()).collect();
        let load = format!("--calls {calls} --beside {}", uris.join(","));
        let measured = clients.run(Kind::Ours, &healthy, &load)?;
        let ms = |name| measured.get(name).map(|ns| ns / 1e6);
        println!(
            "{answers} answers: p50 {:.2} ms alone, {:.2} with them in another process, {:.2} in this; p99 {:.2}, {:.2}, \
             {:.2}; {} answers, none later than its limit by more than {:.0} ms; {:.0} MB",
            ms("alone_p50_ns")?,
            ms("apart_p50_ns")?,
            ms("beside_p50_ns")?,
            ms("alone_p99_ns")?,
            ms("apart_p99_ns")?,
            ms("beside_p99_ns")?,
            measured.get("answers")?,
            ms("late_ns")?,
            measured.get("rss_kb")? / 1024.0,
        );
    }
    Ok(())
}
