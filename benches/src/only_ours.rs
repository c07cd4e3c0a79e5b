//! `milvus-bench-ours`: drives the shared library, and has nothing else in it.

#![allow(dead_code)] // the other program uses the rest of these

mod arguments;
mod beside;
mod following;
mod line;
mod load;
mod os;
mod ours;
mod window;

use std::error::Error;

use arguments::Arguments;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let (_, arguments) = Arguments::of_process()?;
    arguments.pin()?;
    ours::drive(&arguments)
}
