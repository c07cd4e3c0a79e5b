//! What a program in C does: it calls the library, and reads the structs and texts that it gets.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use ::milvus_client::ffi::catalog::{
    milvus_collection_info, milvus_collection_list, milvus_collection_list_count,
    milvus_collection_list_free, milvus_collection_list_get, milvus_collections, milvus_database_info,
    milvus_database_list, milvus_database_list_count, milvus_database_list_free, milvus_database_list_get,
    milvus_databases,
};
use ::milvus_client::ffi::check::{milvus_check_result, milvus_compaction_check};
use ::milvus_client::ffi::client::{milvus_client, milvus_client_free, milvus_client_new};
use ::milvus_client::ffi::errors::milvus_status;
use ::milvus_client::ffi::jobs::{milvus_compaction_report, milvus_compaction_wait};
use ::milvus_client::ffi::json as j;
use ::milvus_client::ffi::many::{
    milvus_compact_many, milvus_many_list, milvus_many_list_count, milvus_many_list_free,
    milvus_many_list_get, milvus_many_params, milvus_many_result,
};
use ::milvus_client::ffi::optimized::{
    milvus_optimize_list, milvus_optimize_list_count, milvus_optimize_list_get, milvus_optimize_list_step,
    milvus_optimize_result, milvus_optimize_step,
};
use ::milvus_client::ffi::plans::{
    milvus_compaction_plans, milvus_plan, milvus_plan_list, milvus_plan_list_count, milvus_plan_list_free,
    milvus_plan_list_get,
};
use ::milvus_client::ffi::segments::{
    milvus_segment, milvus_segment_list, milvus_segment_list_count, milvus_segment_list_free,
    milvus_segment_list_get, milvus_segments,
};
use ::milvus_client::ffi::survey::{
    milvus_survey, milvus_survey_list, milvus_survey_list_count, milvus_survey_list_free,
    milvus_survey_list_get, milvus_survey_result,
};
use serde_json::Value;

const OK: milvus_status = 0;
pub(crate) const LIMIT_MS: i64 = 20_000;

/// The text of a function that writes one: its length first, and then the text.
pub(crate) fn text(write: impl Fn(*mut c_char, usize, *mut usize) -> milvus_status) -> String {
    let mut length = 0;
    assert_eq!(write(ptr::null_mut(), 0, &raw mut length), OK);
    let mut buffer = vec![0x7f_u8; length + 2];
    assert_eq!(write(buffer.as_mut_ptr().cast(), length + 1, &raw mut length), OK);
    assert_eq!(buffer.split_off(length), [0, 0x7f], "the text, its NUL, and nothing else");
    String::from_utf8(buffer).unwrap()
}

/// The same, as a reader of JSON sees it.
pub(crate) fn json(write: impl Fn(*mut c_char, usize, *mut usize) -> milvus_status) -> Value {
    let text = text(write);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A struct as its ..._INIT makes it.
pub(crate) fn init<T>() -> T {
    // SAFETY: zeros are valid for every struct of the header, and each begins with its size.
    unsafe {
        let mut value: T = std::mem::zeroed();
        (&raw mut value).cast::<usize>().write(size_of::<T>());
        value
    }
}

pub(crate) fn string(text: *const c_char) -> Option<String> {
    // SAFETY: NULL, or a text of the library.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned())
}

pub(crate) fn numbers(first: *const i64, count: usize) -> Vec<i64> {
    // SAFETY: a list of the library.
    (0..count).map(|index| unsafe { *first.add(index) }).collect()
}

pub(crate) struct Client(*mut milvus_client);

impl Client {
    pub(crate) fn new(uri: &str) -> Self {
        let (uri, mut client) = (CString::new(uri).unwrap(), ptr::null_mut());
        assert_eq!(milvus_client_new(uri.as_ptr(), ptr::null(), &raw mut client), OK);
        Self(client)
    }

    pub(crate) fn handle(&self) -> *mut milvus_client {
        self.0
    }

    pub(crate) fn report(&self, job: i64) -> milvus_compaction_report {
        let mut report = init();
        milvus_compaction_wait(self.0, job, LIMIT_MS, &raw mut report);
        report
    }

    pub(crate) fn check(&self, name: &str) -> milvus_check_result {
        let (name, mut result) = (CString::new(name).unwrap(), init());
        let status = milvus_compaction_check(self.0, name.as_ptr(), ptr::null(), LIMIT_MS, &raw mut result);
        assert_eq!(status, OK);
        result
    }

    /// The results of these collections.
    pub(crate) fn many(&self, names: &[&str]) -> List<milvus_many_list> {
        self.many_with(names, &init())
    }

    /// The same, one after the other.
    pub(crate) fn many_in_turn(&self, names: &[&str]) -> List<milvus_many_list> {
        self.many_with(names, &milvus_many_params { concurrency: 1, ..init() })
    }

    fn many_with(&self, names: &[&str], params: &milvus_many_params) -> List<milvus_many_list> {
        let texts: Vec<CString> = names.iter().map(|name| CString::new(*name).unwrap()).collect();
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        let mut list = ptr::null_mut();
        milvus_compact_many(self.0, pointers.as_ptr(), names.len(), params, LIMIT_MS, &raw mut list);
        assert!(!list.is_null());
        List(list, milvus_many_list_free)
    }

    pub(crate) fn collections(&self) -> List<milvus_collection_list> {
        let mut list = ptr::null_mut();
        milvus_collections(self.0, ptr::null(), LIMIT_MS, &raw mut list);
        assert!(!list.is_null());
        List(list, milvus_collection_list_free)
    }

    pub(crate) fn databases(&self) -> Option<List<milvus_database_list>> {
        let mut list = ptr::null_mut();
        milvus_databases(self.0, LIMIT_MS, &raw mut list);
        (!list.is_null()).then_some(List(list, milvus_database_list_free))
    }

    pub(crate) fn survey(&self, names: &[&str]) -> List<milvus_survey_list> {
        let texts: Vec<CString> = names.iter().map(|name| CString::new(*name).unwrap()).collect();
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        let (mut list, count) = (ptr::null_mut(), names.len());
        milvus_survey(self.0, pointers.as_ptr(), count, ptr::null(), LIMIT_MS, &raw mut list);
        assert!(!list.is_null());
        List(list, milvus_survey_list_free)
    }

    pub(crate) fn plans(&self, job: i64) -> List<milvus_plan_list> {
        let mut list = ptr::null_mut();
        assert_eq!(milvus_compaction_plans(self.0, job, LIMIT_MS, &raw mut list), OK);
        List(list, milvus_plan_list_free)
    }

    pub(crate) fn segments(&self, name: &str, which: i32) -> List<milvus_segment_list> {
        let (name, mut list) = (CString::new(name).unwrap(), ptr::null_mut());
        assert_eq!(milvus_segments(self.0, name.as_ptr(), ptr::null(), which, LIMIT_MS, &raw mut list), OK);
        List(list, milvus_segment_list_free)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        milvus_client_free(self.0);
    }
}

/// A list of the library, and what frees it.
pub(crate) struct List<H>(pub(crate) *mut H, pub(crate) extern "C" fn(*mut H));

impl<H> Drop for List<H> {
    fn drop(&mut self) {
        self.1(self.0);
    }
}

/// The items of a list, each read as in C.
fn items<H, T>(
    list: *const H,
    count: usize,
    get: extern "C" fn(*const H, usize, *mut T) -> milvus_status,
) -> Vec<T> {
    let read = |index| {
        let mut item = init();
        assert_eq!(get(list, index, &raw mut item), OK);
        item
    };
    (0..count).map(read).collect()
}

impl List<milvus_many_list> {
    pub(crate) fn items(&self) -> Vec<milvus_many_result> {
        items(self.0, milvus_many_list_count(self.0), milvus_many_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_many_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_plan_list> {
    pub(crate) fn items(&self) -> Vec<milvus_plan> {
        items(self.0, milvus_plan_list_count(self.0), milvus_plan_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_plan_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_segment_list> {
    pub(crate) fn items(&self) -> Vec<milvus_segment> {
        items(self.0, milvus_segment_list_count(self.0), milvus_segment_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_segment_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_collection_list> {
    pub(crate) fn items(&self) -> Vec<milvus_collection_info> {
        items(self.0, milvus_collection_list_count(self.0), milvus_collection_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_collection_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_database_list> {
    pub(crate) fn items(&self) -> Vec<milvus_database_info> {
        items(self.0, milvus_database_list_count(self.0), milvus_database_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_database_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_survey_list> {
    pub(crate) fn items(&self) -> Vec<milvus_survey_result> {
        items(self.0, milvus_survey_list_count(self.0), milvus_survey_list_get)
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_survey_list_json(self.0, buffer, capacity, length))
    }
}

impl List<milvus_optimize_list> {
    pub(crate) fn items(&self) -> Vec<(milvus_optimize_result, Vec<milvus_optimize_step>)> {
        let results: Vec<milvus_optimize_result> =
            items(self.0, milvus_optimize_list_count(self.0), milvus_optimize_list_get);
        let steps = |index: usize, count: usize| {
            let read = |number| {
                let mut step = init();
                assert_eq!(milvus_optimize_list_step(self.0, index, number, &raw mut step), OK);
                step
            };
            (0..count).map(read).collect()
        };
        let with_steps = |(index, result): (usize, milvus_optimize_result)| {
            let count = result.step_count;
            (result, steps(index, count))
        };
        results.into_iter().enumerate().map(with_steps).collect()
    }

    pub(crate) fn json(&self) -> Value {
        json(|buffer, capacity, length| j::milvus_optimize_list_json(self.0, buffer, capacity, length))
    }
}

pub(crate) fn report_json(report: &milvus_compaction_report) -> Value {
    json(|buffer, capacity, length| j::milvus_compaction_report_json(report, buffer, capacity, length))
}

pub(crate) fn check_json(result: &milvus_check_result) -> Value {
    json(|buffer, capacity, length| j::milvus_check_result_json(result, buffer, capacity, length))
}
