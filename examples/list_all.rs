//! Lists the people of all accounts together; an account that fails does not stop the others.

use anyprofile::{Accounts, Directory, ListQuery, Result};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the services. A real program begins with `Accounts::from_env()?`.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;

    let directory = Directory::new(accounts.connect()?);
    let mut listing = directory.list(ListQuery::new());
    while let Some(profile) = listing.next().await {
        match profile {
            Ok(profile) => println!("{}  {}", profile.id, profile.label()),
            Err(error) => eprintln!("{error}"),
        }
    }
    for account in listing.reports() {
        let gaps = account.listing.gaps();
        let verdict = if account.is_complete() { "complete".to_owned() } else { gaps.join("; ") };
        println!("{}: {} people, {verdict}", account.info.account, account.listing.seen);
    }
    Ok(())
}
