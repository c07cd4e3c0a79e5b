//! The shared library as it is shipped, through its C ABI.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::{mem, ptr};

use crate::arguments::Arguments;
use crate::load::Load;
use crate::{Result, beside, following, line, os, window};

/// A job that any server knows nothing bad of.
const SOME_JOB: i64 = 1;

/// `milvus_compaction_state_info` of the header.
#[repr(C)]
struct StateInfo {
    size: usize,
    state: i32,
    reserved: i32,
    plans: [i64; 4],
}

type New = unsafe extern "C" fn(*const c_char, *const c_char, *mut *mut c_void) -> c_int;
type Free = unsafe extern "C" fn(*mut c_void);
type State = unsafe extern "C" fn(*mut c_void, i64, i64, *mut StateInfo) -> c_int;
pub(crate) type Compact = unsafe extern "C" fn(*mut c_void, *const c_char, i32, i64, *mut i64) -> c_int;
type Wait = unsafe extern "C" fn(*mut c_void, i64, i64, *mut c_void) -> c_int;
type Message = unsafe extern "C" fn() -> *const c_char;

/// A client of the loaded library.
pub(crate) struct Client {
    pub(crate) library: *mut c_void,
    pub(crate) client: *mut c_void,
    state: State,
    message: Message,
}

// SAFETY: the header says of every function used here that it is thread-safe.
unsafe impl Sync for Client {}

/// Makes the calls that the arguments ask for, or triggers a job and waits for it, or follows many.
pub(crate) fn drive(arguments: &Arguments) -> Result {
    let client = Client::new(arguments.required("library")?, arguments.required("uri")?)?;
    let done = if let Some(collection) = arguments.text("job") {
        client.follow(collection)
    } else if let Some(count) = arguments.number("jobs")? {
        following::jobs(&client, count, arguments.number("plans")?.unwrap_or(1))
    } else if let Some(count) = arguments.number("collections")? {
        following::collections(&client, count)
    } else if let Some(count) = arguments.number("line")? {
        line::follow(&client, count, arguments.number("ends")?.unwrap_or(count))
    } else if let Some(uris) = arguments.text("beside") {
        beside::measure(&client, arguments, &uris.split(',').collect::<Vec<_>>())
    } else if let Some(uris) = arguments.text("ask") {
        beside::ask(arguments.required("library")?, &uris.split(',').collect::<Vec<_>>())
    } else {
        let load = Load::new(arguments)?;
        let many = |calls| window::calls(&client, SOME_JOB, calls, load.window);
        load.run_with(&|| client.state(SOME_JOB), many)
    };
    client.free()?;
    done
}

impl Client {
    pub(crate) fn new(library: &str, uri: &str) -> Result<Self> {
        let (path, uri) = (CString::new(library)?, CString::new(uri)?);
        // SAFETY: the path is a string; the functions have the types that the header gives them.
        unsafe {
            let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            if library.is_null() {
                return Err(CStr::from_ptr(libc::dlerror()).to_string_lossy().into());
            }
            let new: New = function(library, c"milvus_client_new")?;
            let state: State = function(library, c"milvus_compaction_state")?;
            let message: Message = function(library, c"milvus_last_error_message")?;
            let mut client = Self { library, client: ptr::null_mut(), state, message };
            let status = new(uri.as_ptr(), ptr::null(), &raw mut client.client);
            client.checked(status)?;
            Ok(client)
        }
    }

    pub(crate) fn state(&self, job: i64) -> Result {
        let mut info = StateInfo { size: size_of::<StateInfo>(), state: 0, reserved: 0, plans: [0; 4] };
        // SAFETY: the client is alive, and the info has its size.
        self.checked(unsafe { (self.state)(self.client, job, 0, &raw mut info) })
    }

    /// Prints the job and when the wait for it was over.
    fn follow(&self, collection: &str) -> Result {
        let (name, mut job) = (CString::new(collection)?, 0);
        // SAFETY: the client is alive; a wait's report may be NULL.
        unsafe {
            let compact: Compact = function(self.library, c"milvus_compact")?;
            let wait: Wait = function(self.library, c"milvus_compaction_wait")?;
            self.checked(compact(self.client, name.as_ptr(), 0, 0, &raw mut job))?;
            let status = wait(self.client, job, 60_000, ptr::null_mut());
            let returned = os::monotonic_ns();
            self.checked(status)?;
            println!("job={job} returned_ns={returned}");
        }
        Ok(())
    }

    pub(crate) fn free(&self) -> Result {
        // SAFETY: nobody uses the client after this.
        unsafe { function::<Free>(self.library, c"milvus_client_free")?(self.client) };
        Ok(())
    }

    pub(crate) fn checked(&self, status: c_int) -> Result {
        if status == 0 {
            return Ok(());
        }
        // SAFETY: the message is this thread's, and a string.
        let message = unsafe { CStr::from_ptr((self.message)()) };
        Err(format!("status {status}: {}", message.to_string_lossy()).into())
    }
}

/// # Safety
/// `T` must be the type of the function with this name.
pub(crate) unsafe fn function<T: Copy>(library: *mut c_void, name: &CStr) -> Result<T> {
    // SAFETY: the library is loaded; a function's address has the size of a function pointer.
    unsafe {
        let address = libc::dlsym(library, name.as_ptr());
        if address.is_null() {
            return Err(format!("the library has no {}", name.to_string_lossy()).into());
        }
        Ok(mem::transmute_copy(&address))
    }
}
