//! Synchronizes profiles into `SQLite`: everybody the first time, and what has changed afterwards, from a watermark per collection.
//!
//! Who was deleted is among no changes. A real program reads everybody from time to time (without `changed_since`), and removes the rows
//! of those who did not come: only if the listing is complete, which `list_all` makes sure of.
//! For what has changed, what came is stored even if something lacks, and the watermarks stay.

use std::time::Duration;

use anyprofile::{
    Accounts, ListQuery, ProfileChange, ProfileProvider, ProfileProviderExt as _, Result, listing::Watermarks,
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use rusqlite::{Connection, OptionalExtension as _, params};

type Failure = Box<dyn std::error::Error>;

/// Reads what has changed since the last run into the database; returns how many rows were written.
async fn synchronize(provider: &dyn ProfileProvider, database: &mut Connection) -> Result<usize, Failure> {
    let account = provider.info().account.as_str();
    let known: Option<String> = database
        .query_row("SELECT watermarks FROM runs WHERE account = ?1", [account], |row| row.get(0))
        .optional()?;
    let known: Watermarks = known.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default();
    // The overlap covers clocks that differ.
    let query = ListQuery::new().changed_since(known.clone(), Duration::from_secs(60));
    let listing = provider.list(query).read_all().await?;
    for gap in listing.report.gaps() {
        eprintln!("{account}: {gap}");
    }
    let next = listing.report.watermarks(&known).unwrap_or(known);
    // A run is one transaction: the rows and the watermark are stored together, or neither.
    let transaction = database.transaction()?;
    for profile in &listing.profiles {
        transaction.execute(
            "INSERT INTO profiles (id, name, address, record) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET name = ?2, address = ?3, record = ?4",
            params![
                profile.id.to_string(),
                profile.name.display.value(),
                profile.email(),
                serde_json::to_string(profile)?
            ],
        )?;
    }
    transaction.execute(
        "INSERT INTO runs (account, watermarks) VALUES (?1, ?2)
         ON CONFLICT (account) DO UPDATE SET watermarks = ?2",
        params![account, serde_json::to_string(&next)?],
    )?;
    transaction.commit()?;
    Ok(listing.profiles.len())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(25)).await?;
    let accounts = Accounts::from_variables(|name| sandbox.description().variable(name).map(str::to_owned))?;
    let providers = accounts.select(&["scim".to_owned()])?.connect()?;
    let provider = providers.first().ok_or("the sandbox has SCIM")?;

    let mut database = Connection::open_in_memory()?;
    database.execute_batch(
        "CREATE TABLE profiles (id TEXT PRIMARY KEY, name TEXT, address TEXT, record TEXT NOT NULL);
         CREATE TABLE runs (account TEXT PRIMARY KEY, watermarks TEXT NOT NULL);",
    )?;
    println!("first run: {} rows", synchronize(&**provider, &mut database).await?);
    let id: String = database.query_row("SELECT id FROM profiles LIMIT 1", [], |row| row.get(0))?;
    provider.update(&id.parse()?, &ProfileChange::new().set("title".parse()?, "Captain")).await?;
    println!("second run: {} rows", synchronize(&**provider, &mut database).await?);
    let rows: u32 = database.query_row("SELECT count(*) FROM profiles", [], |row| row.get(0))?;
    println!("{rows} people in the database");
    Ok(())
}
