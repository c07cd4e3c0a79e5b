//! `milvus-fake serve VERSION [SOCKET]` prints its URI and serves until its standard input ends, on a Unix socket of
//! that name besides; each line of its input is a command (see `control.rs`), answered with a line.
//! `milvus-fake front VERSION` prints the URI of a front, and then that of the server behind; a line `answer METHOD TIMES
//! WORD...` (see `Answer::parse`) scripts an answer of the front, `pass_all_on` ends them, any other is for the server.
//! `milvus-fake raw KIND` prints the URI of a front that breaks HTTP/2 (see `Raw`).
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
        ["front", version] => {
            let fake = milvus_fake::Fake::start(version);
            let front = milvus_fake::Front::before(fake.address());
            println!("{}\n{}", front.uri(), fake.uri());
            for line in std::io::stdin().lock().lines() {
                println!("{}", script(&front, &fake, &line?));
            }
            Ok(())
        }
        ["raw", kind] => {
            let known = milvus_fake::Raw::ALL.into_iter().find(|known| format!("{known:?}") == kind);
            println!("http://{}", known.expect("a kind that there is").start());
            std::io::stdin().lock().lines().for_each(drop);
            Ok(())
        }
        ["descriptors"] => std::io::stdout().write_all(milvus_fake::DESCRIPTORS),
        _ => {
            eprintln!(
                "usage: milvus-fake serve VERSION [SOCKET] | milvus-fake front VERSION | milvus-fake raw KIND | milvus-fake descriptors"
            );
            std::process::exit(2);
        }
    }
}

/// Does what a line says, and returns the line to answer with.
fn script(front: &milvus_fake::Front, fake: &milvus_fake::Fake, line: &str) -> String {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        ["answer", method, times, ref words @ ..] => {
            let Some((answer, times)) = milvus_fake::Answer::parse(words).zip(times.parse().ok()) else {
                return format!("unknown answer: {line}");
            };
            front.answer(method, times, answer);
            "done".to_owned()
        }
        ["pass_all_on"] => {
            front.pass_all_on();
            "done".to_owned()
        }
        _ => milvus_fake::obey(fake, line),
    }
}
