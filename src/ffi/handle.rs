//! Handles: pointers for C that point nowhere. Each is a number that only a table can interpret, so the library
//! recognises a freed, foreign or wrong-typed handle without reading any memory of the caller.

use std::collections::VecDeque;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{Error, Status};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("handles need 64-bit pointers");

// A handle, from the top: mark (8 bits), kind (4), generation (28), slot (20), zero (4). The mark makes
// it an address that no 64-bit system maps, so that a program that looks inside faults at once. The
// zero bits make it aligned like any pointer.
const MARK: u64 = 0xa5;
const GENERATION_BITS: u32 = 28;
const SLOT_BITS: u32 = 20;

/// A type that C holds handles of.
pub(super) trait Handle: Sized + 'static {
    /// What a handle stands for.
    type Value: Send + Sync;
    /// The C type's name.
    const NAME: &'static str;
    /// Tells handles of different types apart; unique, below 16.
    const KIND: u64;
    /// All handles of this type.
    fn table() -> &'static Table<Self::Value>;
}

/// The live values of one kind of handle.
pub(super) struct Table<T>(RwLock<Slots<T>>);

struct Slots<T> {
    slots: Vec<Slot<T>>,
    /// The slot that was freed first is reused first, so that stale handles stay stale for long.
    free: VecDeque<usize>,
}

struct Slot<T> {
    generation: u64,
    value: Option<Arc<T>>,
}

impl<T> Table<T> {
    pub(super) const fn new() -> Self {
        Self(RwLock::new(Slots { slots: Vec::new(), free: VecDeque::new() }))
    }
}

/// Makes a handle that keeps `value` until it is removed.
pub(super) fn insert<H: Handle>(value: H::Value) -> Result<*mut H, Error> {
    insert_shared(Arc::new(value))
}

/// Makes a handle for a value that others hold too.
pub(super) fn insert_shared<H: Handle>(value: Arc<H::Value>) -> Result<*mut H, Error> {
    let mut table = H::table().0.write().unwrap_or_else(PoisonError::into_inner);
    let slot = match table.free.pop_front() {
        Some(slot) => slot,
        None if table.slots.len() < 1 << SLOT_BITS => {
            table.slots.push(Slot { generation: 0, value: None });
            table.slots.len() - 1
        }
        None => {
            let text = format!("{} objects of type {} are in use; free some", table.slots.len(), H::NAME);
            return Err(Error::new(Status::OutOfMemory, text));
        }
    };
    let entry = &mut table.slots[slot];
    entry.value = Some(value);
    Ok(encode(H::KIND, entry.generation, slot))
}

/// What a handle stands for.
pub(super) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Value>, Error> {
    let (generation, slot) = decode(handle)?;
    let table = H::table().0.read().unwrap_or_else(PoisonError::into_inner);
    let entry = table.slots.get(slot).filter(|entry| entry.generation == generation);
    entry.and_then(|entry| entry.value.clone()).ok_or_else(stale::<H>)
}

/// Whether a handle stands for something.
pub(super) fn is_alive<H: Handle>(handle: *const H) -> bool {
    let Ok((generation, slot)) = decode(handle) else { return false };
    let table = H::table().0.read().unwrap_or_else(PoisonError::into_inner);
    table.slots.get(slot).is_some_and(|entry| entry.generation == generation && entry.value.is_some())
}

/// Ends a handle. What it stood for lives until its last user is done.
pub(super) fn remove<H: Handle>(handle: *mut H) -> Result<(), Error> {
    take(handle).map(drop)
}

/// Ends a handle, and returns what it stood for.
pub(super) fn take<H: Handle>(handle: *mut H) -> Result<Arc<H::Value>, Error> {
    let (generation, slot) = decode(handle.cast_const())?;
    let mut table = H::table().0.write().unwrap_or_else(PoisonError::into_inner);
    let entry = table.slots.get_mut(slot).filter(|entry| entry.generation == generation);
    let entry = entry.ok_or_else(stale::<H>)?;
    let value = entry.value.take().ok_or_else(stale::<H>)?;
    entry.generation = (generation + 1) % (1 << GENERATION_BITS);
    table.free.push_back(slot);
    Ok(value)
}

fn encode<H>(kind: u64, generation: u64, slot: usize) -> *mut H {
    let number = ((((MARK << 4 | kind) << GENERATION_BITS | generation) << SLOT_BITS) | slot as u64) << 4;
    ptr::without_provenance_mut(usize::try_from(number).unwrap_or_default())
}

fn decode<H: Handle>(handle: *const H) -> Result<(u64, usize), Error> {
    decoded(handle.addr() as u64, H::KIND).ok_or_else(|| unknown(handle.addr() as u64, H::NAME))
}

/// The generation and the slot of a handle of this kind.
fn decoded(number: u64, kind: u64) -> Option<(u64, usize)> {
    let is_one = (number >> 56, number >> 52 & 0xf, number & 0xf) == (MARK, kind, 0);
    let generation = number >> (SLOT_BITS + 4) & ((1 << GENERATION_BITS) - 1);
    let slot = number >> 4 & ((1 << SLOT_BITS) - 1);
    is_one.then_some((generation, usize::try_from(slot).unwrap_or(usize::MAX)))
}

/// The error for a number that is no handle of the type with this name.
#[cold]
fn unknown(number: u64, name: &str) -> Error {
    if number == 0 {
        return Error::invalid_argument(format!("the {name} is NULL"));
    }
    let text = if number >> 56 != MARK || number & 0xf != 0 {
        format!("this pointer was not made by the library as a {name}")
    } else {
        format!("this handle is not a {name}")
    };
    Error::new(Status::InvalidHandle, text)
}

/// The error for a handle that was freed.
pub(super) fn stale<H: Handle>() -> Error {
    freed(H::NAME)
}

#[cold]
fn freed(name: &str) -> Error {
    Error::new(Status::InvalidHandle, format!("this {name} has been freed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Apple;
    struct Pear;

    impl Handle for Apple {
        type Value = u32;
        const NAME: &'static str = "apple";
        const KIND: u64 = 14;
        fn table() -> &'static Table<u32> {
            static TABLE: Table<u32> = Table::new();
            &TABLE
        }
    }

    impl Handle for Pear {
        type Value = u32;
        const NAME: &'static str = "pear";
        const KIND: u64 = 15;
        fn table() -> &'static Table<u32> {
            static TABLE: Table<u32> = Table::new();
            &TABLE
        }
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (Status, String) {
        let error = result.unwrap_err();
        (error.status, error.message().to_owned())
    }

    #[test]
    fn a_handle_lives_until_it_is_removed_and_never_again() {
        let first = insert::<Apple>(1).unwrap();
        let second = insert::<Apple>(2).unwrap();
        assert_eq!((*get(first).unwrap(), *get(second).unwrap()), (1, 2));
        remove(first).unwrap();
        assert_eq!(refusal(get(first)), (Status::InvalidHandle, "this apple has been freed".to_owned()));
        assert_eq!(refusal(remove(first)).0, Status::InvalidHandle);
        for value in 3..if cfg!(miri) { 20 } else { 100 } {
            remove(insert::<Apple>(value).unwrap()).unwrap();
            assert_eq!(refusal(get(first)).0, Status::InvalidHandle, "a reused slot is another handle");
        }
        assert_eq!(*get(second).unwrap(), 2);
    }

    #[test]
    fn foreign_pointers_and_other_types_are_told_apart() {
        let pear = insert::<Pear>(1).unwrap();
        assert_eq!(refusal(get::<Apple>(pear.cast())).1, "this handle is not a apple");
        assert_eq!(refusal(get::<Apple>(ptr::null())).0, Status::InvalidArgument);
        let local = 7_u32;
        let foreign = [ptr::from_ref(&local).addr(), 1, 16, usize::MAX, 0xa5 << 56, pear.addr() + 1];
        for address in foreign {
            let result = get::<Pear>(ptr::without_provenance(address));
            assert_eq!(refusal(result).0, Status::InvalidHandle, "{address:x}");
        }
    }

    #[test]
    fn handles_stay_right_under_concurrent_use() {
        std::thread::scope(|scope| {
            for thread in 0..4_u32 {
                scope.spawn(move || {
                    for round in 0..if cfg!(miri) { 20 } else { 1_000 } {
                        let handle = insert::<Pear>(thread * 10_000 + round).unwrap();
                        assert_eq!(*get(handle).unwrap(), thread * 10_000 + round);
                        remove(handle).unwrap();
                        assert!(get(handle).is_err());
                    }
                });
            }
        });
    }
}
