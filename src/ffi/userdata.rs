//! What a host gives with a callback, to be handed back to it.

use std::ffi::c_void;

use super::futures::milvus_destructor;

/// A pointer that the library only hands back, and its destructor.
pub(super) struct UserData {
    pointer: *mut c_void,
    destructor: milvus_destructor,
}

impl UserData {
    /// Takes it over: from now on the destructor is called when this is dropped.
    pub(super) fn new(pointer: *mut c_void, destructor: milvus_destructor) -> Self {
        Self { pointer, destructor }
    }

    pub(super) fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(destructor) = self.destructor {
            // SAFETY: the caller promises a function that can be called so, once, from any thread.
            unsafe { destructor(self.pointer) }
        }
    }
}

// SAFETY: never looked at here; what it points to is the host's business, as documented.
unsafe impl Send for UserData {}
unsafe impl Sync for UserData {}
