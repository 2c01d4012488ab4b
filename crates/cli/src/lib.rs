//! The `anyprofile` command as a library, to build a program with further services.
//!
//! The command takes its services from a list of descriptors. This complete program reads the same account files and
//! has the same commands, for the built-in services and one more:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use anyprofile::Services;
//! # mod anyprofile_library {
//! #     pub fn service() -> anyprofile::engine::ServiceDescriptor { unimplemented!() }
//! # }
//!
//! fn main() -> ExitCode {
//!     anyprofile_cli::run(Services::builtin().with(anyprofile_library::service()))
//! }
//! ```
//!
//! [`Program::with_sandbox`] adds a server that simulates the service to `--sandbox`, `sandbox` and `conformance`.
//!
//! # Three things to know
//! - **Nothing is written that was not shown.** Every command that writes shows its plan first, and then executes exactly the shown
//!   requests if the user agrees, or with `--yes`.
//! - **Data goes to standard output**, as a table for people or as ndjson for programs; everything else goes to standard error.
//! - **The exit code tells complete from incomplete.** A listing that lacks a profile does not exit with 0, even if every request
//!   succeeded. `anyprofile --help` lists the codes.
//!
//! # Features
//! | feature | default | what it enables |
//! |---|---|---|
//! | `upsun`, `probely`, `anthropic`, `scim` | yes | the services of [`Services::builtin`](anyprofile::Services::builtin) |
//! | `declared` | yes | services that a definition file describes, with a catalog of them, and the command `definition` |
//! | `sandbox` | yes | the embedded sandbox of these services, and `conformance` |
//! | `conformance` | | the command `conformance`: the checks that every provider must pass, against a sandbox |
//! | `fixture` | | `FixtureSandbox`: your own fixture server as a sandbox |
//! | `rustls` | yes | TLS by rustls, with the platform's certificate store |
//! | `rustls-aws-lc` | | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | | TLS by rustls with the crypto provider that the program installed for its process |
//! | `native-tls` | | TLS by the platform's own library |
//! | `brotli` | yes | responses compressed with Brotli |
//! | `mcp` | | the command `mcp`: the accounts for an agent, over the Model Context Protocol |
//! | `jwt` | yes | OAuth clients that sign a token in place of sending a secret |
//! | `zstd` | | responses compressed with Zstandard |
//! | `parquet` | | snapshots as Parquet: `*.parquet`, and a partitioned folder |
//! | `sqlite` | | snapshots in a SQLite database: `sqlite:FILE` |
//! | `postgres` | | snapshots in a PostgreSQL database: `postgres://…` |
//! | `object-store` | | snapshots in object storage: `s3://…`, `gs://…`, `az://…` |
//! | `full` | | the default, `mcp`, `zstd` and every target of snapshots: what a release is built with |

#![cfg_attr(docsrs, feature(doc_cfg))]

/// Prints one line on standard error. Control characters in it are replaced, so that it stays one line.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::diagnostics::say(format_args!($($part)*))
    };
}

mod args;
mod bulk;
mod command_line;
mod commands;
mod diagnostics;
#[cfg(feature = "sandbox")]
mod embedded;
mod exit;
mod files;
#[cfg(feature = "fixture")]
mod fixture;
mod interrupt;
mod key;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod program;
mod progress;
mod report;
mod run;
mod sandbox;
mod session;
mod summary;
mod writes;

use std::process::ExitCode;

pub use anyprofile::Services;

#[cfg(feature = "fixture")]
pub use self::fixture::FixtureSandbox;
pub use self::{
    program::Program,
    sandbox::{RunningSandbox, Sandbox, SandboxOptions},
};

/// Runs the command with these services: parses the program's arguments, and returns its exit code.
///
/// The feature `sandbox` adds the embedded sandbox.
///
/// Exit codes: 0 complete, 2 usage or configuration error, 3 authentication or permission error, 4 partial, 5 the
/// service failed, 6 not found, 1 internal error.
pub fn run(services: Services) -> ExitCode {
    Program::new(services).run()
}
