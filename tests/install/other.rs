//! Another Rust library in the same program: it has a standard library, an allocator and a panic of its own.
use std::collections::HashMap;
use std::thread;

/// 42, after some work that needs all of these.
#[unsafe(no_mangle)]
pub extern "C" fn other_answer() -> i32 {
    let caught = thread::spawn(|| std::panic::catch_unwind(|| panic!("on purpose")).is_err());
    let map: HashMap<_, _> = (0..42).map(|number| (number.to_string(), number)).collect();
    if caught.join().unwrap_or(false) { map.len() as i32 } else { -1 }
}
