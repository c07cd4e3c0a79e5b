//! What another process can have the fake do, a line each:
//!
//! ```text
//! fail METHOD cut|lost|hang|empty|refuse CODE TEXT|grpc CODE TEXT|recorded VERSION/SITUATION METHOD
//! restart · compacted · segments NAME · count METHOD · load NAME ROWS · alias ALIAS NAME
//! no_clustering_keys · poll_all · add NAME SCENARIO · jobs COUNT · slow METHOD MILLISECONDS
//! header METHOD NAME: of its latest call · rename NAME NEW · drop NAME · drop_partition NAME PARTITION · sort NAME
//! database NAME: one more
//! mergeable NAME SEGMENTS... (of each partition) · held NAME TRIGGERS · serves_late NAME QUESTIONS
//! delete NAME ROWS: of each segment
//! ```

use std::time::Duration;

use tonic::Code;

use crate::{Fake, Fault, Method, Scenario, recorded};

/// Does what a line says, and returns the line to answer with.
#[must_use]
pub fn obey(fake: &Fake, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let done = || "done".to_owned();
    match words[..] {
        ["fail", of, ref how @ ..] => {
            let (Some(method), Some(fault)) = (method(of), fault(how)) else { return unknown(line) };
            fake.fail_next(method, fault);
            done()
        }
        ["restart"] => {
            fake.restart();
            done()
        }
        ["compacted"] => fake.compacted().join(";"),
        ["segments", name] => {
            let segments = fake.segments(name);
            segments.iter().map(|(id, rows)| format!("{id}:{rows}")).collect::<Vec<_>>().join(",")
        }
        ["count", of] => match method(of) {
            Some(method) => fake.count(method).to_string(),
            None => unknown(line),
        },
        ["header", of, name] => match method(of) {
            Some(method) => header(fake, method, name),
            None => unknown(line),
        },
        ["load", name, rows] => {
            fake.load(name, rows.parse().unwrap_or(0));
            done()
        }
        ["alias", alias, name] => {
            fake.alias(alias, name);
            done()
        }
        ["poll_all"] => {
            fake.poll_all();
            done()
        }
        ["add", name, scenario] => {
            let mut known = Scenario::named().into_iter().chain(Scenario::others());
            match known.find(|(known, _)| *known == scenario) {
                Some((_, scenario)) => {
                    fake.add(name, scenario);
                    done()
                }
                None => unknown(line),
            }
        }
        ["jobs", count] => fake.start_jobs(count.parse().unwrap_or(0)).to_string(),
        ["no_clustering_keys"] => {
            fake.remove_clustering_keys();
            done()
        }
        _ => change(fake, &words).unwrap_or_else(|| unknown(line)),
    }
}

/// What changes the collections, or how fast it answers.
fn change(fake: &Fake, words: &[&str]) -> Option<String> {
    match *words {
        ["database", name] => fake.add_database(name),
        ["rename", name, new] => fake.rename(name, new),
        ["drop", name] => fake.drop_collection(name),
        ["drop_partition", name, partition] => fake.drop_partition(name, partition),
        ["sort", name] => fake.sort(name),
        ["mergeable", name, ref partitions @ ..] if !partitions.is_empty() => {
            let segments: Option<Vec<usize>> = partitions.iter().map(|count| count.parse().ok()).collect();
            fake.add_mergeable(name, &segments?);
        }
        ["serves_late", name, questions] => fake.serves_late(name, questions.parse().ok()?),
        ["delete", name, rows] => fake.delete_rows(name, rows.parse().ok()?),
        ["held", name, triggers] => fake.held_for(name, triggers.parse().ok()?),
        ["slow", of, milliseconds] => {
            fake.slow_down(method(of)?, Duration::from_millis(milliseconds.parse().ok()?));
        }
        _ => return None,
    }
    Some("done".to_owned())
}

/// What the latest call of a method had in this header; "none" if it was not there.
fn header(fake: &Fake, method: Method, name: &str) -> String {
    let calls = fake.calls();
    let latest = calls.iter().rfind(|call| call.method == method);
    latest.and_then(|call| call.headers.get(name).cloned()).unwrap_or_else(|| "none".to_owned())
}

fn unknown(line: &str) -> String {
    format!("unknown command: {line}")
}

fn method(name: &str) -> Option<Method> {
    use Method as M;
    let all = [
        M::Connect,
        M::GetVersion,
        M::Describe,
        M::ShowCollections,
        M::Statistics,
        M::Databases,
        M::ShowPartitions,
        M::DescribeIndex,
        M::Stored,
        M::Loaded,
        M::Snapshots,
        M::Query,
        M::Flush,
        M::FlushState,
        M::LoadState,
        M::Load,
        M::Progress,
        M::Replicas,
        M::Trigger,
        M::State,
        M::Plans,
    ];
    all.into_iter().find(|method| format!("{method:?}").eq_ignore_ascii_case(name))
}

fn fault(words: &[&str]) -> Option<Fault> {
    Some(match words {
        ["cut"] => Fault::Cut,
        ["lost"] => Fault::Lost,
        ["hang"] => Fault::Hang,
        ["empty"] => Fault::Empty,
        ["refuse", code, text @ ..] => Fault::Refuse(code.parse().ok()?, 1, text.join(" ")),
        ["grpc", code, text @ ..] => Fault::Grpc(Code::from_i32(code.parse().ok()?), text.join(" ")),
        ["recorded", name @ ..] => recorded::named(&name.join(" "))?,
        _ => return None,
    })
}
