//! What a call of the shared library costs. `milvus-bench run` starts everything else: a fast fake server
//! (`serve`), and clients in processes of their own, which print what they measured.
//!
//! ```text
//! milvus-bench [run] --library FILE [--python FILE] [--grpc FILE] [--quick | --gates] [--write FILE]
//! milvus-bench hostile --library FILE [--calls N]    a healthy server's calls beside hostile ones, and their memory
//! milvus-bench train --library FILE    what applications have the library do most, for `make profile`
//! milvus-bench serve [--cpu N] [--pause MILLISECONDS] [--answers empty|full]
//! milvus-bench bare --runtime current|worker --uri URI ...    bare tonic
//! milvus-bench-ours --library FILE --uri URI ...    through the C ABI
//! ```

mod arguments;
mod bare;
mod gates;
mod hostile;
mod load;
mod os;
mod process;
mod report;
mod run;
mod serve;
mod stats;
mod tools;
mod train;
mod wire;

#[allow(clippy::all)]
mod proto {
    include!(concat!(env!("OUT_DIR"), "/milvus_proto.rs"));
    pub(crate) use milvus::proto::{common, milvus as service, schema};
}

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("milvus-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result {
    let (command, arguments) = Arguments::of_process()?;
    arguments.pin()?;
    match command.as_str() {
        "run" if arguments.flag("gates") => gates::check(&arguments),
        "run" => run::run(&arguments),
        "hostile" => hostile::run(&arguments),
        "serve" if arguments.text("answers").is_some() => hostile::serve(&arguments),
        "serve" => serve::serve(&arguments),
        "bare" => bare::drive(&arguments),
        "train" => train::train(&arguments),
        other => Err(format!("there is no command \"{other}\": run, hostile, serve, bare, train").into()),
    }
}
