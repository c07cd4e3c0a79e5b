//! From C's parameters to checked Rust values, and results back to C.

use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};
use std::{ptr, thread};

use crate::client::Timeout;
use crate::error::Error;
use crate::runtime::IO_THREAD;

/// Longest text that is read from C in bytes; every parameter has a lower limit of its own.
const TEXT_LIMIT: usize = 16 * 1024 * 1024;
/// No struct of this header is as large, in any version: a size above it is garbage.
const STRUCT_LIMIT: usize = 4096;
/// Most numbers or texts that are read from C at once.
const LIST_LIMIT: usize = 1 << 20;
/// `MILVUS_NOT_REPORTED`.
pub(super) const NOT_REPORTED: i64 = -1;

#[cold]
fn wrong(parameter: &str, why: &str) -> Error {
    Error::invalid_argument(format!("{parameter}: {why}"))
}

/// A text that has to be there. `pointer` is NULL or NUL-terminated.
pub(super) fn text<'a>(parameter: &str, pointer: *const c_char) -> Result<&'a str, Error> {
    optional_text(parameter, pointer)?.ok_or_else(|| wrong(parameter, "is NULL"))
}

/// A text, or `None` for NULL.
pub(super) fn optional_text<'a>(parameter: &str, pointer: *const c_char) -> Result<Option<&'a str>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller promises a NUL-terminated string; no more than the limit is looked at.
    let length = unsafe { libc::strnlen(pointer, TEXT_LIMIT + 1) };
    if length > TEXT_LIMIT {
        return Err(wrong(parameter, "has no end within 16 MiB"));
    }
    // SAFETY: strnlen has found the NUL within `length` bytes.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let why = format!("is not UTF-8 (at byte {} of {length})", error.valid_up_to());
            Err(wrong(parameter, &why))
        }
    }
}

/// A list of numbers, or `None` for NULL. `pointer` is NULL or has `count` of them.
pub(super) fn optional_numbers(
    parameter: &str,
    pointer: *const i64,
    count: usize,
) -> Result<Option<Vec<i64>>, Error> {
    if pointer.is_null() {
        return if count == 0 { Ok(None) } else { Err(wrong(parameter, "is NULL, but its count is not 0")) };
    }
    if count > LIST_LIMIT {
        return Err(wrong(parameter, &format!("has {count} elements; at most {LIST_LIMIT} are taken")));
    }
    // SAFETY: the caller promises `count` numbers there; alignment is not relied on.
    Ok(Some((0..count).map(|index| unsafe { pointer.add(index).read_unaligned() }).collect()))
}

/// A list of texts, or `None` for NULL. `pointer` is NULL or has `count` of them.
pub(super) fn optional_texts(
    parameter: &str,
    pointer: *const *const c_char,
    count: usize,
) -> Result<Option<Vec<String>>, Error> {
    if pointer.is_null() {
        return if count == 0 { Ok(None) } else { Err(wrong(parameter, "is NULL, but its count is not 0")) };
    }
    if count > LIST_LIMIT {
        return Err(wrong(parameter, &format!("has {count} elements; at most {LIST_LIMIT} are taken")));
    }
    let one = |index| {
        // SAFETY: the caller promises `count` pointers there; alignment is not relied on.
        let text = unsafe { pointer.add(index).read_unaligned() };
        self::text(&format!("{parameter}[{index}]"), text).map(str::to_owned)
    };
    (0..count).map(one).collect::<Result<_, _>>().map(Some)
}

/// The short text of a number, or else what stands for an unknown one. Static, so C can keep it.
pub(super) fn named(number: i32, names: &[(i32, &'static CStr)], unknown: &'static CStr) -> *const c_char {
    names.iter().find(|(known, _)| *known == number).map_or(unknown, |(_, name)| name).as_ptr()
}

/// The first of some numbers that live as long as what they are part of; NULL if there are none.
pub(super) fn numbers(values: &[i64]) -> *const i64 {
    if values.is_empty() { ptr::null() } else { values.as_ptr() }
}

/// A text of the server as C has it. There is no NUL in what the core keeps.
pub(super) fn c_text(text: &str) -> CString {
    debug_assert_ne!(thread::current().name(), Some(IO_THREAD), "a server decides how many texts there are");
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

/// `timeout_ms` as every call has it.
pub(super) fn timeout(timeout_ms: i64) -> Result<Timeout, Error> {
    match timeout_ms {
        super::values::MILVUS_NO_TIMEOUT => Ok(Timeout::Never),
        0 => Ok(Timeout::Default),
        1.. => Ok(Timeout::After(Duration::from_millis(timeout_ms.unsigned_abs()))),
        _ => {
            let why =
                format!("is {timeout_ms}; use milliseconds above 0, 0 (the default) or MILVUS_NO_TIMEOUT");
            Err(wrong("timeout_ms", &why))
        }
    }
}

/// The moment by which a local wait is over: it asks no server, so 0 is not to wait at all. `None` is no limit.
pub(super) fn until(timeout_ms: i64) -> Result<Option<Instant>, Error> {
    match timeout_ms {
        super::values::MILVUS_NO_TIMEOUT => Ok(None),
        0.. => Ok(Instant::now().checked_add(Duration::from_millis(timeout_ms.unsigned_abs()))),
        _ => {
            let why = format!("is {timeout_ms}; use milliseconds, 0 (do not wait) or MILVUS_NO_TIMEOUT");
            Err(wrong("timeout_ms", &why))
        }
    }
}

/// A yes-or-no number. Any other is a mistake: most often two arguments are swapped.
pub(super) fn yes_or_no(parameter: &str, number: i32) -> Result<bool, Error> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let why = format!("is {number}; use 0 (no) or 1 (yes), and check that no two values are swapped");
            Err(wrong(parameter, &why))
        }
    }
}

/// A place for a result; checked before the call, written only when it has succeeded.
pub(super) struct Out<T>(*mut T);

impl<T> Out<T> {
    pub(super) fn new(parameter: &str, pointer: *mut T) -> Result<Self, Error> {
        if pointer.is_null() {
            return Err(wrong(parameter, "is NULL"));
        }
        Ok(Self(pointer))
    }

    pub(super) fn write(self, value: T) {
        // SAFETY: not NULL, and the caller promises room for a T; alignment is not relied on.
        unsafe { self.0.write_unaligned(value) }
    }
}

/// A struct whose first field is its size as the caller's header has it.
///
/// # Safety
/// Implementors are `repr(C)`, begin with `size: usize`, are valid for any bytes, and only ever grow.
pub(super) unsafe trait Sized_: Copy {
    /// The C type's name.
    const NAME: &'static str;
    /// Its size in the first version of the header that had it.
    const FIRST_SIZE: usize;
}

/// A place for a sized struct. Callers with an older header get as much of it as they know.
pub(super) struct OutStruct<T> {
    place: *mut T,
    size: usize,
}

#[cold]
fn wrong_size(parameter: &str, size: usize, name: &str) -> Error {
    let init = format!("{}_INIT", name.to_uppercase());
    wrong(parameter, &format!("its size field is {size}; initialise the struct with {init}"))
}

impl<T: Sized_> OutStruct<T> {
    pub(super) fn new(parameter: &str, pointer: *mut T) -> Result<Self, Error> {
        let place = Out::new(parameter, pointer)?.0;
        // SAFETY: not NULL, and every sized struct begins with its size, whatever its version.
        let size = unsafe { place.cast::<usize>().read_unaligned() };
        if (T::FIRST_SIZE..=STRUCT_LIMIT).contains(&size) {
            return Ok(Self { place, size });
        }
        Err(wrong_size(parameter, size, T::NAME))
    }

    /// A place that need not be there.
    pub(super) fn optional(parameter: &str, pointer: *mut T) -> Result<Option<Self>, Error> {
        if pointer.is_null() { Ok(None) } else { Self::new(parameter, pointer).map(Some) }
    }

    /// Writes everything but the size itself.
    pub(super) fn write(self, value: &T) {
        const SKIPPED: usize = size_of::<usize>();
        let length = self.size.min(size_of::<T>()) - SKIPPED;
        // SAFETY: the caller vouches for `size` bytes at `place`; no more are written, or read from `value`.
        unsafe {
            let from = ptr::from_ref(value).cast::<u8>().add(SKIPPED);
            ptr::copy_nonoverlapping(from, self.place.cast::<u8>().add(SKIPPED), length);
        }
    }
}

/// Reads a sized struct that the caller has filled.
pub(super) struct InStruct;

impl InStruct {
    /// Callers with an older header give less: what they do not know is zero. Those with a newer one may
    /// give more: what this library does not know must be zero, or it would not do what was asked.
    pub(super) fn read<T: Sized_>(parameter: &str, pointer: *const T) -> Result<T, Error> {
        let OutStruct { place, size } = OutStruct::new(parameter, pointer.cast_mut())?;
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: the caller vouches for `size` bytes at `place`; any bytes are valid for T.
        unsafe {
            let (from, known) = (place.cast::<u8>(), size.min(size_of::<T>()));
            ptr::copy_nonoverlapping(from, value.as_mut_ptr().cast::<u8>(), known);
            if (known..size).any(|index| from.add(index).read() != 0) {
                let why = format!(
                    "sets fields that version {} of the library does not have",
                    env!("CARGO_PKG_VERSION")
                );
                return Err(wrong(parameter, &why));
            }
            Ok(value.assume_init())
        }
    }
}

/// Copies a text with its terminating NUL into a buffer, as much of it as fits, whole characters only.
/// `buffer` is not NULL unless `capacity` is 0.
pub(super) fn copy_text(text: &str, buffer: *mut c_char, capacity: usize) {
    if capacity == 0 {
        return;
    }
    let length = text.floor_char_boundary(text.len().min(capacity - 1));
    // SAFETY: the caller vouches for `capacity` bytes, and length + 1 is no more than that.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast::<u8>(), length);
        buffer.add(length).write(0);
    }
}

/// Refuses a buffer that is not there, before anything is asked for.
pub(super) fn check_buffer(buffer: *const c_char, capacity: usize) -> Result<(), Error> {
    if buffer.is_null() && capacity > 0 { Err(wrong("buffer", "is NULL")) } else { Ok(()) }
}

/// Writes a text into a checked buffer, and its length.
pub(super) fn write_text(text: &str, buffer: *mut c_char, capacity: usize, out_length: *mut usize) {
    copy_text(text, buffer, capacity);
    if let Ok(out) = Out::new("out_length", out_length) {
        out.write(text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Sample {
        size: usize,
        first: i64,
        second: i64,
    }

    // SAFETY: repr(C), begins with its size, and any bytes are valid for its fields.
    unsafe impl Sized_ for Sample {
        const NAME: &'static str = "milvus_sample";
        const FIRST_SIZE: usize = 16;
    }

    fn sample(size: usize) -> Sample {
        Sample { size, first: -1, second: -1 }
    }

    #[test]
    fn a_struct_is_written_as_far_as_its_size_says() {
        let value = sample(0);
        let value = Sample { first: 7, second: 8, ..value };
        for (size, expected) in [(16, (7, -1)), (24, (7, 8)), (4096, (7, 8))] {
            let mut place = sample(size);
            OutStruct::new("out", &raw mut place).unwrap().write(&value);
            assert_eq!((place.size, (place.first, place.second)), (size, expected));
        }
    }

    #[test]
    fn a_struct_of_impossible_size_is_refused() {
        for size in [0, 8, 15, 4097, usize::MAX] {
            let mut place = sample(size);
            let error = OutStruct::new("out", &raw mut place).err().unwrap();
            assert!(error.message().contains("initialise the struct with MILVUS_SAMPLE_INIT"), "{error}");
        }
    }

    #[test]
    fn a_struct_is_read_as_far_as_both_sides_know_it() {
        let full = Sample { size: 24, first: 7, second: 8 };
        let read: Sample = InStruct::read("in", &raw const full).unwrap();
        assert_eq!((read.first, read.second), (7, 8));
        let older = Sample { size: 16, ..full };
        let read: Sample = InStruct::read("in", &raw const older).unwrap();
        assert_eq!((read.first, read.second), (7, 0));
        let newer = |more: u64| {
            let place = (Sample { size: 32, ..full }, more);
            InStruct::read("in", (&raw const place).cast::<Sample>())
        };
        assert!(newer(0).is_ok());
        let error = newer(1).err().unwrap();
        assert!(error.message().contains("does not have"), "{error}");
    }

    #[test]
    fn numbers_are_read_or_refused() {
        let three = [1_i64, 2, 3];
        assert_eq!(optional_numbers("ids", three.as_ptr(), 3), Ok(Some(vec![1, 2, 3])));
        assert_eq!(optional_numbers("ids", three.as_ptr(), 0), Ok(Some(vec![])));
        assert_eq!(optional_numbers("ids", ptr::null(), 0), Ok(None));
        assert!(optional_numbers("ids", ptr::null(), 1).is_err());
        assert!(optional_numbers("ids", three.as_ptr(), usize::MAX).is_err());
    }

    #[test]
    fn text_is_cut_between_characters() {
        for (capacity, expected) in [(1, ""), (2, ""), (3, "é"), (4, "éa"), (100, "éab")] {
            let mut buffer = [0x7f as c_char; 100];
            copy_text("éab", buffer.as_mut_ptr(), capacity);
            // SAFETY: a terminated text in a live buffer.
            let copied = unsafe { CStr::from_ptr(buffer.as_ptr()) };
            assert_eq!(copied.to_str().unwrap(), expected, "{capacity}");
        }
    }

    #[test]
    fn texts_are_checked() {
        assert_eq!(text("name", c"größe".as_ptr()), Ok("größe"));
        assert_eq!(optional_text("name", ptr::null()), Ok(None));
        assert_eq!(text("name", ptr::null()).unwrap_err().message(), "name: is NULL");
        let invalid = text("name", c"ab\xff".as_ptr()).unwrap_err();
        assert_eq!(invalid.message(), "name: is not UTF-8 (at byte 2 of 3)");
    }

    #[test]
    fn timeouts_are_checked() {
        assert_eq!(timeout(-1), Ok(Timeout::Never));
        assert_eq!(timeout(0), Ok(Timeout::Default));
        assert_eq!(timeout(i64::MAX), Ok(Timeout::After(Duration::from_millis(i64::MAX.unsigned_abs()))));
        assert!(timeout(-2).unwrap_err().message().contains("MILVUS_NO_TIMEOUT"));
        assert!(timeout(i64::MIN).is_err());
    }

    #[test]
    fn a_local_wait_of_0_is_over_at_once_and_one_of_minus_1_never() {
        assert!(until(0).unwrap().unwrap() <= Instant::now());
        assert!(until(60_000).unwrap().unwrap() > Instant::now());
        assert_eq!(until(-1), Ok(None));
        assert!(until(-2).unwrap_err().message().contains("0 (do not wait)"));
    }

    #[test]
    fn only_0_and_1_are_an_answer_to_yes_or_no() {
        assert_eq!((yes_or_no("is_l0", 0), yes_or_no("is_l0", 1)), (Ok(false), Ok(true)));
        for number in [-1, 2, 60_000, i32::MIN, i32::MAX] {
            let error = yes_or_no("is_clustering", number).unwrap_err();
            assert_eq!(error.status, crate::error::Status::InvalidArgument);
            assert!(error.message().starts_with("is_clustering: is "), "{error}");
            assert!(error.message().contains("swapped"), "{error}");
        }
    }
}
