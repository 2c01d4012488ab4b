//! The project's own chores. A person and CI run the same ones: `cargo xtask ci`.

mod cargo;
mod features;

use std::process::ExitCode;

use clap::Parser;

use crate::cargo::{Outcome, cargo};

/// The project's chores.
#[derive(Debug, Parser)]
enum Chore {
    /// All of the below, in this order.
    Ci,
    /// Run all tests.
    Test,
    /// Check the formatting, and lint with warnings denied.
    Lint,
    /// Build the documentation with warnings denied.
    Docs,
    /// Check licences, bans, sources and advisories. Needs cargo-deny.
    Deny,
    /// Build the libraries with each combination of features that matters.
    Features,
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Ci => ci(),
        Chore::Test => test(),
        Chore::Lint => lint(),
        Chore::Docs => docs(),
        Chore::Deny => deny(),
        Chore::Features => features::build_all(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Outcome {
    test()?;
    lint()?;
    docs()?;
    deny()?;
    features::build_all()
}

fn test() -> Outcome {
    cargo(&["test", "--workspace", "--quiet"], &[])
}

fn lint() -> Outcome {
    cargo(&["fmt", "--all", "--check"], &[])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"], &[])
}

fn docs() -> Outcome {
    // Test crates are left out: their pages are for nobody.
    let libraries = ["--exclude", "anyprofile-tests", "--exclude", "xtask", "--exclude", "anyprofile-cli"];
    let arguments = [&["doc", "--workspace", "--no-deps", "--all-features"][..], &libraries].concat();
    cargo(&arguments, &[("RUSTDOCFLAGS", "--deny warnings")])
}

fn deny() -> Outcome {
    // The advisory database is a repository of its own, which is not everywhere within reach.
    let advisories = std::env::var_os("ANYPROFILE_ADVISORIES").is_some();
    let mut arguments = vec!["deny", "--all-features", "check", "bans", "licenses", "sources"];
    if advisories {
        arguments.push("advisories");
    } else {
        eprintln!(
            "xtask: advisories are not checked; set ANYPROFILE_ADVISORIES=1 where their database can be fetched"
        );
    }
    cargo(&arguments, &[])
}
