//! The checks that every provider passes, ours or a third party's.
//!
//! [`run`] asks a provider for all that its [`Capabilities`](anyprofile_core::Capabilities) promise, at a server that
//! may be written to: a sandbox, a test tenant. It needs no test runner and no runtime of its own; it reports what it
//! found, check by check, and never panics. In each of them a write that no plan showed is a failure. What a provider does not offer is checked to be refused without a request.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use anyprofile_conformance::{Connect, SentRequest, Server, run};
//! use anyprofile_core::{ProfileProvider, Result, async_trait};
//!
//! /// Connects to the test server, each time with a new provider.
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
//! /// Keeps what comes to it.
//! #[derive(Debug)]
//! struct MyServer;
//!
//! # impl MyServer { fn came(&self) -> Vec<SentRequest> { unimplemented!() } }
//! impl Server for MyServer {
//!     fn requests(&self) -> u64 {
//!         self.came().len() as u64
//!     }
//!     fn writes(&self) -> u64 {
//!         self.came().iter().filter(|request| request.is_write).count() as u64
//!     }
//!     fn log(&self, since: u64) -> Option<Vec<SentRequest>> {
//!         Some(self.came().split_off(since as usize))
//!     }
//! }
//!
//! # async fn test() {
//! let report = run(&Mine, &MyServer).await;
//! assert!(report.is_passed(), "{report}");
//! # }
//! ```
//!
//! # Features
//! | feature | what it turns on |
//! |---|---|
//! | `sandbox` | the sandbox of this project as the server |
//! | `server` | a server for your own routes: `FixtureServer` |
//!
//! # What is checked
//! [`CHECKS`] is the list: each check has an id, says what it proves and on which fact it rests.

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

/// Runs every check.
pub async fn run(connect: &dyn Connect, server: &dyn Server) -> Report {
    let mut results = Vec::new();
    let subject = match Subject::new(connect, server).await {
        Ok(subject) => subject,
        Err(error) => return Report::unreachable(&error),
    };
    for check in CHECKS.iter() {
        // A provider that panics fails this check, and is looked at by the others.
        let since = server.requests();
        let checked = AssertUnwindSafe((check.run)(&subject)).catch_unwind().await;
        let unshown = subject.shown.unshown(server, since);
        let outcome = match checked {
            Ok(Ok(())) => Outcome::Passed,
            Ok(Err(outcome)) => outcome,
            Err(_) => Outcome::failed("it panicked"),
        };
        // Whatever is checked: nothing is written that no plan showed.
        let outcome = unshown.map_or(outcome, Outcome::Failed);
        // A check that disturbed the server leaves it as it was.
        server.calm();
        results.push(CheckResult { check, outcome });
    }
    Report::new(subject.provider.info().clone(), results)
}
