//! The C functions, as `include/milvus_client.h` declares them.
//!
//! The declarations are generated from the header (`tools/bindings`), as those of Go and Java are. So the command proves
//! what every program gets: it cannot use what the header does not have. The functions themselves are linked from the
//! library's crate, which makes one file of all and needs no installed library; nothing else of that crate is named.

use ::milvus_client as _;

#[rustfmt::skip]
mod generated;

pub use generated::*;

#[cfg(test)]
mod tests {
    /// What `tests/abi/layout.txt` promises to every language: "struct field offset size", and "struct - 0 size".
    #[test]
    fn structs_are_laid_out_as_promised() {
        let promised = include_str!("../../../tests/abi/layout.txt");
        let mut compared = 0;
        for (name, offset, size) in super::generated::LAYOUT {
            let line = promised.lines().find(|line| line.starts_with(&format!("{name} ")));
            let numbers: Vec<usize> =
                line.unwrap_or("").split(' ').skip(2).filter_map(|word| word.parse().ok()).collect();
            match name.ends_with(" -") {
                true => assert_eq!(numbers, [0, *size], "{name}"),
                false => assert_eq!(numbers.first(), Some(offset), "{name}"),
            }
            compared += 1;
        }
        assert_eq!(compared, promised.lines().count());
    }
}
