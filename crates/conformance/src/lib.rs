//! The checks that every provider must pass.
//!
//! [`run`] checks everything that a provider's [`Capabilities`](anyprofile_core::Capabilities) declare, against a
//! server that may be written to: a sandbox or a test tenant. It needs no test runner and no runtime of its own. It
//! reports the result of each check and never panics.
//!
//! In every check, a write that no plan showed is a failure. An operation that the provider does not support must be
//! rejected without a request.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use anyprofile_conformance::{Connect, SentRequest, Server, run};
//! use anyprofile_core::{ProfileProvider, Result, async_trait};
//!
//! /// Connects to the test server with a new provider each time.
//! #[derive(Debug)]
//! struct Mine;
//!
//! # fn my_provider() -> Result<Arc<dyn ProfileProvider>> { unimplemented!() }
//! impl Connect for Mine {
//!     fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
//!         my_provider()
//!     }
//! }
//!
//! /// Records the requests that it receives.
//! #[derive(Debug)]
//! struct MyServer;
//!
//! # impl MyServer { fn received(&self) -> Vec<SentRequest> { unimplemented!() } }
//! impl Server for MyServer {
//!     fn requests(&self) -> u64 {
//!         self.received().len() as u64
//!     }
//!     fn writes(&self) -> u64 {
//!         self.received().iter().filter(|request| request.is_write).count() as u64
//!     }
//!     fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
//!         Some(self.received().split_off(since as usize))
//!     }
//! }
//!
//! # async fn test() {
//! let report = run(&Mine, &MyServer).await;
//! assert!(report.is_passed(), "{report}");
//! # }
//! ```
//!
//! # Four things to know
//! - **The capabilities decide what is checked.** What a provider declares must work; what it does not declare must be rejected before
//!   anything is sent. A check for which there is nothing to do is reported as not applicable, not as passed.
//! - **What could not be tried is not proven.** A check that applies, and for which the test server lacks profiles or cannot simulate a
//!   fault, is [not proven](Report::not_proven): the report says what the server must have or allow. [`Report::is_passed`] does not ask
//!   for these; [`Report::is_proven`] does.
//! - **The server's log is the evidence.** Whether something was sent is counted at the server, not asked of the provider.
//! - **It writes.** Profiles are created, changed, deactivated and deleted, as far as the provider supports it. Never run it against an
//!   account in use.
//!
//! # Features
//! | feature | what it enables |
//! |---|---|
//! | `sandbox` | the sandbox of this project as a server: `SandboxServer` |
//! | `server` | a server for your own routes: `FixtureServer` |
//!
//! # Checks
//! [`CHECKS`] lists all checks. Each has an id, what it proves, and why it matters.

#![cfg_attr(docsrs, feature(doc_cfg))]

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

mod checks;
#[cfg(feature = "server")]
mod fixture_server;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod sent;
mod subject;
mod witness;

#[cfg(feature = "server")]
pub use self::fixture_server::FixtureServer;
#[cfg(feature = "sandbox")]
pub use self::sandbox::SandboxServer;
use self::subject::Subject;
pub use self::{
    checks::{CHECKS, Check, Group},
    report::{CheckResult, Outcome, Report},
    sent::SentRequest,
    subject::{Connect, Disturbance, Server},
};

/// Runs all checks, and returns their results.
pub async fn run(connect: &dyn Connect, server: &dyn Server) -> Report {
    run_some(connect, server, |_| true).await
}

/// Runs the checks that are wanted, such as the one that failed, and returns their results.
///
/// ```
/// use anyprofile_conformance::{Connect, Report, Server, run_some};
///
/// async fn listings(connect: &dyn Connect, server: &dyn Server) -> Report {
///     run_some(connect, server, |check| check.id.starts_with("listing.")).await
/// }
/// ```
pub async fn run_some(
    connect: &dyn Connect,
    server: &dyn Server,
    is_wanted: impl Fn(&Check) -> bool,
) -> Report {
    let mut results = Vec::new();
    let subject = match Subject::new(connect, server).await {
        Ok(subject) => subject,
        Err(error) => return Report::unreachable(&error),
    };
    for check in CHECKS.iter().filter(|check| is_wanted(check)) {
        // A panic of the provider fails only this check.
        let since = server.requests();
        let checked = AssertUnwindSafe((check.run)(&subject)).catch_unwind().await;
        let unshown = subject.shown.unshown(server, since);
        let outcome = match checked {
            Ok(Ok(())) => Outcome::Passed,
            Ok(Err(outcome)) => outcome,
            Err(_) => Outcome::failed("it panicked"),
        };
        // In every check, a write that no plan showed is a failure.
        let outcome = unshown.map_or(outcome, Outcome::Failed);
        // Ends the disturbance of this check.
        server.calm();
        results.push(CheckResult { check, outcome });
    }
    Report::new(subject.provider.info().clone(), results)
}
