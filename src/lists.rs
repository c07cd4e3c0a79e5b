//! Lists of a server, as the library keeps them: without room to spare.

use std::collections::TryReserveError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use crate::aside;
use crate::error::{Error, Status};
use crate::rpc::Deadline;

/// So many elements are worth another thread: what the library does with them takes a tenth of a millisecond.
const MANY: usize = 1_000;
/// So many are converted before the memory that they had is given back.
const SLICE: usize = 8 * 1024;
/// Between two looks whether work has ended whose time is over.
const WORK_PAUSE: Duration = Duration::from_millis(1);

/// The converted elements of a list that are kept, in the same order. The one list shrinks while the other grows.
pub(crate) fn converted<T, U>(
    mut list: Vec<T>,
    convert: impl FnMut(T) -> Option<U>,
) -> Result<Vec<U>, Error> {
    let mut kept = Vec::new();
    kept.try_reserve_exact(list.len()).map_err(|error| no_memory(&error))?;
    let mut convert = convert;
    while !list.is_empty() {
        let rest = list.len().saturating_sub(SLICE);
        kept.extend(list.drain(rest..).rev().filter_map(&mut convert));
        list.shrink_to_fit();
    }
    kept.reverse();
    Ok(exact(kept))
}

/// The same list without room to spare.
pub(crate) fn exact<T>(mut list: Vec<T>) -> Vec<T> {
    list.shrink_to_fit();
    list
}

/// Runs `work` on so many elements of a list, until the deadline: aside if they are many, so that it holds nothing up.
pub(crate) async fn work<T: Send + 'static>(
    deadline: Deadline<'_>,
    elements: usize,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (work, result) = aside::keeping_result(work);
    if elements < MANY {
        work();
    } else {
        finish(deadline, work).await?;
    }
    result.take()?
}

/// What is done with something that is lent.
pub(crate) type LentWork<S, T> = Box<dyn FnOnce(&mut S) -> T + Send>;

/// As [`work`], on something that is there again afterwards, however that ends.
pub(crate) async fn work_on<S: Default + Send + 'static, T: Send + 'static>(
    deadline: Deadline<'_>,
    elements: usize,
    on: &mut S,
    work: LentWork<S, T>,
) -> Result<T, Error> {
    let lent = Arc::new(Mutex::new(std::mem::take(on)));
    let theirs = Arc::clone(&lent);
    let result = self::work(deadline, elements, move || {
        Ok(work(&mut theirs.lock().unwrap_or_else(PoisonError::into_inner)))
    });
    let result = result.await;
    // If the time was over while the work runs, this waits for its end.
    *on = loop {
        match returned(&lent) {
            Some(returned) => break returned,
            None => Box::pin(tokio::time::sleep(WORK_PAUSE)).await,
        }
    };
    result
}

/// What was lent; `None` while work has it.
fn returned<S: Default>(lent: &Mutex<S>) -> Option<S> {
    match lent.try_lock() {
        Ok(mut lent) => Some(std::mem::take(&mut lent)),
        Err(TryLockError::Poisoned(lent)) => Some(std::mem::take(&mut lent.into_inner())),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Independent of what the work makes, so that all share one instance of this code. Boxed: this future is large, and
/// seldom needed.
fn finish(
    deadline: Deadline<'_>,
    work: aside::Work,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + '_>> {
    Box::pin(async move {
        let finished = deadline.bound(aside::finish(work)).await;
        finished.unwrap_or_else(|| {
            Err(deadline.ended(|how| format!("{how} while reading a long list of the server")))
        })
    })
}

fn no_memory(_: &TryReserveError) -> Error {
    Error::new(Status::OutOfMemory, "there is no memory for a list of the server")
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_kept_has_its_order_and_no_room_to_spare() {
        for count in [0, 1, SLICE, 3 * SLICE + 1] {
            let list: Vec<usize> = (0..count).collect();
            assert_eq!(converted(list.clone(), Some).unwrap(), list);
            let few = converted(list, |number| (number % SLICE == 0).then_some([number; 9])).unwrap();
            assert_eq!(few.capacity(), few.len());
            assert_eq!(few.len(), count.div_ceil(SLICE));
        }
    }

    #[test]
    fn a_list_that_no_memory_has_room_for_is_an_error() {
        // Its elements take no memory, and what they become takes all.
        let endless = vec![(); usize::MAX];
        let error = converted(endless, |()| Some(0_u64)).unwrap_err();
        assert_eq!(error.status, Status::OutOfMemory);
    }

    #[tokio::test]
    async fn many_elements_are_worked_on_aside_and_are_there_again_even_if_time_runs_out() {
        let place = || -> LentWork<Vec<_>, ()> {
            Box::new(|names| names.push(thread::current().name().map(str::to_owned)))
        };
        let mut names = Vec::new();
        let unlimited = Deadline::after(None);
        work_on(unlimited, MANY - 1, &mut names, place()).await.unwrap();
        work_on(unlimited, MANY, &mut names, place()).await.unwrap();
        assert_eq!(names, [thread::current().name().map(str::to_owned), Some(aside::THREAD.to_owned())]);

        let (release, holds) = std::sync::mpsc::channel::<()>();
        let held = aside::finish(Box::new(move || assert!(holds.recv().is_err())));
        let mut number = 7_u64;
        let late = async {
            let soon = Deadline::after(Some(Duration::from_millis(1)));
            let late = work_on(soon, MANY, &mut number, Box::new(|number| *number += 1)).await;
            drop(release);
            late
        };
        let (held, late) = tokio::join!(biased; held, late);
        held.unwrap();
        assert_eq!(late.unwrap_err().status, Status::Timeout);
        assert_eq!(number, 7, "what did not begin changed nothing");

        // Work that runs when the time is over holds nothing else up until it ends. On a busy machine it may not begin
        // in time.
        let mut has_run = false;
        while !has_run {
            let (runs, running) = tokio::sync::oneshot::channel::<()>();
            let (release, holds) = std::sync::mpsc::channel::<()>();
            let work: LentWork<_, ()> = Box::new(move |number| {
                let _ = runs.send(());
                *number += u64::from(holds.recv().is_err());
            });
            let soon = Deadline::after(Some(Duration::from_millis(20)));
            let (late, ()) = tokio::join!(work_on(soon, MANY, &mut number, work), async {
                has_run = running.await.is_ok();
                tokio::time::sleep(Duration::from_millis(40)).await;
                drop(release);
            });
            assert_eq!(late.unwrap_err().status, Status::Timeout);
            assert_eq!(number, 7 + u64::from(has_run), "the end of what had begun was waited for");
        }
    }
}
