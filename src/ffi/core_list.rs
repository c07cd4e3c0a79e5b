//! A list on its way from the core to C. It gets its form for C, a text for each element, on the thread that takes it:
//! on the library's thread that would hold up everything else, because a server decides how long lists are.

use std::sync::Arc;

use crate::error::Error;

/// A list of the core. `V` is its form for C.
pub(super) struct CoreList<V>(Box<dyn FnOnce() -> Arc<V> + Send>);

/// A result for each collection, and an error if some failed.
pub(super) type Results<V> = (CoreList<V>, Option<Error>);

impl<V: Send + Sync + 'static> CoreList<V> {
    pub(super) fn new(form: impl FnOnce() -> V + Send + 'static) -> Self {
        Self(Box::new(move || Arc::new(form())))
    }

    /// A list that has its form already.
    pub(super) fn formed(form: Arc<V>) -> Self {
        Self(Box::new(move || form))
    }

    /// Forms the list.
    pub(super) fn form(self) -> Arc<V> {
        (self.0)()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;
    use std::ptr;

    use milvus_fake::Fake;

    use super::super::async_forms::*;
    use super::super::client::{milvus_client, milvus_client_free, milvus_client_new};
    use super::super::compaction::milvus_compact;
    use super::super::errors::milvus_status;
    use super::super::futures::{milvus_future, milvus_future_free, milvus_future_wait};
    use super::super::results::*;
    use crate::error::Status;

    const OK: milvus_status = Status::Ok as milvus_status;
    const LIMIT: i64 = 20_000;

    /// Starts an operation, waits for it without a look at its result, and then takes its list twice.
    fn is_handed_over_once<L>(
        start: impl FnOnce(*mut *mut milvus_future) -> milvus_status,
        take: extern "C" fn(*mut milvus_future, *mut *mut L) -> milvus_status,
    ) {
        let (mut future, mut list) = (ptr::null_mut(), ptr::null_mut());
        assert_eq!(start(&raw mut future), OK);
        assert_eq!(milvus_future_wait(future, LIMIT), OK);
        assert_eq!(take(future, &raw mut list), OK);
        assert!(!list.is_null());
        assert_eq!(take(future, &raw mut list), Status::InvalidArgument as milvus_status);
        milvus_future_free(future);
    }

    /// `convert::c_text` fails on the library's thread, where the ends of these operations run.
    #[test]
    fn no_text_of_a_list_is_made_on_the_librarys_thread() {
        let fake = Fake::start("v3.1.0");
        let uri = CString::new(fake.uri()).unwrap();
        let (mut client, mut job) = (ptr::null_mut::<milvus_client>(), 0);
        assert_eq!(milvus_client_new(uri.as_ptr(), ptr::null(), &raw mut client), OK);
        let (name, own) = (c"succeeds".as_ptr(), ptr::null());
        assert_eq!(milvus_compact(client, name, 0, LIMIT, &raw mut job), OK);
        let names = [name];
        is_handed_over_once(
            |out| milvus_compaction_plans_async(client, job, LIMIT, out),
            milvus_future_take_plans,
        );
        is_handed_over_once(
            |out| milvus_segments_async(client, name, own, 0, LIMIT, out),
            milvus_future_take_segments,
        );
        is_handed_over_once(|out| milvus_databases_async(client, LIMIT, out), milvus_future_take_databases);
        is_handed_over_once(
            |out| milvus_collections_async(client, own, LIMIT, out),
            milvus_future_take_collections,
        );
        is_handed_over_once(
            |out| milvus_survey_async(client, names.as_ptr(), 1, ptr::null(), LIMIT, out),
            milvus_future_take_survey,
        );
        is_handed_over_once(
            |out| milvus_compact_many_async(client, names.as_ptr(), 1, ptr::null(), LIMIT, out),
            milvus_future_take_many,
        );
        is_handed_over_once(
            |out| milvus_optimize_async(client, name, ptr::null(), LIMIT, out),
            milvus_future_take_optimized,
        );
        milvus_client_free(client);
    }
}
