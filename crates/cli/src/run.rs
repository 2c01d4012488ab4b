//! Runs the program.

use std::process::ExitCode;

use clap::FromArgMatches as _;

use crate::{
    args::{Arguments, Command},
    command_line::command_of,
    commands, diagnostics,
    exit::Exit,
    program::Program,
};

/// Sets the format, and refuses a form for a command that has none.
fn choose_output(arguments: &mut Arguments) -> Result<(), clap::Error> {
    let global = &mut arguments.global;
    if let Some(format) = global.chosen.format() {
        global.output = format;
        return Ok(());
    }
    if matches!(arguments.command, Command::List(_) | Command::Members(_) | Command::Export(_)) {
        return Ok(());
    }
    let why = "a form of another tool is an output of list, members and export alone\n";
    Err(clap::Error::raw(clap::error::ErrorKind::InvalidValue, why))
}

impl Program {
    /// Parses the program's arguments, runs the command, and returns its exit code.
    pub fn run(self) -> ExitCode {
        let parsed =
            command_of(&self).try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
        let mut arguments = match parsed {
            Ok(arguments) => arguments,
            Err(error) => return diagnostics::usage(error).into(),
        };
        arguments.global.program = self;
        if let Err(error) = choose_output(&mut arguments) {
            return diagnostics::usage(error).into();
        }
        diagnostics::start(arguments.global.verbose);
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                say!("error: cannot start: {error}");
                return Exit::Defect.into();
            }
        };
        let exit = match runtime.block_on(commands::run(arguments)) {
            Ok(exit) => exit,
            Err(failure) => failure.report(),
        };
        // Does not wait for a pending page, nor for a sandbox.
        runtime.shutdown_background();
        exit.into()
    }
}
