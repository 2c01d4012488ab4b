//! A data-subject request: gathers all that the services have of a person, plans the erasure, and keeps both in a ledger.

use std::time::{Duration, SystemTime};

use anyprofile::{
    Accounts, Directory, FindKey, GetOptions, ListQuery, PlanOptions, ProfileProviderExt as _, Result,
    Timestamp, Write,
    plan::{PLAN_KEY_LENGTH, PlanRecord},
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Stands in for the services. A real program begins with `Accounts::from_env()?`.
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
    let directory = Directory::new(accounts.connect()?);
    let scim = directory.provider_named("scim").ok_or("the sandbox has SCIM")?;
    let somebody = scim.list_all(ListQuery::new().with_limit(1)).await?.profiles;
    let address = somebody.first().and_then(|profile| profile.email()).ok_or("nobody has an address")?;

    let found = directory.find(&FindKey::guess(address)).await;
    let now = Timestamp::try_from(SystemTime::now())?;
    let expires = Timestamp::try_from(SystemTime::now() + Duration::from_secs(7 * 24 * 60 * 60))?;
    let mut ledger = Vec::new();
    for account in &found {
        let mut records = Vec::new();
        for profile in account.profiles() {
            let provider = directory.provider_of(&profile.id).ok_or("the account is in the directory")?;
            // All that the service has of the person, and not only what a list shows.
            let whole = provider.get_checked(&profile.id, &GetOptions::new().with_enrich(true)).await;
            let mut record =
                json!({ "id": profile.id.to_string(), "record": whole.as_ref().unwrap_or(profile) });
            if let Err(error) = &whole {
                record["not_read_whole"] = error.to_string().into();
            }
            // The digests in a stored plan are made with a random key of its own.
            let mut key = [0; PLAN_KEY_LENGTH];
            getrandom::fill(&mut key)?;
            match provider.plan(&Write::delete(profile.id.clone()), &PlanOptions::always()).await {
                Ok(plan) => {
                    let plan = PlanRecord::of(&plan, provider.capabilities(), now, expires, key)?;
                    record["erasure"] = json!(plan);
                }
                Err(error) => record["not_erased_by_us"] = error.to_string().into(),
            }
            records.push(record);
        }
        let entry = json!({
            "account": account.info.account,
            // An account that failed or cannot search may have a record all the same.
            "is_known": !account.is_open(),
            "error": account.error.as_ref().map(ToString::to_string),
            "records": records,
        });
        ledger.push(entry);
    }
    // The ledger holds the plans: once approved, `provider.resume` makes the same ones again.
    println!("{}", serde_json::to_string_pretty(&ledger)?);
    Ok(())
}
