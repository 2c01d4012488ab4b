//! A snapshot that is read and sorted.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

use super::{
    record::{write_key, write_value},
    sort::{Scratch, Sorted, Sorter},
};
use crate::{
    digest::Digest,
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
    let mut read: BTreeMap<usize, (u64, Digest)> = BTreeMap::new();
    let mut has_strangers = false;
    let (mut key, mut value) = (Vec::new(), Vec::new());
    let mut profiles = snapshot.read();
    while let Some(profile) = profiles.next().await {
        let profile = profile?;
        write_key(&profile.id, &mut key);
        let start = write_value(&profile, &mut value)?;
        match account_of(manifest, &profile.id) {
            Some(account) => {
                let (count, digest) = read.entry(account).or_default();
                *count += 1;
                digest.update(&value[start..]);
                digest.update(b"\n");
            }
            None => has_strangers = true,
        }
        sorter.push(&key, &value, scratch)?;
    }
    let records = sorter.finish(scratch)?;
    let is_intact = manifest.accounts.iter().enumerate().map(|(place, account)| {
        let (count, digest) = read.remove(&place).unwrap_or_default();
        !has_strangers && count == account.seen && digest.finish() == account.sha256
    });
    Ok((Side { manifest, is_intact: is_intact.collect() }, records))
}
