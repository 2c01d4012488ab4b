//! User profiles as tables of a [Ballista](https://datafusion.apache.org/ballista/) cluster.
//!
//! The tables are those of [`anyprofile_datafusion`]. [`session`] creates a session whose queries a cluster runs; the program
//! `anyprofile-ballista` runs its processes, or [`serve`] in a program of one's own.
//!
//! # Two things to know
//! - **No credential is in a plan.** Each process reads its own accounts: `anyprofile-ballista executor --config FILE`, where each secret is a
//!   variable, a file or a command of that machine. A plan has the names of accounts, and the URLs of snapshots.
//! - **An account is listed by one task at a time** in each scan of it, so that its limits are kept. Its collections are read one after the other.

mod client;
mod codec;
pub mod serve;

pub use self::{
    client::{SCHEDULER_PORT, session},
    codec::ProfileCodec,
};
