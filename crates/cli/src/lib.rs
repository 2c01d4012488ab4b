//! The `anyprofile` command as a library, so that a program of one's own has it with further services.
//!
//! The command knows services by a list of descriptors. This is a whole program, which reads the same account files and has
//! the same commands, for the services that were built in and one more:
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
//! A server that stands in for the service joins `--sandbox`, `sandbox` and `conformance` by
//! [`Program::with_sandbox`].
//!
//! # Features
//! | feature | default | what it turns on |
//! |---|---|---|
//! | `upsun`, `probely`, `anthropic` | yes | the services of [`Services::builtin`](anyprofile::Services::builtin) |
//! | `sandbox` | yes | the embedded sandbox of these services, and `conformance` |
//! | `conformance` | | the command `conformance`: the checks that every provider passes, at a sandbox |
//! | `fixture` | | a fixture server of one's own as a sandbox: `FixtureSandbox` |
//! | `rustls` | yes | TLS by rustls, with the platform's certificate store |
//! | `rustls-aws-lc` | | TLS by rustls with aws-lc-rs |
//! | `rustls-no-provider` | | TLS by rustls with the cryptography that the program has installed for its process |
//! | `native-tls` | | TLS by the platform's own library |
//! | `brotli` | yes | responses compressed with Brotli |
//! | `zstd` | | responses compressed with Zstandard |

#![cfg_attr(docsrs, feature(doc_cfg))]

/// Says one line to the person, on standard error. Whatever is in it cannot begin another line or steer the terminal.
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
mod export;
mod files;
#[cfg(feature = "fixture")]
mod fixture;
mod interrupt;
mod key;
mod output;
mod printable;
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

/// Runs the command with these services: reads the program's arguments, and gives its exit code. With the feature `sandbox`
/// it has the embedded sandbox.
///
/// Exit codes: 0 complete, 2 usage or configuration, 3 authentication or permission, 4 partial, 5 the service failed, 6 not
/// found, 1 a defect of the program.
pub fn run(services: Services) -> ExitCode {
    Program::new(services).run()
}
