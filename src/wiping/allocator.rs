//! The allocator of this library, and of nothing else in the process: it wipes what is freed. So no secret stays in freed
//! memory, whichever dependency has copied or encoded it there.

#![allow(unsafe_code)] // an allocator hands out raw memory

use std::alloc::{GlobalAlloc, Layout, System};

struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

/// From this size on `memset` is worth its call.
const LARGE: usize = 4096;
/// From this size on every system's allocator makes a block smaller where it is, so that lists which shrink need no second
/// copy.
const SHRINKS_IN_PLACE: usize = 256 * 1024;

/// Writes zeros.
///
/// # Safety
/// The block has so many bytes, at least one.
#[inline]
unsafe fn wipe(block: *mut u8, size: usize) {
    /// Writes `COUNT` units at the beginning of a block, and as many at its end, which may overlap.
    #[inline]
    unsafe fn ends<U: Default, const COUNT: usize>(block: *mut u8, size: usize) {
        for number in 0..COUNT {
            // SAFETY: the block has at least so many units.
            unsafe {
                block.cast::<U>().add(number).write_unaligned(U::default());
                block.add(size).cast::<U>().sub(number + 1).write_unaligned(U::default());
            }
        }
    }
    // SAFETY: each writes within the block.
    unsafe {
        match size {
            LARGE.. => block.write_bytes(0, size),
            128.. => {
                for at in (0..size - 127).step_by(128) {
                    ends::<u128, 4>(block.add(at), 128);
                    zeroize::optimization_barrier(&*block); // or the compiler makes it a call of `memset`
                }
                ends::<u128, 4>(block.add(size - 128), 128);
            }
            64.. => ends::<u128, 4>(block, size),
            32.. => ends::<u128, 2>(block, size),
            16.. => ends::<u128, 1>(block, size),
            8.. => ends::<u64, 1>(block, size),
            4.. => ends::<u32, 1>(block, size),
            2.. => ends::<u16, 1>(block, size),
            _ => block.write(0),
        }
    }
}

// SAFETY: the system's allocator does the work. Besides, a block that is being freed is written to, within its size.
unsafe impl GlobalAlloc for Wiping {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to the same contract.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline(never)] // there is one copy of it
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has this layout, and nobody uses it any more.
        unsafe {
            wipe(block, layout.size());
            // Compilers know that freed memory is not read, and leave out what was written before.
            zeroize::optimization_barrier(&*block);
            System.dealloc(block, layout);
        }
    }

    /// The system's would move the block without wiping it.
    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size >= SHRINKS_IN_PLACE && size < layout.size() {
            // SAFETY: the rest lies within the block, and the caller keeps to the same contract.
            return unsafe {
                wipe(block.add(size), layout.size() - size);
                System.realloc(block, layout, size)
            };
        }
        // SAFETY: the caller keeps to the contract of `GlobalAlloc::realloc`, so the alignment and the new size fit
        // together, both blocks are valid for the bytes that are copied, and the former one is freed once.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_any_size_is_wiped_and_nothing_beside_it() {
        for size in (1..300).chain([LARGE - 1, LARGE, LARGE + 1]) {
            let mut bytes = vec![7_u8; size + 32];
            // SAFETY: there are 16 more bytes on either side.
            unsafe { wipe(bytes.as_mut_ptr().add(16), size) };
            let wiped = bytes.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(index, _)| index);
            assert!(wiped.eq(16..16 + size), "{size}");
        }
    }

    #[test]
    fn a_block_that_grows_or_shrinks_keeps_what_is_in_it() {
        let mut bytes: Vec<u8> = (0..=255).collect();
        for capacity in [256, 10_000, 300, 2_000_000, 400_000, 300] {
            bytes.reserve_exact(capacity);
            bytes.shrink_to(capacity);
            assert!(bytes.iter().copied().eq(0..=255));
        }
    }

    #[test]
    fn a_large_block_that_shrinks_stays_where_it_is() {
        let mut bytes = vec![7_u8; 4 * SHRINKS_IN_PLACE];
        let before = bytes.as_ptr();
        bytes.truncate(SHRINKS_IN_PLACE + 5_000);
        bytes.shrink_to_fit();
        assert_eq!(bytes.as_ptr(), before);
        assert!(bytes.iter().all(|byte| *byte == 7));
    }
}
