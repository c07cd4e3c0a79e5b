//! What happens to a collection meanwhile: once a job has ended, or before a call is answered.

use crate::state::{Collection, State};
use crate::{Fake, Method};

/// Something that somebody else does to a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is dropped.
    Drop,
    /// It is dropped, and this other collection gets its name.
    TakeOver(&'static str),
    /// Its index is dropped.
    DropIndex,
    /// It is released.
    Release,
    /// It is released and loaded again, which takes so many questions.
    Reload(u32),
    /// A replica goes down, or comes up again.
    TakeDown(usize),
    BringUp(usize),
    /// The server applies its deletions by itself.
    ApplyDeletions,
}

/// What is to happen before a call.
#[derive(Debug)]
pub(crate) struct Due {
    method: Method,
    /// Calls that come before that one.
    left: u32,
    name: String,
    event: Event,
}

impl Fake {
    /// Has this happen to a collection when its next job has ended, before anything else is asked.
    pub fn after_job(&self, name: &str, event: Event) {
        self.with(name, |collection| collection.after_job.push(event));
    }

    /// Has this happen to a collection before a call of a method is answered: after so many others from now on.
    pub fn before_call(&self, method: Method, calls: u32, name: &str, event: Event) {
        self.state().due.push(Due { method, left: calls, name: name.to_owned(), event });
    }
}

impl Collection {
    fn happen(&mut self, event: &Event) {
        match event {
            Event::Drop | Event::TakeOver(_) => {}
            Event::DropIndex => self.drop_index(),
            Event::Release => self.release(),
            Event::Reload(questions) => self.reload(*questions),
            Event::TakeDown(replica) => self.serving.set_down(*replica, true),
            Event::BringUp(replica) => self.serving.set_down(*replica, false),
            Event::ApplyDeletions => self.apply_deletions(),
        }
    }
}

impl State {
    fn happen(&mut self, name: &str, event: &Event) {
        if let Event::TakeOver(other) = event {
            self.drop_collection(name);
            self.rename(other, name);
        } else if *event == Event::Drop {
            self.drop_collection(name);
        } else if let Some(collection) = self.collections.get_mut(name) {
            collection.happen(event);
        }
    }

    /// A job of this collection has ended.
    pub(crate) fn job_ended(&mut self, collection: i64) {
        let Some(name) = self.name_of(collection) else { return };
        let events =
            self.collections.get_mut(&name).map(|collection| std::mem::take(&mut collection.after_job));
        events.into_iter().flatten().for_each(|event| self.happen(&name, &event));
    }

    /// A call is about to be answered.
    pub(crate) fn is_called(&mut self, method: Method) {
        let is_next = |due: &mut Due| due.method == method && due.left == 0;
        let now: Vec<Due> = self.due.extract_if(.., is_next).collect();
        let later = self.due.iter_mut().filter(|due| due.method == method);
        later.for_each(|due| due.left -= 1);
        now.into_iter().for_each(|due| self.happen(&due.name, &due.event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NEWEST;
    use crate::proto::common::LoadState;
    use crate::proto::service::{GetLoadStateRequest, ManualCompactionRequest};

    fn load_state(fake: &Fake, partitions: &[&str]) -> LoadState {
        let partition_names = partitions.iter().map(|name| (*name).to_owned()).collect();
        let request =
            GetLoadStateRequest { collection_name: "c".to_owned(), partition_names, ..Default::default() };
        fake.state().load_state(&request)
    }

    fn loaded() -> Fake {
        let fake = Fake::start(NEWEST);
        fake.add_mergeable("c", &[1, 1]);
        fake.load("c", 0);
        fake
    }

    #[test]
    fn it_happens_when_a_job_has_ended() {
        let fake = loaded();
        fake.after_job("c", Event::Release);
        let request = ManualCompactionRequest { collection_name: "c".to_owned(), ..Default::default() };
        let job = fake.state().trigger(&request).compaction_id;
        fake.state().poll(job);
        assert_eq!(load_state(&fake, &[]), LoadState::Loaded);
        fake.state().poll(job);
        assert_eq!(load_state(&fake, &[]), LoadState::NotLoad);
        assert_eq!(fake.state().load_collection("c", true).unwrap().code, 101);
        assert_eq!(fake.state().loading_progress("c").status.unwrap().code, 101);
    }

    #[test]
    fn it_happens_before_a_call() {
        let fake = loaded();
        fake.before_call(Method::Load, 1, "c", Event::Reload(1));
        fake.state().is_called(Method::Load);
        fake.state().is_called(Method::Progress);
        assert_eq!(load_state(&fake, &[]), LoadState::Loaded);
        fake.state().is_called(Method::Load);
        assert_eq!(load_state(&fake, &[]), LoadState::Loading);
        assert_eq!(load_state(&fake, &[]), LoadState::Loaded);
        fake.before_call(Method::Load, 0, "c", Event::Drop);
        fake.state().is_called(Method::Load);
        assert_eq!(load_state(&fake, &[]), LoadState::NotExist);
    }

    #[test]
    fn a_partition_has_a_load_state_of_its_own() {
        let fake = loaded();
        fake.load_in_part("c");
        assert_eq!(load_state(&fake, &[]), LoadState::Loaded);
        assert_eq!(load_state(&fake, &["_default"]), LoadState::Loaded);
        assert_eq!(load_state(&fake, &["second"]), LoadState::NotLoad);
        assert_eq!(load_state(&fake, &["_default", "second"]), LoadState::NotLoad);
        assert_eq!(fake.state().list_served("c").len(), 1);
    }
}
