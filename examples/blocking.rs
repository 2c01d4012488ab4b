//! Lists and changes profiles without an async runtime, at the sandbox.
//!
//! `cargo run --package anyprofile-examples --bin blocking`

use std::{error::Error, sync::Arc};

use anyprofile::{
    FieldPath, ListQuery, ProfileChange,
    blocking::{Provider, Runtime},
    probely::ProbelyConfig,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

fn main() -> Result<(), Box<dyn Error>> {
    // Stands in for the service, in threads of its own.
    let server = tokio::runtime::Runtime::new()?;
    let sandbox = server.block_on(Sandbox::start(SandboxOptions::new().profiles(10)))?;
    let probely = &sandbox.description().probely;
    let config = ProbelyConfig::new("sandbox".parse()?, probely.api_key.clone()).at(&probely.base_url);

    // One runtime for all providers of a program.
    let runtime = Runtime::new()?;
    let provider = Provider::with_runtime(Arc::new(config.connect()?), &runtime);
    let mut profiles = provider.list(ListQuery::new());
    let mut first = None;
    for profile in &mut profiles {
        let profile = profile?;
        println!("{} mfa: {}", profile.id, profile.security.mfa_enabled.record_state());
        first.get_or_insert(profile.id);
    }
    println!("complete: {}", profiles.report().is_complete());

    if let Some(id) = first {
        let change = ProfileChange::new().set(FieldPath::TITLE, "dev");
        println!("{id} title: {}", provider.update(&id, &change)?.title.record_state());
    }
    Ok(())
}
