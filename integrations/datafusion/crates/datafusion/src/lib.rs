//! User profiles as tables of [DataFusion](datafusion): the accounts of services as they are now, and snapshots.
//!
//! ```
//! use std::sync::Arc;
//!
//! use anyprofile::{AccountName, Profile, memory::MemoryProvider};
//! use anyprofile_datafusion::{LiveAccounts, RunLog, register_live, session};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // `LiveAccounts::connect(&Accounts::from_env()?)` in a program; here, one in memory.
//! let ada = Profile::new("memory:test/user/ada".parse()?);
//! let provider = MemoryProvider::builder(AccountName::from_static("test")).with_profile(ada).build()?;
//!
//! let context = session("live")?;
//! register_live(&context, LiveAccounts::new([Arc::new(provider) as _]), RunLog::default()).await?;
//! let unknown = "select id from profiles where not is_known(mfa_enabled)";
//! let rows = context.sql(unknown).await?.collect().await?;
//! assert_eq!(rows[0].num_rows(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Tables
//! | table of `live` or of a snapshot | one row is |
//! |---|---|
//! | `profiles` | a profile, with the columns of [`profile_schema`], which [`anyprofile_snapshot::arrow`] explains |
//! | `emails`, `roles`, `groups`, `labels`, `entitlements`, `credentials`, `phones` | an item of that list of a profile: `profile_id`, `service`, `account`, and the parts of the item |
//! | `runs` | what was read of a collection of an account, and what is not proven to have come |
//!
//! A profile whose list is not known has no row in the table of that list: its column in `profiles` is null, and not an empty list.
//!
//! # Three things to know
//! - **A query ends with an error if somebody may be missing.** `SET anyprofile.allow_partial = true` lets it go on, and the column `warning`
//!   of the table `runs` has what is missing.
//! - **Null is not one thing.** `field_state(mfa_enabled)` is `value`, `null`, `absent`, `unsupported` or `withheld`, and
//!   `is_known(mfa_enabled)` tells whether there is a value. `where mfa_enabled = false` leaves out everybody of whom it is not known, as in
//!   any SQL.
//! - **Conditions go to the services.** `EXPLAIN` shows which; see [`LiveTable`].

mod accounts;
mod catalog;
mod filter;
mod functions;
mod listings;
mod live;
mod options;
mod reading;
mod runs;
mod scan;
mod schema;
mod snapshot;
mod stores;

pub use self::{
    accounts::{AccountKey, LiveAccounts},
    catalog::{
        CATALOG, LIVE, SNAPSHOT, prepare, register_live, register_snapshot, runtime, session, session_config,
    },
    functions::{FIELD_STATE, IS_KNOWN, register as register_functions},
    live::LiveTable,
    options::{PartitionBy, ProfileOptions},
    runs::{Run, RunLog, RunsTable},
    scan::LiveScan,
    schema::profile_schema,
    snapshot::{SnapshotPlace, SnapshotTable},
    stores::EnvironmentStores,
};
