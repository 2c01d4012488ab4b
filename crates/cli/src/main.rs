//! `anyprofile`: list, show, check and update user profiles at several services.

/// Says something to the person, on standard error. If nobody listens any more, that is no failure.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($part)*);
    }};
}

mod args;
mod bulk;
mod commands;
mod diagnostics;
mod exit;
mod export;
mod interrupt;
mod key;
mod output;
mod progress;
mod session;
mod summary;

use clap::Parser as _;

use crate::{args::Arguments, exit::Exit};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
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
