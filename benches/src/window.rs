//! Many calls under way at a time, on one thread: futures that come to one queue.

use std::ffi::{c_int, c_void};
use std::ptr;

use crate::Result;
use crate::line::{FutureWait, QueueNew, QueueNext, SetQueue};
use crate::ours::{Client, function};

type StateAsync = unsafe extern "C" fn(*mut c_void, i64, i64, *mut *mut c_void) -> c_int;
type FutureFree = unsafe extern "C" fn(*mut c_void);

/// Makes so many calls, of which `width` are under way at any time.
pub(crate) fn calls(client: &Client, job: i64, calls: u64, width: u64) -> Result {
    // SAFETY: the header gives the functions these types; the client, the queue and the futures are alive.
    unsafe {
        let state: StateAsync = function(client.library, c"milvus_compaction_state_async")?;
        let set_queue: SetQueue = function(client.library, c"milvus_future_set_queue")?;
        let next: QueueNext = function(client.library, c"milvus_queue_next")?;
        let status: FutureWait = function(client.library, c"milvus_future_wait")?;
        let free: FutureFree = function(client.library, c"milvus_future_free")?;
        let mut queue = ptr::null_mut();
        client.checked(function::<QueueNew>(client.library, c"milvus_queue_new")?(&raw mut queue))?;
        let begin = || {
            let mut future = ptr::null_mut();
            client.checked(state(client.client, job, 0, &raw mut future))?;
            client.checked(set_queue(future, queue, ptr::null_mut()))
        };
        let at_first = calls.min(width);
        (0..at_first).try_for_each(|_| begin())?;
        for done in 0..calls {
            let (mut future, mut nothing) = (ptr::null_mut(), ptr::null_mut());
            client.checked(next(queue, -1, &raw mut future, &raw mut nothing))?;
            client.checked(status(future, 0))?;
            free(future);
            if done + at_first < calls {
                begin()?;
            }
        }
        function::<FutureFree>(client.library, c"milvus_queue_free")?(queue);
    }
    Ok(())
}
