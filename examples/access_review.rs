//! An access review as csv: who has no second factor, of whom it is not known, and why.

use anyprofile::{Accounts, FieldPath, FieldState, ListQuery, ProfileProviderExt as _, Result};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the services. A real program begins with `Accounts::from_env()?`.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;

    let mut review = csv::Writer::from_writer(std::io::stdout());
    review.write_record(["account", "id", "name", "address", "status", "mfa", "mfa_state"])?;
    for provider in accounts.connect()? {
        let capabilities = provider.prepare().await?;
        // Some services show the second factor only in a further record of each person.
        let query = ListQuery::new().with_enrich(capabilities.operations.enrich.is_supported());
        for profile in provider.list_all(query).await?.profiles {
            let state = profile.state(&FieldPath::SECURITY_MFA_ENABLED, capabilities);
            let mfa = match state {
                FieldState::Value if profile.security.mfa_enabled.is_known_to_be(&true) => "on",
                FieldState::Value => "off",
                _ => "not known",
            };
            let status = profile.status.value().map_or("not known".to_owned(), ToString::to_string);
            review.write_record([
                provider.info().account.as_str(),
                &profile.id.to_string(),
                &profile.label(),
                profile.email().unwrap_or_default(),
                &status,
                mfa,
                state.as_str(),
            ])?;
        }
    }
    review.flush()?;
    Ok(())
}
