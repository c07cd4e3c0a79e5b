//! What a server that replays knows: the recording, the time, and what was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::watch;
use tonic::{Code, Status};

use crate::Settings;
use crate::choice;
use crate::recording::{Answer, Answered, Recording};
use crate::wire::Wire;

pub(crate) struct State {
    pub(crate) recording: Arc<Recording>,
    settings: Settings,
    /// When the trigger came.
    since: watch::Sender<Option<Instant>>,
    changing: Mutex<Changing>,
}

#[derive(Default)]
struct Changing {
    asked: BTreeMap<String, u64>,
    /// Whether the first description that was asked for was given.
    found_at_first: Option<bool>,
    /// Which of the recorded triggers were sent.
    sent: Vec<usize>,
    /// Triggers that ask for something else than any that is recorded.
    others: Vec<Map<String, Value>>,
    random: u64,
}

impl State {
    pub(crate) fn new(recording: Arc<Recording>, settings: Settings) -> Self {
        let since = if recording.is_whole { None } else { Some(Instant::now()) };
        let changing = Changing { random: settings.seed, ..Changing::default() };
        Self { recording, settings, since: watch::Sender::new(since), changing: Mutex::new(changing) }
    }

    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn asked(&self) -> BTreeMap<String, u64> {
        self.changing().asked.clone()
    }

    pub(crate) fn found_at_first(&self) -> bool {
        self.changing().found_at_first == Some(true)
    }

    pub(crate) fn other_triggers(&self) -> Vec<String> {
        self.changing().others.iter().map(|request| Value::Object(request.clone()).to_string()).collect()
    }

    /// Recorded seconds since the trigger; negative before it.
    pub(crate) fn now(&self) -> f64 {
        let since = *self.since.borrow();
        since.map_or(-0.5, |since| since.elapsed().as_secs_f64() * self.settings.speed)
    }

    /// Returns at this moment of the recording.
    pub(crate) async fn until(&self, t: f64) {
        let mut since = self.since.subscribe();
        let Ok(since) = since.wait_for(Option::is_some).await.map(|since| since.unwrap_or_else(Instant::now))
        else {
            return;
        };
        let at = since + Duration::from_secs_f64(t.max(0.0) / self.settings.speed);
        tokio::time::sleep_until(at.into()).await;
    }

    /// One question from its arrival to its answer, which takes the latency, or as long as the server took if that is
    /// longer. The answer is the one that the server had at a random moment within the latency.
    pub(crate) async fn ask(&self, method: &str, request: &[u8]) -> Result<Vec<u8>, Status> {
        let arrival = Instant::now();
        let share = {
            let mut changing = self.changing();
            *changing.asked.entry(method.to_owned()).or_default() += 1;
            random(&mut changing.random)
        };
        let asked = Wire::get().decode_request(method, request).ok_or_else(|| unrecorded(method))?;
        tokio::time::sleep_until((arrival + self.settings.latency.mul_f64(share)).into()).await;
        let answered = if method == "ManualCompaction" {
            self.trigger(asked).await
        } else {
            choice::answer(&self.recording, method, &asked, self.now()).cloned()
        };
        let Some(Answered { took, answer, .. }) = answered else { return Err(unrecorded(method)) };
        if method == "DescribeCollection" {
            let is_found = matches!(&answer, Answer::Reply(reply, _) if reply["collectionID"].is_string());
            self.changing().found_at_first.get_or_insert(is_found);
        }
        let took = Duration::from_secs_f64(took / self.settings.speed).max(self.settings.latency);
        tokio::time::sleep_until((arrival + took).into()).await;
        match answer {
            Answer::Reply(_, encoded) => Ok(encoded),
            Answer::Grpc(code, text) => Err(Status::new(code, text)),
        }
    }

    /// The first trigger of this kind that was not sent yet, or else the last one. The first of all starts the clock;
    /// one that was recorded later waits for it.
    async fn trigger(&self, asked: Map<String, Value>) -> Option<Answered> {
        if !self.recording.is_whole {
            return self.trigger_by_time();
        }
        let triggers = &self.recording.triggers;
        let chosen = {
            let mut changing = self.changing();
            let mut alike =
                (0..triggers.len()).filter(|n| choice::is_same_trigger(&triggers[*n].request, &asked));
            let chosen = alike.clone().find(|n| !changing.sent.contains(n)).or_else(|| alike.next_back());
            match chosen {
                Some(chosen) => changing.sent.push(chosen),
                None => changing.others.push(asked),
            }
            chosen?
        };
        if chosen == 0 {
            self.start_clock();
        } else {
            self.until(0.0).await;
        }
        Some(triggers[chosen].answered.clone())
    }

    /// Without a whole story the trigger is a question as any other.
    fn trigger_by_time(&self) -> Option<Answered> {
        let triggers = &self.recording.triggers;
        let last = triggers.iter().rev().find(|line| line.t <= self.now());
        last.or(triggers.first()).map(|line| line.answered.clone())
    }

    /// The recorded trigger is sent now, by somebody else.
    pub(crate) fn start_clock(&self) {
        self.since.send_if_modified(|since| since.is_none() && since.replace(Instant::now()).is_none());
    }

    /// The page of tasks as it is now.
    pub(crate) fn tasks(&self) -> Value {
        let now = if self.settings.has_tasks_early { f64::INFINITY } else { self.now() };
        self.recording.tasks.iter().filter(|(t, _)| *t <= now).map(|(_, task)| task.clone()).collect()
    }
}

fn unrecorded(method: &str) -> Status {
    Status::new(Code::Unimplemented, format!("not recorded: {method}"))
}

/// A number from 0 to 1 (splitmix64).
fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    f64::from(u32::try_from((bits ^ (bits >> 31)) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
