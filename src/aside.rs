//! Runs long computations on a thread of their own, one after the other, so that the thread that does the network work
//! goes on. The thread starts with the first of them, and ends when none is left.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::error::Error;
use crate::{panics, runtime};

pub(crate) const THREAD: &str = "milvus-decode";
/// Something that takes long.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

struct Line {
    waiting: VecDeque<Work>,
    has_thread: bool,
}

static LINE: Mutex<Line> = Mutex::new(Line { waiting: VecDeque::new(), has_thread: false });

/// Where work leaves its result.
pub(crate) struct Place<T>(Arc<Mutex<Option<T>>>);

impl<T> Place<T> {
    /// The result of work that was finished.
    pub(crate) fn take(&self) -> Result<T, Error> {
        lock(&self.0).take().ok_or_else(panics::latest)
    }
}

/// The same work, which leaves its result in a place. There is one instance of its code, wherever it runs.
pub(crate) fn keeping_result<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> (Work, Place<T>) {
    let place = Arc::<Mutex<Option<T>>>::default();
    let theirs = Arc::clone(&place);
    (Box::new(move || *lock(&theirs) = Some(work())), Place(place))
}

/// Runs `work` aside. If the caller stops waiting before it begins, it does not begin.
pub(crate) async fn finish(work: Work) -> Result<(), Error> {
    let (tell, told) = oneshot::channel();
    line_up(Box::new(move || {
        if !tell.is_closed() {
            let _ = tell.send(panics::catch(|| {
                work();
                Ok(())
            }));
        }
    }))?;
    told.await.unwrap_or_else(|_| Err(panics::latest()))
}

fn line_up(work: Work) -> Result<(), Error> {
    let mut line = line();
    line.waiting.push_back(work);
    if !line.has_thread {
        // Locked meanwhile: the thread may begin before this knows that it runs.
        if let Err(error) = runtime::spawn_thread(THREAD, work_off) {
            line.waiting.clear();
            return Err(error);
        }
        line.has_thread = true;
    }
    Ok(())
}

fn work_off() {
    while let Some(work) = next() {
        // What wakes the caller panics if the process has closed the library's descriptors.
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

fn next() -> Option<Work> {
    let mut line = line();
    let work = line.waiting.pop_front();
    line.has_thread = work.is_some();
    work
}

fn line() -> MutexGuard<'static, Line> {
    lock(&LINE)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use milvus_fake::proto::common::Status as Success;
    use milvus_fake::proto::service::{GetPersistentSegmentInfoResponse, PersistentSegmentInfo};
    use milvus_fake::{Answer, End, Fake, Front};
    use prost::Message;
    use tokio::runtime::Builder;

    use super::*;
    use crate::Client;
    use crate::client::Timeout;
    use crate::config::{Config, Options};
    use crate::error::Status;

    async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (work, place) = keeping_result(work);
        finish(work).await?;
        place.take()
    }

    #[test]
    fn work_runs_on_a_thread_of_its_own() {
        let runtime = Builder::new_current_thread().build().unwrap();
        for _ in 0..3 {
            let place = || thread::current().name().map(str::to_owned);
            assert_eq!(runtime.block_on(run(place)), Ok(Some(THREAD.to_owned())));
        }
    }

    #[test]
    fn a_panic_is_an_error_of_its_caller_and_the_next_one_has_its_turn() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let error = runtime.block_on(run::<()>(|| panic!("aside"))).unwrap_err();
        assert_eq!(error.status, Status::Internal);
        assert!(error.message().contains("aside"), "{error}");
        assert_eq!(runtime.block_on(run(|| 1)), Ok(1));
    }

    /// A front whose list of segments is a long answer.
    fn front(fake: &Fake) -> Front {
        let infos = vec![PersistentSegmentInfo { segment_id: 1 << 60, ..Default::default() }; 50_000];
        let message =
            GetPersistentSegmentInfoResponse { status: Some(Success::default()), infos }.encode_to_vec();
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        let front = Front::before(fake.address());
        let answer = Answer {
            body: [&[0], &length[..], &message].concat(),
            end: End::Trailers(vec![("grpc-status".to_owned(), "0".to_owned())]),
            ..Answer::of_type(200, "application/grpc")
        };
        front.answer("GetPersistentSegmentInfo", 2, answer);
        front
    }

    #[test]
    fn while_a_long_answer_is_decoded_its_caller_leaves_at_its_deadline_and_others_are_answered() {
        let fake = Fake::start("v2.6.19");
        let front = front(&fake);
        let client = Client::new(Config::new(&front.uri(), &Options::default()).unwrap()).unwrap();
        let others = Timeout::After(Duration::from_secs(20));
        client.server(others).wait().unwrap();

        // The thread that decodes is busy until all have been answered.
        let (release, holds) = mpsc::channel::<()>();
        line_up(Box::new(move || assert!(holds.recv().is_err()))).unwrap();
        let asks = client.segments("succeeds", false, Timeout::After(Duration::from_secs(3)));
        let error = thread::scope(|scope| {
            let asking = scope.spawn(|| asks.wait().unwrap_err());
            while front.left("GetPersistentSegmentInfo") == 2 {
                thread::sleep(Duration::from_millis(1));
            }
            client.compaction_state(1, others).wait().unwrap();
            asking.join().unwrap()
        });
        assert_eq!((error.status, error.retriable), (Status::Timeout, true));
        assert!(error.message().contains("3000 ms passed while reading an answer of"), "{error}");
        client.compaction_state(1, others).wait().unwrap();
        drop(release);
        assert_eq!(client.segments("succeeds", false, others).wait().unwrap().len(), 1, "all are the same");
    }

    #[test]
    fn a_caller_leaves_whatever_is_under_way_and_what_nobody_waits_for_does_not_begin() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let begun = Arc::<AtomicUsize>::default();
        let (release, holds) = mpsc::channel::<()>();
        runtime.block_on(async {
            let mut held = Box::pin(run(move || holds.recv().is_err()));
            let late = Arc::clone(&begun);
            let mut left = Box::pin(run(move || late.fetch_add(1, Ordering::SeqCst)));
            tokio::select! {
                biased;
                _ = &mut held => unreachable!("it is held"),
                _ = &mut left => unreachable!("it stands in line"),
                () = std::future::ready(()) => drop(left),
            }
            drop(release);
            assert_eq!(held.await, Ok(true));
            assert_eq!(run(|| 7).await, Ok(7), "the line is worked off");
        });
        assert_eq!(begun.load(Ordering::SeqCst), 0);
    }
}
