//! No secret stays in the process where nobody can wipe it: in memory that was freed, in registers, on a stack.

mod allocator;
mod registers;

pub(crate) use registers::ClearedRegisters;

/// Does work, and wipes so many bytes of the stack below the caller.
pub(crate) fn with_stack_wiped<const BYTES: usize, T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    zeroize::zeroize_stack::<BYTES>();
    result
}

/// Does work in a frame of its own: compilers put what they inline into the caller's, which is not wiped.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}
