//! `milvus-fake serve VERSION [SOCKET]` prints its URI and serves until its standard input ends, on a Unix socket of
//! that name besides; each line of its input is a command (see `control.rs`), answered with a line.
//! `milvus-fake descriptors` writes the compiled `proto/` to standard output.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", version, ref socket @ ..] if socket.len() < 2 => {
            let fake = milvus_fake::Fake::start_at(version, socket.first().map(std::path::PathBuf::from));
            println!("{}", fake.uri());
            for line in std::io::stdin().lock().lines() {
                println!("{}", milvus_fake::obey(&fake, &line?));
            }
            Ok(())
        }
        ["descriptors"] => std::io::stdout().write_all(milvus_fake::DESCRIPTORS),
        _ => {
            eprintln!("usage: milvus-fake serve VERSION [SOCKET] | milvus-fake descriptors");
            std::process::exit(2);
        }
    }
}
