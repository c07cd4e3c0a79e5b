//! A server of many behaviours, most of them hostile: whatever it does, each call ends, says what is true, and leaves the
//! client fit for the next one.

#[path = "../common/bytes.rs"]
mod bytes;
#[allow(dead_code)]
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod frames;
mod greetings;
mod grpc;
mod headers;
#[path = "../common/huffman.rs"]
mod huffman;
mod judge;
mod lives;
mod milvus;
#[allow(dead_code)]
#[path = "../common/openssl.rs"]
mod openssl;
mod protobuf;
mod row;
mod tcp;
mod tls;
mod waits;
#[path = "../common/wire.rs"]
mod wire;

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use lives::Lot;
use row::Row;

/// Most of them wait most of the time.
const THREADS: usize = 20;

fn table() -> Vec<Row> {
    [
        tcp::of_connections(),
        tcp::of_requests(),
        tls::of_handshakes(),
        greetings::of_firsts(),
        greetings::of_settings(),
        greetings::of_frames(),
        frames::of_requests(),
        frames::of_ends(),
        headers::of_requests(),
        grpc::of_answers(),
        grpc::of_codes(),
        protobuf::of_messages(),
        milvus::of_answers(),
        waits::of_jobs(),
    ]
    .concat()
}

/// They take the machine's time, so they come alone.
fn floods() -> Vec<Row> {
    [greetings::of_floods(), frames::of_floods()].concat()
}

/// Plays rows on so many threads, or those whose name has what `BEHAVIOURS_ONLY` says; returns what is wrong.
fn play(rows: &[Row], threads: usize) -> Vec<String> {
    let only = std::env::var("BEHAVIOURS_ONLY").unwrap_or_default();
    let rows: Vec<&Row> = rows.iter().filter(|row| row.name().contains(&only)).collect();
    crowd::do_all(rows.len(), threads, |number| rows[number].name(), |number| judge::play(rows[number]))
}

#[test]
fn whatever_a_server_does_each_call_ends_and_says_what_is_true() {
    let (table, floods) = (table(), floods());
    let all = || table.iter().chain(&floods);
    let names: HashSet<String> = all().map(Row::name).collect();
    assert_eq!(names.len(), all().count(), "no two rows are the same");
    assert!(names.len() >= 200, "{}", names.len());
    let wrong = [play(&table, THREADS), play(&floods, 3)].concat();
    println!("{} rows", names.len());
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}

/// So many lives, unless `BEHAVIOURS` says another number; `BEHAVIOURS_SEED` is that of an earlier run.
const LIVES: usize = 40;

#[test]
fn a_client_lives_through_any_misbehaviours_one_after_the_other() {
    let told = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let count = told("BEHAVIOURS").map_or(LIVES, |number| usize::try_from(number).unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = told("BEHAVIOURS_SEED").unwrap_or_else(|| u64::from(now.subsec_nanos()));
    println!("BEHAVIOURS_SEED={seed}");
    let rows: Vec<Row> = table().into_iter().filter(lives::is_of_a_life).collect();
    let live = |number: usize| {
        let lot = seed.wrapping_add(u64::try_from(number).unwrap() * 1_000_003);
        lives::live(&rows, &mut Lot(lot))
    };
    let wrong = crowd::do_all(count, THREADS, |number| format!("life {number}"), live);
    let of = format!("BEHAVIOURS_SEED={seed}: {} of {count} lives", wrong.len());
    assert!(wrong.is_empty(), "{of}:\n{}", wrong.join("\n"));
}
