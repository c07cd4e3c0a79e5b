//! The user data of a callback, which the library passes back to the application.

use std::ffi::c_void;

/// As `milvus_destructor`, which is declared where the header declares it.
type Destructor = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// A pointer that the library only passes back, and its destructor.
pub(super) struct UserData {
    pointer: *mut c_void,
    destructor: Destructor,
}

impl UserData {
    /// Takes ownership: dropping this calls the destructor.
    pub(super) fn new(pointer: *mut c_void, destructor: Destructor) -> Self {
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

// SAFETY: the library never dereferences it; the application answers for what it points to, as documented.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}
