//! The provider that the core's documentation shows passes the checks.

// It is shown as a program of its own.
#[allow(unreachable_pub)]
#[path = "../../../core/docs/examples/reading_provider.rs"]
mod reading_provider;

use std::sync::Arc;

use anyprofile_conformance::{Connect, Outcome, SentRequest, Server, run};
use anyprofile_core::{Profile, ProfileProvider, Result};
use reading_provider::Memory;

/// A provider without a server: nothing is sent.
#[derive(Debug)]
struct Documented;

impl Connect for Documented {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        let person = |number: u32| {
            let mut profile = Profile::new(format!("memory:test/user/p{number}").parse()?);
            profile.name.display = format!("Person {number}").into();
            Ok::<_, anyprofile_core::Error>(profile)
        };
        let people = (0..25).map(person).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Memory::new("test".parse()?, people)?))
    }
}

impl Server for Documented {
    fn requests(&self) -> u64 {
        0
    }

    fn writes(&self) -> u64 {
        0
    }

    fn log(&self, _: u64) -> Option<Vec<SentRequest>> {
        Some(Vec::new())
    }
}

#[tokio::test]
async fn the_first_provider_of_the_documentation_passes() {
    let report = run(&Documented, &Documented).await;
    assert!(report.is_passed(), "{report}");
    assert!(
        report.results.iter().any(|it| it.check.id == "listing.refusals" && it.outcome == Outcome::Passed)
    );
}
