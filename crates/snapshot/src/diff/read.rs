//! A snapshot that is read and sorted.

use futures_util::StreamExt as _;

use super::{
    record::{write_key, write_value},
    sort::{Scratch, Sorted, Sorter},
};
use crate::{
    digest::Tally,
    error::Result,
    manifest::Manifest,
    snapshot::{Snapshot, account_of},
};

/// One of the two snapshots.
pub(super) struct Side<'a> {
    pub(super) manifest: &'a Manifest,
    /// Whether the profiles of each account are those that the manifest says, by their number and hash.
    pub(super) is_intact: Vec<bool>,
}

/// Reads a snapshot, and sorts its profiles.
pub(super) async fn read<'a>(
    snapshot: &'a Snapshot,
    memory: usize,
    scratch: &mut Scratch,
) -> Result<(Side<'a>, Sorted)> {
    let manifest = snapshot.manifest();
    let mut sorter = Sorter::new(memory);
    let mut tallies = vec![Tally::default(); manifest.accounts.len()];
    let mut has_strangers = false;
    let (mut key, mut value) = (Vec::new(), Vec::new());
    let mut profiles = snapshot.read();
    while let Some(profile) = profiles.next().await {
        let profile = profile?;
        write_key(&profile.id, &mut key);
        let start = write_value(&profile, &mut value)?;
        match account_of(manifest, &profile.id) {
            Some(account) => tallies[account].add(&value[start..]),
            None => has_strangers = true,
        }
        sorter.push(&key, &value, scratch)?;
    }
    let records = sorter.finish(scratch)?;
    let is_intact = manifest.accounts.iter().zip(tallies).map(|(account, tally)| {
        !has_strangers && tally.seen == account.seen && tally.sha256() == account.sha256
    });
    Ok((Side { manifest, is_intact: is_intact.collect() }, records))
}
