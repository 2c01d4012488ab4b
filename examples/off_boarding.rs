//! A person leaves: what would be written is shown first, then done and read back.

use anyprofile::{
    Accounts, Directory, ListQuery, ProfileProviderExt as _, Result,
    writing::{Guard, Never, WriteState},
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the services. A real program begins with `Accounts::from_env()?`.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
    let directory = Directory::new(accounts.connect()?);
    // Somebody of the sandbox; a real program is given the address.
    let scim = directory.provider_named("scim").ok_or("the sandbox has SCIM")?;
    let somebody = scim.list_all(ListQuery::new().with_limit(4)).await?.profiles;
    let address = somebody.last().and_then(|profile| profile.email()).ok_or("nobody has an address")?;

    let off_boarding = directory.off_board(address).await;
    for departure in &off_boarding.departures {
        match &departure.plan {
            Ok(plan) if plan.is_settled() => println!("{}  already deactivated", departure.id),
            Ok(plan) => {
                plan.requests().iter().for_each(|it| println!("{}  {} {}", departure.id, it.method, it.url));
            }
            Err(error) => println!("{}  not possible: {error}", departure.id),
        }
    }
    for account in off_boarding.not_known() {
        println!("{}  whether the person has a further profile is not known", account.info.account);
    }
    for guard in &off_boarding.guards {
        println!("careful: {guard}");
    }

    // Here a person confirms. Whatever is still guarded is an error, and nothing is sent.
    let confirmed = off_boarding.allow(|guard| matches!(guard, Guard::SeveralPeople { .. }));
    let mut journal: Vec<(_, WriteState)> = Vec::new();
    for (id, written) in confirmed.execute(&directory, &mut journal, &Never).await? {
        println!("{id}  {}", written.outcome);
    }
    println!("{} entries in the journal", journal.len());
    Ok(())
}
