//! A billing clean-up: seats of people who have not signed in for ninety days. Nobody is counted as dormant of whom it is not known.

use std::time::{Duration, SystemTime};

use anyprofile::{Accounts, Directory, Expected, Filter, ListQuery, Result, Status, Timestamp, Verdict};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the services. A real program begins with `Accounts::from_env()?`.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
    let directory = Directory::new(accounts.connect()?);

    let limit = Timestamp::try_from(SystemTime::now() - Duration::from_secs(90 * 24 * 60 * 60))?;
    let active = Filter::new().with_status(Status::Active).with_status(Expected::Unknown);
    let mut listing = directory.list(ListQuery::new().with_filter(active));
    let (mut dormant, mut not_known) = (0, 0);
    while let Some(profile) = listing.next().await {
        let profile = profile?;
        match profile.security.last_login.older_than(limit) {
            Verdict::Yes => {
                dormant += 1;
                println!("{}  {}", profile.id, profile.label());
            }
            Verdict::Unknown => not_known += 1,
            _ => {}
        }
    }
    println!("{dormant} dormant seats; of {not_known} people the last sign-in is not known");
    if !listing.is_complete() {
        return Err("the listing is not complete, so neither is this report".into());
    }
    Ok(())
}
