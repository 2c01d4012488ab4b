//! Tests across providers: the same code for each, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod directory;
mod faults;
mod fields;
mod filtering;
mod finding;
mod listing;
mod mutants;
mod native;
mod native_organization;
mod observing;
mod off_boarding;
#[allow(dead_code)]
#[path = "../../examples/opentelemetry.rs"]
mod opentelemetry_example;
mod properties;
mod reading;
mod services;
mod shapes;
mod soak;
mod writing;

use std::sync::Arc;

use anyprofile::ProfileProvider;
use anyprofile_sandbox::{Sandbox, SandboxOptions};

/// A sandbox and its providers. It serves as long as it is held.
struct Fixture {
    sandbox: Sandbox,
    providers: Vec<Arc<dyn ProfileProvider>>,
}

async fn fixture(profiles: u64) -> Fixture {
    fixture_with(SandboxOptions::new().profiles(profiles).seed(7)).await
}

async fn fixture_with(options: SandboxOptions) -> Fixture {
    let sandbox = Sandbox::start(options).await.unwrap();
    let providers = anyprofile_tests::providers(&sandbox).unwrap();
    Fixture { sandbox, providers }
}

impl Fixture {
    fn provider(&self, service: &str) -> &Arc<dyn ProfileProvider> {
        self.providers.iter().find(|provider| provider.info().service == service).unwrap()
    }

    /// How often an operation was asked for.
    fn count(&self, operation: &str) -> usize {
        self.sandbox.requests().iter().filter(|request| request.operation == operation).count()
    }
}
