//! `milvus-fake serve VERSION` prints its URI and serves until its standard input ends; each line of that
//! is a command (see `control.rs`), answered with a line.
//! `milvus-fake descriptors` writes the compiled `proto/` to standard output.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", version] => {
            let fake = milvus_fake::Fake::start(version);
            println!("{}", fake.uri());
            for line in std::io::stdin().lock().lines() {
                println!("{}", milvus_fake::obey(&fake, &line?));
            }
            Ok(())
        }
        ["descriptors"] => std::io::stdout().write_all(milvus_fake::DESCRIPTORS),
        _ => {
            eprintln!("usage: milvus-fake serve VERSION | milvus-fake descriptors");
            std::process::exit(2);
        }
    }
}
