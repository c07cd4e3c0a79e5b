//! Plays a row, and checks what the library promises whatever a server does.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use milvus_client::client::Timeout;
use milvus_client::compaction::Params;
use milvus_client::{Client, Error, Status};
use milvus_fake::proto::common::{ServerInfo, Status as Success};
use milvus_fake::proto::service::{
    ConnectResponse, GetCompactionPlansResponse, GetCompactionStateResponse, ManualCompactionResponse,
};
use milvus_fake::{Fake, Front};
use prost::Message;

use crate::bytes::framed;
use crate::common::{LIMIT, client_with};
use crate::row::{Ask, CONNECT, Doubt, PLANS, Play, Row, STATE, TRIGGER};
use crate::tls::authority;
use crate::wire::Wire;

/// What no message may have in it.
pub(crate) const TOKEN: &str = "root:Hunter2-is-secret";
const SECRETS: [&str; 2] = ["Hunter2-is-secret", "cm9vdDpIdW50ZXIyLWlzLXNlY3JldA"];
/// The job of a right answer to a trigger that the scripted server does not get.
const JOB: i64 = 4711;
/// What does not end within this time does not end for want of time.
const MOST: Duration = Duration::from_mins(2);
/// How far beyond its limit a call may end on a machine that has more to do.
const MARGIN: Duration = Duration::from_secs(30);

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: Status,
    pub(crate) error: Option<Error>,
    /// What a success, or the report of a wait, says.
    pub(crate) value: String,
}

impl Told {
    fn of<T>(result: Result<T, Error>, say: impl FnOnce(T) -> String) -> Self {
        match result {
            Ok(value) => Self { status: Status::Ok, error: None, value: say(value) },
            Err(error) => Self { status: error.status, error: Some(error), value: String::new() },
        }
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.in_doubt)
    }

    fn message(&self) -> &str {
        self.error.as_ref().map_or("", Error::message)
    }
}

/// A client, and what it talks to: a server by hand, before a front, before the scripted server.
pub(crate) struct World {
    /// It ends when it is dropped.
    _fake: Fake,
    front: Front,
    wire: Wire,
    pub(crate) client: Client,
    /// The job of a wait.
    job: i64,
}

/// Names, each with an end.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.flat_map(|name| [name, ";"]).collect()
}

/// Right answers, for the server by hand to break.
pub(crate) fn right_answers() -> HashMap<&'static str, Vec<u8>> {
    let status = Some(Success::default());
    let server_info = Some(ServerInfo { build_tags: "v2.6.19".to_owned(), ..Default::default() });
    HashMap::from([
        (CONNECT, ConnectResponse { status: status.clone(), server_info, identifier: 4711 }.encode_to_vec()),
        (
            TRIGGER,
            ManualCompactionResponse { status: status.clone(), compaction_id: JOB, compaction_plan_count: 1 }
                .encode_to_vec(),
        ),
        (
            STATE,
            GetCompactionStateResponse { status: status.clone(), state: 2, ..Default::default() }
                .encode_to_vec(),
        ),
        (PLANS, GetCompactionPlansResponse { status, state: 2, ..Default::default() }.encode_to_vec()),
    ])
    .into_iter()
    .map(|(method, message)| (method, framed(&message)))
    .collect()
}

impl World {
    pub(crate) fn of(version: &str, tls: Option<&str>) -> Self {
        let fake = Fake::start(version);
        let front = Front::before(fake.address());
        let behind = front.uri().trim_start_matches("http://").parse().unwrap();
        let wire = Wire::before(behind, right_answers());
        let mut options = vec![
            ("token", TOKEN),
            ("retry.max_attempts", "3"),
            ("retry.backoff_ms", "1"),
            ("retry.max_backoff_ms", "2"),
        ];
        options.extend(tls.map(|authority| ("tls.ca_pem", authority)));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let client = client_with(&format!("{scheme}://{}", wire.address()), &options);
        Self { _fake: fake, front, wire, client, job: 1 }
    }

    /// Brings the client to the moment before the misbehaviour of a row, and begins that.
    pub(crate) fn begin(&mut self, row: &Row) {
        if row.is_after_a_trigger {
            self.job = self.client.compact("succeeds", false, LIMIT).wait().unwrap();
        } else if row.wants_a_connection() {
            // For a request with another token, as for one with none, the client makes a new one.
            self.client.set_token(None).unwrap();
            self.client.set_token(Some(TOKEN)).unwrap();
        } else {
            self.client.server(LIMIT).wait().unwrap();
        }
        match &row.play {
            Play::Wire(script) => self.wire.misbehave(script.clone()),
            Play::Answers(answers) => {
                for (method, times, answer) in answers {
                    self.front.answer(method, *times, answer.clone());
                }
            }
        }
    }

    pub(crate) fn ask(&self, ask: Ask, limit: Duration) -> Told {
        let (client, limit, name) = (&self.client, Timeout::After(limit), "succeeds");
        match ask {
            Ask::Server => Told::of(client.server(limit).wait(), |server| format!("{server:?}")),
            Ask::Compact => {
                let asked = client.compact_with(name, Params::default(), limit).wait();
                Told::of(asked, |triggered| format!("{triggered:?}"))
            }
            Ask::State => {
                Told::of(client.compaction_state(self.job, limit).wait(), |state| format!("{state:?}"))
            }
            Ask::Plans => {
                Told::of(client.compaction_plans(self.job, limit).wait(), |plans| format!("{plans:?}"))
            }
            Ask::Segments => Told::of(client.segments(name, false, limit).wait(), |list| format!("{list:?}")),
            Ask::Collections => {
                let told = client.collections(limit).wait();
                let all = told.and_then(|(items, error)| error.map_or(Ok(items), Err));
                Told::of(all, |items| listed(items.iter().map(|item| &*item.name)))
            }
            Ask::Databases => Told::of(client.databases(limit).wait(), |list| {
                listed(list.iter().map(|database| &*database.name))
            }),
            Ask::Check => {
                let asked = client.compaction_check(name, Params::default(), limit).wait();
                Told::of(asked, |check| format!("{check:?}"))
            }
            Ask::Flush => Told::of(client.flush(name, limit).wait(), |()| "flushed".to_owned()),
            Ask::Wait => {
                let out = client.compaction_wait(self.job, limit).wait().unwrap();
                let report = out.report;
                let (status, counts) =
                    (out.error.as_ref().map_or(Status::Ok, |error| error.status), report.counts);
                let value = format!(
                    "{:?}: {} planned, {} completed",
                    report.verdict, report.planned, counts.completed
                );
                Told { status, error: out.error, value }
            }
        }
    }

    /// How often the misbehaviour came about.
    pub(crate) fn played(&self, row: &Row) -> usize {
        let Play::Answers(answers) = &row.play else { return self.wire.played() };
        let each = answers.iter().map(|(method, ..)| {
            let of = answers.iter().filter(|(of, ..)| of == method);
            of.map(|(_, times, _)| times).sum::<usize>() - self.front.left(method)
        });
        // Each method was answered so.
        each.min().unwrap_or(0)
    }

    /// How many triggers have reached the server.
    pub(crate) fn triggers(&self) -> usize {
        self.wire.requests(TRIGGER)
    }

    pub(crate) fn make_well(&self) {
        self.wire.make_well();
        self.front.pass_all_on();
    }
}

/// Whether a call came to its end before its limit, or was meant not to.
fn is_in_time(row: &Row, told: &Told) -> bool {
    told.status != Status::Timeout || row.may.contains(&Status::Timeout)
}

/// Plays a row; again with more time if it did not come to the misbehaviour, or to its end. Returns what is wrong.
pub(crate) fn play(row: &Row) -> Result<(), String> {
    let mut limit = row.limit;
    loop {
        let mut world = World::of(row.version, row.is_tls.then(authority));
        world.begin(row);
        let started = Instant::now();
        let told = world.ask(row.ask, limit);
        let took = started.elapsed();
        let is_played = world.played(row) > 0;
        if !is_played || !is_in_time(row, &told) {
            limit *= 4;
            if limit < MOST {
                continue;
            }
        }
        if !is_played {
            return Err(format!("was never played: {told:?}"));
        }
        check(row, &world, &told).map_err(|why| format!("{why}: {told:?}"))?;
        if took > limit + MARGIN {
            return Err(format!("took {took:?} instead of {limit:?}: {told:?}"));
        }
        return check_next(row, &world, limit);
    }
}

/// What a call may say, whatever the row.
pub(crate) fn check_message(told: &Told) -> Result<(), String> {
    let message = told.message();
    if told.status != Status::Ok && message.is_empty() {
        return Err("has no message".to_owned());
    }
    let is_unfit = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}');
    if message.contains(is_unfit) {
        return Err("is no printable line".to_owned());
    }
    match SECRETS.iter().find(|secret| message.contains(**secret) || told.value.contains(**secret)) {
        Some(_) => Err("shows a secret".to_owned()),
        None => Ok(()),
    }
}

fn check(row: &Row, world: &World, told: &Told) -> Result<(), String> {
    check_message(told)?;
    if !row.may.contains(&told.status) {
        return Err(format!("is none of {:?}", row.may));
    }
    let is_right = match row.doubt {
        _ if told.status == Status::Ok => !told.is_in_doubt(),
        Doubt::Never => !told.is_in_doubt(),
        Doubt::Must => told.is_in_doubt(),
        Doubt::May => true,
    };
    if !is_right {
        return Err(format!("its doubt is not {:?}", row.doubt));
    }
    if told.error.as_ref().is_some_and(|error| error.in_doubt && error.retriable) {
        return Err("is in doubt and retriable".to_owned());
    }
    let says = &row.says;
    if (told.status == Status::Ok || row.ask == Ask::Wait)
        && !says.is_empty()
        && !says.iter().any(|says| told.value.contains(says))
    {
        return Err(format!("says none of {says:?}"));
    }
    if told.status != Status::Ok && !told.message().contains(row.words) {
        return Err(format!("does not say {:?}", row.words));
    }
    let triggers = world.triggers();
    let most = if matches!(row.ask, Ask::Compact | Ask::Wait) { row.triggers } else { 0 };
    if triggers > most {
        return Err(format!("{triggers} triggers reached the server"));
    }
    Ok(())
}

/// The same client goes on: it fails alike while the server is the same, and succeeds once it is well.
fn check_next(row: &Row, world: &World, limit: Duration) -> Result<(), String> {
    if !matches!(row.ask, Ask::Compact | Ask::Wait) {
        let again = world.ask(row.ask, limit);
        if is_in_time(row, &again) {
            check(row, world, &again).map_err(|why| format!("asked again: {why}: {again:?}"))?;
        }
    }
    world.make_well();
    if row.is_tls {
        return Ok(()); // there is none behind
    }
    let state = world.client.compaction_state(1, LIMIT).wait();
    state.map_err(|error| format!("once it is well: {error:?}"))?;
    if row.ask == Ask::Compact {
        let before = world.triggers();
        let job = world.client.compact("never_ends", false, LIMIT).wait();
        let job = job.map_err(|error| format!("once it is well, a trigger: {error:?}"))?;
        let sent = world.triggers() - before;
        if job <= 0 || sent != 1 {
            return Err(format!("once it is well: job {job} of {sent} triggers"));
        }
    }
    Ok(())
}
