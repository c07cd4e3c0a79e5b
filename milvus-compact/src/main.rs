//! `milvus-compact`: has a Milvus server compact collections, shows it, and tells what really happened.
//!
//! It is written on the C ABI of milvus-client: `ffi` has the declarations, generated from the header, and `milvus` wraps
//! them. Nothing else is unsafe.

#[allow(clippy::doc_markdown, clippy::struct_field_names)] // what a person reads has no backticks
mod arguments;
mod commands;
mod configuration;
mod context;
mod engine;
mod exit;
#[allow(unsafe_code, dead_code, non_camel_case_types, clippy::all, clippy::pedantic)]
mod ffi;
mod jobs_file;
mod json;
#[allow(unsafe_code)]
mod milvus;
mod output;
mod record;
mod report;
mod select;
mod show;
mod stop;
mod words;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};

use arguments::{Arguments, Command};
use configuration::{Configuration, Environment};
use context::Context;
use output::Output;
use stop::Stop;

fn main() -> ExitCode {
    ExitCode::from(run())
}

fn run() -> u8 {
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Completions { shell } => return generated(|out| completions(shell, out)),
        Command::Man => return generated(man),
        _ => {}
    }
    let output = Output::new(&arguments.output);
    let complain = |output: &Output, code: u8, text: &str| {
        output.complaint(text);
        code
    };
    let mut environment = Environment::read();
    if let Command::Wait(wait) = &arguments.command {
        environment.uri = environment.uri.or_else(|| wait.uri_of_file());
    }
    let configuration = match Configuration::new(&arguments.connection, environment) {
        Ok(configuration) => configuration,
        Err(why) => return complain(&output, exit::USAGE, &why),
    };
    configuration.notes.iter().for_each(|note| output.note(note));
    let stop = match Stop::at_signals() {
        Ok(stop) => stop,
        Err(error) => {
            return complain(&output, exit::FAILED, &format!("signals cannot be registered: {error}"));
        }
    };
    match Context::new(configuration, output, stop, give_up_after(&arguments.command)) {
        Ok(context) => commands::obey(context, &arguments.command),
        Err((failure, output)) => complain(&output, exit::of(&failure, false), &failure.message),
    }
}

fn give_up_after(command: &Command) -> Option<Duration> {
    match command {
        Command::Run(arguments) => arguments.waiting.give_up_after,
        Command::Wait(arguments) => arguments.waiting.give_up_after,
        Command::Optimize(arguments) => arguments.waiting.give_up_after,
        _ => None,
    }
}

/// Writes the completions for a shell.
fn completions(shell: clap_complete::Shell, out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "milvus-compact", &mut text);
    // clap_complete 4.6 takes the hyphen of the name for the beginning of a subcommand in one of two places (bash).
    let text = String::from_utf8_lossy(&text).replace("milvus__subcmd__compact", "milvus__compact");
    out.write_all(text.as_bytes())
}

/// Writes a text that clap makes to standard output.
fn generated(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> u8 {
    let mut text = Vec::new();
    let written = write(&mut text).and_then(|()| std::io::stdout().write_all(&text));
    match written {
        Ok(()) => exit::DONE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "milvus-compact: cannot write the output: {error}");
            exit::OUTPUT
        }
    }
}

/// One page for the command and all that it does.
fn man(out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut command = Arguments::command();
    command.build();
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let page = clap_mangen::Man::new(sub.clone());
        writeln!(out, ".SH \"milvus-compact {}\"", sub.get_name())?;
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(out, "{about}")?;
        let mut options = Vec::new();
        page.render_options_section(&mut options)?;
        // The options of all commands are above; the headings of one are one level lower.
        let own =
            String::from_utf8_lossy(&options).replace(".SH OPTIONS", ".SS OPTIONS").replace(".SH ", ".SS ");
        out.extend_from_slice(own.as_bytes());
    }
    page.render_extra_section(out)
}
