//! Profiles with another id, found by their external ids.

use std::collections::BTreeMap;

use super::{
    join::{Join, Pair},
    record::{account_of, external_id},
    sort::{Scratch, Sorted, Sorter},
};
use crate::error::Result;

/// Which profiles have another id.
pub(super) struct Renames {
    /// By the key of a profile that is in one snapshot only: the value that the profile had before, if the key is the new one; nothing, if
    /// it is the old one.
    pub(super) moves: Sorted,
    /// The number of external ids of each account that several profiles have.
    pub(super) ambiguous: BTreeMap<Vec<u8>, u64>,
}

/// What a record says of an external id: the profile is in one of the snapshots, or in both.
const OLD: u8 = 0;
const NEW: u8 = 1;
const BOTH: u8 = 2;

/// Finds the external ids that exactly one profile has in each snapshot, with different ids.
pub(super) fn find(old: &Sorted, new: &Sorted, memory: usize, scratch: &mut Scratch) -> Result<Renames> {
    let mut by_external_id = Sorter::new(memory);
    let mut join = Join::new(old, new)?;
    let (mut external_key, mut entry) = (Vec::new(), Vec::new());
    while let Some(pair) = join.next()? {
        let (key, values, sort) = match pair {
            Pair::Old(key, old) => (key, [Some(old), None], OLD),
            Pair::New(key, new) => (key, [None, Some(new)], NEW),
            // Of somebody who is in both, the external id shows that it is not unique.
            Pair::Both(key, old, new) => (key, [Some(old), Some(new)], BOTH),
        };
        let [before, after] = values.map(|value| value.and_then(external_id));
        let distinct = after.filter(|after| Some(*after) != before);
        for external in before.into_iter().chain(distinct) {
            external_key.clear();
            external_key.extend_from_slice(account_of(key));
            external_key.extend_from_slice(external);
            entry.clear();
            entry.push(sort);
            if sort != BOTH {
                entry.extend_from_slice(&key.len().to_le_bytes());
                entry.extend_from_slice(key);
            }
            if let ([Some(old), None], OLD) = (values, sort) {
                entry.extend_from_slice(old);
            }
            by_external_id.push(&external_key, &entry, scratch)?;
        }
    }
    drop(join);
    pairs(&by_external_id.finish(scratch)?, memory, scratch)
}

/// The profiles of one external id.
#[derive(Default)]
struct Group {
    key: Vec<u8>,
    old: Vec<u8>,
    new: Vec<u8>,
    /// How many are in the old snapshot, the new one, and both.
    counts: [u64; 3],
}

fn pairs(by_external_id: &Sorted, memory: usize, scratch: &mut Scratch) -> Result<Renames> {
    let mut moves = Sorter::new(memory);
    let mut ambiguous = BTreeMap::new();
    let mut group = Group::default();
    let mut records = by_external_id.read()?;
    loop {
        let record = records.current();
        if record.is_none_or(|(key, _)| *key != *group.key) {
            match group.counts {
                [1, 1, 0] => {
                    if let (Some((old, value)), Some((new, _))) = (split(&group.old), split(&group.new)) {
                        moves.push(new, value, scratch)?;
                        moves.push(old, &[], scratch)?;
                    }
                }
                [old, new, _] if old > 0 && new > 0 => {
                    *ambiguous.entry(account_of(&group.key).to_vec()).or_default() += 1;
                }
                _ => {}
            }
            group.counts = [0; 3];
        }
        let Some((key, entry)) = record else { break };
        group.key.clear();
        group.key.extend_from_slice(key);
        let Some((sort, entry)) = entry.split_first() else { break };
        if let Some(count) = group.counts.get_mut(usize::from(*sort)) {
            *count += 1;
        }
        let kept = match *sort {
            OLD => Some(&mut group.old),
            NEW => Some(&mut group.new),
            _ => None,
        };
        if let Some(kept) = kept {
            kept.clear();
            kept.extend_from_slice(entry);
        }
        records.advance()?;
    }
    Ok(Renames { moves: moves.finish(scratch)?, ambiguous })
}

/// Returns the key and the value of an entry.
fn split(entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = entry.split_first_chunk()?;
    rest.split_at_checked(usize::from_le_bytes(*length))
}
