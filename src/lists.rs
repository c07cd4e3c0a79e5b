//! Lists of a server, as the library keeps them: without room to spare.

use std::collections::TryReserveError;

use crate::aside;
use crate::error::{Error, Status};
use crate::rpc::Deadline;

/// So many elements are worth another thread: what the library does with them takes a tenth of a millisecond.
const MANY: usize = 1_000;
/// So many are converted before the memory that they had is given back.
const SLICE: usize = 8 * 1024;

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
        // Boxed: this future is large, and seldom needed.
        Box::pin(finish(deadline, work)).await?;
    }
    result.take()?
}

/// Independent of what the work makes, so that all share one instance of this code.
async fn finish(deadline: Deadline<'_>, work: aside::Work) -> Result<(), Error> {
    let finished = deadline.bound(aside::finish(work)).await;
    finished.unwrap_or_else(|| {
        Err(deadline.ended(|how| format!("{how} while reading a long list of the server")))
    })
}

fn no_memory(_: &TryReserveError) -> Error {
    Error::new(Status::OutOfMemory, "there is no memory for a list of the server")
}

#[cfg(test)]
mod tests {
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
}
