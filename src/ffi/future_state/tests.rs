//! How a panic reaches who waits for a future.

use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::oneshot;

use super::super::client::{milvus_client, milvus_client_free, milvus_client_new};
use super::super::futures::{
    Output, milvus_future, milvus_future_error, milvus_future_free, milvus_future_poll,
    milvus_future_set_callback, milvus_future_wait,
};
use super::super::queues::{
    milvus_future_set_queue, milvus_queue, milvus_queue_free, milvus_queue_new, milvus_queue_next,
};
use super::*;
use crate::client::Timeout;

type Told = (milvus_status, String);

fn detail(future: *const milvus_future) -> String {
    // SAFETY: the future is alive, and so is its error's message.
    unsafe { CStr::from_ptr((*milvus_future_error(future)).message) }.to_str().unwrap().to_owned()
}

extern "C" fn on_end(future: *mut milvus_future, status: milvus_status, tell: *mut c_void) {
    // SAFETY: it is the sender that the callback was set with, and it is not destroyed yet.
    let tell = unsafe { &*tell.cast::<Sender<Told>>() };
    tell.send((status, detail(future))).unwrap();
}

extern "C" fn destroy(tell: *mut c_void) {
    // SAFETY: it came out of a box, and this is called once.
    drop(unsafe { Box::from_raw(tell.cast::<Sender<Told>>()) });
}

/// An operation that panics when it may go on.
fn panicking(client: *mut milvus_client, go_on: oneshot::Receiver<()>) -> *mut milvus_future {
    let mut future = null_mut();
    let context = handle::get(client.cast_const()).unwrap().context(Timeout::Never);
    let work = async move {
        let _ = go_on.await;
        panic!("in a task")
    };
    assert_eq!(
        start(&c"a_test", &raw mut future, || Ok(Operation::<Finished<Output>>::new(&context, work))),
        0
    );
    future
}

#[test]
fn a_panic_reaches_every_kind_of_receiver() {
    let (mut client, mut queue) = (null_mut::<milvus_client>(), null_mut::<milvus_queue>());
    assert_eq!(milvus_client_new(c"http://127.0.0.1:1".as_ptr(), null(), &raw mut client), 0);
    assert_eq!(milvus_queue_new(&raw mut queue), 0);
    let internal = Status::Internal as milvus_status;
    for is_late in [false, true] {
        let (may_go_on, go_on) = oneshot::channel();
        let (and_this, too) = oneshot::channel();
        let (called_back, queued) = (panicking(client, go_on), panicking(client, too));
        let set = || {
            let (tell, told) = channel::<Told>();
            let tell = Box::into_raw(Box::new(tell)).cast();
            assert_eq!(milvus_future_set_callback(called_back, Some(on_end), tell, Some(destroy)), 0);
            assert_eq!(milvus_future_set_queue(queued, queue, null_mut()), 0);
            told
        };
        let early = (!is_late).then(set);
        may_go_on.send(()).unwrap();
        and_this.send(()).unwrap();
        for future in [called_back, queued] {
            assert_eq!(milvus_future_wait(future, -1), internal);
            assert!(detail(future).contains("in a task (tests.rs:"), "{}", detail(future));
        }
        let told = early.unwrap_or_else(set);
        let (status, text) = told.recv().unwrap();
        assert!(status == internal && text.contains("in a task"), "{status}: {text}");
        assert!(told.recv().is_err(), "called once, and destroyed");
        let mut arrived = null_mut();
        assert_eq!(milvus_queue_next(queue, -1, &raw mut arrived, null_mut()), 0);
        assert!(arrived == queued && milvus_future_poll(queued) == internal);
        milvus_future_free(called_back);
        milvus_future_free(queued);
    }
    milvus_queue_free(queue);
    milvus_client_free(client);
}
