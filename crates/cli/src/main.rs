//! `anyprofile`: list, show, check and update user profiles at several services.

use std::process::ExitCode;

use anyprofile::Services;

fn main() -> ExitCode {
    anyprofile_cli::run(Services::builtin())
}
