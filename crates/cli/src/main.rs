//! `anyprofile`: list, show, check and update user profiles at several services.

/// Says one line to the person, on standard error. Whatever is in it cannot begin another line or steer the terminal.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::diagnostics::say(format_args!($($part)*))
    };
}

mod args;
mod bulk;
mod commands;
mod diagnostics;
mod exit;
mod export;
mod files;
mod interrupt;
mod key;
mod output;
mod progress;
mod session;
mod summary;
mod writes;

use clap::Parser as _;

use crate::{args::Arguments, exit::Exit};

fn main() -> std::process::ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return diagnostics::usage(error).into(),
    };
    diagnostics::start(arguments.global.verbose);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say!("error: the program cannot start: {error}");
            return Exit::Defect.into();
        }
    };
    let exit = match runtime.block_on(commands::run(arguments)) {
        Ok(exit) => exit,
        Err(failure) => failure.report(),
    };
    // A page on its way, or a sandbox, is not waited for.
    runtime.shutdown_background();
    exit.into()
}
