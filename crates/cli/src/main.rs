//! `anyprofile`: list, show, check and update user profiles at several services.

mod args;
mod commands;
mod diagnostics;
mod exit;
mod output;
mod progress;
mod session;
mod summary;

use clap::Parser as _;

use crate::{args::Arguments, exit::Exit};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    diagnostics::start(arguments.global.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program cannot start: {error}");
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
