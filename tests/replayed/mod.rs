//! The library against every recording of a real server: who does what, at once.

pub(crate) mod foretold;
pub(crate) mod optimized;
pub(crate) mod run;
mod short;
pub(crate) mod summary;
pub(crate) mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use milvus_replay::{Recording, Replay, Settings};
use run::Role;
use summary::{Ran, Summary};
use table::Expected;

/// So many recordings are replayed at a time. Their clients mostly sleep.
const AT_ONCE: usize = 100;

/// What was recorded of one server in one situation.
pub(crate) struct Recorded {
    pub(crate) version: String,
    pub(crate) situation: String,
    pub(crate) path: PathBuf,
}

/// How the recordings are met.
pub(crate) struct Plan {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) rounds: u64,
    /// Clients wait up to so long before their first question about the job.
    pub(crate) longest_pause: Duration,
}

/// Where the recordings are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

/// All recordings.
pub(crate) fn recorded() -> Vec<Recorded> {
    let entries = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = entries(&folder()).filter(|path| path.is_dir()).flat_map(|folder| entries(&folder));
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut recorded: Vec<_> = files
        .map(|path| {
            let version = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
            Recorded { version, situation: name(&path), path }
        })
        .collect();
    recorded.sort_by(|a, b| a.path.cmp(&b.path));
    recorded
}

/// Clients that meet one replay together, with what each must be told.
struct Meeting {
    version: String,
    recording: Arc<Recording>,
    latency: Duration,
    seed: u64,
    clients: Vec<(Role, Expected)>,
}

/// Meets every recording without a whole story.
pub(crate) fn meet_short(latency: Duration) -> Summary {
    let short = |recorded: &Recorded| !Recording::read(&recorded.path).unwrap().is_whole;
    let recorded: Vec<_> = recorded().into_iter().filter(short).collect();
    let ran = thread::scope(|scope| {
        let running: Vec<_> =
            recorded.iter().map(|recorded| scope.spawn(|| short::meet(recorded, latency))).collect();
        running.into_iter().flat_map(|meeting| meeting.join().unwrap()).collect()
    });
    Summary { ran, ..Summary::default() }
}

/// Meets every recording with a whole story.
pub(crate) fn meet_all(plan: &Plan) -> Summary {
    let mut meetings = Vec::new();
    for recorded in recorded() {
        let recording = Arc::new(Recording::read(&recorded.path).unwrap());
        if recording.is_whole {
            meetings.extend(meetings_of(&recorded, &recording, plan));
        }
    }
    // Those that take long begin first.
    meetings.sort_by_key(|meeting| meeting.clients.iter().map(|(_, e)| e.limit).max());
    meetings.sort_by(|a, b| a.recording.end.total_cmp(&b.recording.end));
    let (meetings, summary) = (Mutex::new(meetings), Mutex::new(Summary::default()));
    let next = || meetings.lock().unwrap_or_else(PoisonError::into_inner).pop();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(meeting) = next() {
                    meet(&meeting, plan, &summary);
                }
            });
        }
    });
    summary.into_inner().unwrap()
}

fn meetings_of(recorded: &Recorded, recording: &Arc<Recording>, plan: &Plan) -> Vec<Meeting> {
    let Recorded { version, situation, .. } = recorded;
    let expected = table::expected(version, situation);
    let expected = expected.unwrap_or_else(|| panic!("{version}/{situation} is not in the table"));
    let later =
        table::later(situation).map(|(n, said)| (Role::Later(n), Expected { said, or: None, ..expected }));
    let mut groups = vec![std::iter::once((Role::Owner, expected)).chain(later).collect::<Vec<_>>()];
    groups.extend(table::of_the_job_that_ran_instead(expected).map(|other| vec![(Role::Observer, other)]));
    // These meet each recording only once: it takes time.
    let heir = table::has_job(&expected).then(|| vec![(Role::Heir, expected)]);
    let observer =
        table::of_a_job_of_others(situation, &expected).map(|expected| vec![(Role::Observer, expected)]);
    let once: Vec<_> = heir.into_iter().chain(observer).collect();
    let mut meetings = Vec::new();
    for round in 0..plan.rounds {
        for latency in &plan.latencies {
            let is_first = round == 0 && Some(latency) == plan.latencies.first();
            let once = once.iter().filter(|_| is_first).cloned();
            for clients in groups.iter().cloned().chain(once) {
                let seed = seed(version, situation, round, *latency);
                let (version, recording) = (version.clone(), Arc::clone(recording));
                meetings.push(Meeting { version, recording, latency: *latency, seed, clients });
            }
        }
    }
    meetings
}

/// The same for the same run, so that one that went wrong can be had again.
fn seed(version: &str, situation: &str, round: u64, latency: Duration) -> u64 {
    let text = format!("{version}/{situation}/{round}/{latency:?}");
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn meet(meeting: &Meeting, plan: &Plan, summary: &Mutex<Summary>) {
    let Meeting { version, recording, latency, seed, clients } = meeting;
    let settings = Settings { latency: *latency, seed: *seed, ..Settings::default() };
    let replay = Replay::start(Arc::clone(recording), settings);
    let pause =
        plan.longest_pause.mul_f64(f64::from(u16::try_from(seed >> 48).unwrap()) / f64::from(u16::MAX));
    let mut told: Vec<_> = thread::scope(|scope| {
        let run = |(role, expected): &(Role, Expected)| {
            let (role, limit, replay) = (*role, expected.limit, &replay);
            scope.spawn(move || run::run(replay, recording, role, limit, pause))
        };
        let running: Vec<_> = clients.iter().map(run).collect();
        running.into_iter().map(|client| client.join().unwrap()).collect()
    });
    // The same trigger sent by two clients: whichever came first has the job.
    if clients.len() == 2 && clients[1].1.said == "BUSY" && !told[0].has_job && told[1].has_job {
        told.swap(0, 1);
    }
    assert_eq!(replay.other_triggers(), [""; 0], "{version}/{} asked otherwise", recording.situation);
    let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
    for (method, count) in replay.questions() {
        *summary.questions.entry(method).or_default() += count;
    }
    for ((role, expected), told) in clients.iter().zip(told) {
        let mut expected = *expected;
        // Only who comes after the renaming may have to use the new name.
        if recording.situation == "renamed" && replay.found_at_first() {
            expected.or = None;
        }
        let judgement = told.judge(&expected);
        let (version, situation) = (version.clone(), recording.situation.clone());
        let (role, latency) = (*role, *latency);
        summary.ran.push(Ran { version, situation, role, latency, expected, told, judgement });
    }
}
