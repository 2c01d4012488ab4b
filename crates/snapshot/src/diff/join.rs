//! Two sorted snapshots, side by side.

use std::cmp::Ordering;

use super::sort::{Records, Sorted};
use crate::error::Result;

/// A profile of one or both snapshots: its key, and its values.
pub(super) enum Pair<'a> {
    Old(&'a [u8], &'a [u8]),
    New(&'a [u8], &'a [u8]),
    Both(&'a [u8], &'a [u8], &'a [u8]),
}

/// The profiles of two snapshots, by their keys.
#[derive(Debug)]
pub(super) struct Join {
    old: Distinct,
    new: Distinct,
}

impl Join {
    pub(super) fn new(old: &Sorted, new: &Sorted) -> Result<Self> {
        Ok(Self { old: Distinct::new(old)?, new: Distinct::new(new)? })
    }

    /// Returns the next profile.
    pub(super) fn next(&mut self) -> Result<Option<Pair<'_>>> {
        self.old.settle()?;
        self.new.settle()?;
        let order = match (self.old.records.current(), self.new.records.current()) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        self.old.is_used = order.is_le();
        self.new.is_used = order.is_ge();
        Ok(match (order, self.old.records.current(), self.new.records.current()) {
            (Ordering::Less, Some((key, old)), _) => Some(Pair::Old(key, old)),
            (Ordering::Greater, _, Some((key, new))) => Some(Pair::New(key, new)),
            (_, Some((key, old)), Some((_, new))) => Some(Pair::Both(key, old, new)),
            _ => None,
        })
    }

    /// Returns how many profiles of each snapshot came again and were left out.
    pub(super) const fn repeated(&self) -> [u64; 2] {
        [self.old.repeated, self.new.repeated]
    }
}

/// Records without those whose key came before.
#[derive(Debug)]
struct Distinct {
    records: Records,
    key: Vec<u8>,
    is_used: bool,
    repeated: u64,
}

impl Distinct {
    fn new(sorted: &Sorted) -> Result<Self> {
        Ok(Self { records: sorted.read()?, key: Vec::new(), is_used: false, repeated: 0 })
    }

    /// Goes to the next record, if the current one was used.
    fn settle(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.is_used) {
            return Ok(());
        }
        let Some((key, _)) = self.records.current() else { return Ok(()) };
        self.key.clear();
        self.key.extend_from_slice(key);
        self.records.advance()?;
        while self.records.current().is_some_and(|(key, _)| *key == *self.key) {
            self.repeated += 1;
            self.records.advance()?;
        }
        Ok(())
    }
}
