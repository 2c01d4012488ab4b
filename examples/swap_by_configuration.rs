//! The configuration decides which service is used; the code is the same.

use std::path::Path;

use anyprofile::{Accounts, ListQuery, ProfileProviderExt as _, Result};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

/// Counts the people of the only account of a configuration.
async fn count(configuration: &str) -> Result<String> {
    let providers = Accounts::from_toml(configuration, Path::new("."))?.connect()?;
    let [provider] = &providers[..] else {
        return Err(anyprofile::Error::config("one account is expected"));
    };
    let listing = provider.list_all(ListQuery::new()).await?;
    Ok(format!("{}: {} people", provider.info().display_name, listing.profiles.len()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let (probely, scim) = (&sandbox.description().probely, &sandbox.description().scim);
    // A secret is never in a file: it is named by where it is, here by a command.
    let configurations = [
        ("probely", "api_key", &probely.base_url, &probely.api_key),
        ("scim", "token", &scim.base_url, &scim.token),
    ]
    .map(|(service, key, base_url, secret)| {
        format!(
            "[accounts.people]\nservice = \"{service}\"\nbase_url = \"{base_url}\"\n\
             {key} = {{ command = [\"echo\", \"{secret}\"] }}\n"
        )
    });
    for configuration in configurations {
        println!("{}", count(&configuration).await?);
    }
    Ok(())
}
