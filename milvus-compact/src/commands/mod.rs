//! One file for each command.

mod check;
mod conclude;
mod dry_run;
mod flush;
mod info;
mod optimize;
mod plans;
mod run;
mod segments;
mod survey;
mod tables;
mod wait;
mod watch;

use crate::arguments::Command;
use crate::context::Context;
use crate::select::NoTargets;

/// Does what a command says, and returns the exit code.
pub fn obey(context: Context, command: &Command) -> u8 {
    let code = match command {
        Command::Run(arguments) if arguments.dry_run => dry_run::dry_run(&context, arguments),
        Command::Run(arguments) => return run::run(context, arguments),
        Command::Check(arguments) => check::check(&context, &arguments.selection, &arguments.kind.kind()),
        Command::Wait(arguments) => return wait::wait(context, arguments),
        Command::Survey(arguments) => survey::survey(&context, arguments),
        Command::Watch(arguments) => watch::watch(&context, arguments),
        Command::Segments(arguments) => segments::segments(&context, arguments),
        Command::Plans(arguments) => plans::plans(&context, arguments),
        Command::Optimize(arguments) => return optimize::optimize(context, arguments),
        Command::Flush(arguments) => flush::flush(&context, arguments),
        Command::Info => info::info(&context),
        Command::Completions { .. } | Command::Man => unreachable!("they need no server"),
    };
    settled(&context, code)
}

/// A signal, and output that nobody got, come before what was found out.
fn settled(context: &Context, code: u8) -> u8 {
    match context.stop.signal() {
        Some(signal) => crate::exit::SIGNAL + signal,
        None if context.output.is_broken() && code == crate::exit::DONE => crate::exit::OUTPUT,
        None => code,
    }
}

/// Says why there is nothing to work on.
fn without_targets(context: &Context, none: &NoTargets) -> u8 {
    context.output.complaint(&none.text);
    none.code
}
