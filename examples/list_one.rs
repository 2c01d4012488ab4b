//! Lists the people of one service: `cargo run --package anyprofile-examples --bin list_one`.

use anyprofile::{ListQuery, ProfileProviderExt as _, Result, probely::ProbelyConfig};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the service. A real program has an API key, and no base URL.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let service = &sandbox.description().probely;

    let provider =
        ProbelyConfig::new("eu".parse()?, service.api_key.clone()).at(&service.base_url).connect()?;
    let mut profiles = provider.list(ListQuery::new());
    while let Some(profile) = profiles.try_next().await? {
        println!("{}  {}  {}", profile.id, profile.label(), profile.email().unwrap_or("no address"));
    }
    // An error if somebody is missing.
    profiles.report().require_complete()?;
    Ok(())
}
