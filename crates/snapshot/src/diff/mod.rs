//! What differs between two snapshots, and what of it is proven.
//!
//! [`Snapshot::diff`] compares any two snapshots, whatever they are written to. Profiles are matched by their ids. The result is a
//! [`Diff`], an iterator of [`Change`]s in the order of the accounts and ids, and a [`DiffSummary`].
//!
//! # What is said, and what is not
//! - **Who is not seen is not gone**, unless the new snapshot is complete for the account, was asked for at least as much as the old one,
//!   with the same credential, and has the collection of the profile. [`Change::proven`] says which. The same holds for who was
//!   added, with the snapshots exchanged.
//! - **What is not sent has not changed.** A field that one snapshot says nothing of is [not known](FieldChange::known) to have changed.
//! - **Another id is not another person.** If exactly one profile of each snapshot has an external id, and their ids differ, the profile
//!   was renamed.
//! - A snapshot that is not what its manifest says proves nothing.
//!
//! # Memory
//! Snapshots of any size are compared in bounded memory: they are sorted in files that nobody else can read, and that have no names where
//! the system allows that. See [`DiffOptions::memory`].

mod change;
mod join;
mod options;
mod proof;
mod read;
mod record;
mod renames;
mod sort;
mod summary;

use std::{collections::BTreeMap, fmt, iter::FusedIterator};

use anyprofile_core::{Field, Profile};
use serde_json::Value;

pub use self::{
    change::{Change, ChangeKind, FieldChange},
    options::{DiffOptions, FieldPattern},
    summary::DiffSummary,
};
use self::{
    join::{Join, Pair},
    proof::Account,
    sort::{Records, Scratch},
};
use crate::{
    error::{Result, SnapshotError},
    privacy::{FieldClass, Privacy, REDACTED},
    snapshot::Snapshot,
};

impl Snapshot {
    /// Compares this snapshot with a newer one. Both are read and sorted before this returns.
    ///
    /// ```
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use anyprofile_core::{AccountName, ListQuery, Profile, memory::MemoryProvider};
    /// # use anyprofile_snapshot::{ExportOptions, Target, Tool};
    /// # let folder = tempfile::tempdir()?;
    /// # let file = |name: &str| Target::of_path(folder.path().join(name));
    /// # let account = AccountName::from_static("main");
    /// # let mut ada = Profile::new("memory:main/user/ada".parse()?);
    /// # ada.title = "countess".into();
    /// # let provider = std::sync::Arc::new(MemoryProvider::builder(account).with_profile(ada.clone()).build()?);
    /// # let options = ExportOptions::new(ListQuery::new(), Tool::new("review", "1.0"));
    /// # Snapshot::write(&[provider.clone()], options.clone(), &file("old.ndjson")?).await?;
    /// # provider.remove(&ada.id);
    /// # Snapshot::write(&[provider.clone()], options, &file("new.ndjson")?).await?;
    /// # let old = Snapshot::open(&file("old.ndjson")?).await?;
    /// # let new = Snapshot::open(&file("new.ndjson")?).await?;
    /// use anyprofile_snapshot::{Snapshot, diff::DiffOptions};
    ///
    /// let mut diff = old.diff(&new, DiffOptions::new()).await?;
    /// for change in &mut diff {
    ///     let change = change?;
    ///     println!("{} {}", change.word(), change.id);
    /// }
    /// let summary = diff.summary();
    /// assert!(summary.gone == 1 && summary.is_certain());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    /// - [`SnapshotError::Refused`] if only one of the snapshots has pseudonyms, or they have those of different keys: their ids do not
    ///   match.
    /// - If a snapshot cannot be read, or a temporary file cannot be written.
    pub async fn diff(&self, new: &Self, options: DiffOptions) -> Result<Diff> {
        let privacy = [&self.manifest().privacy, &new.manifest().privacy];
        check_pseudonyms(privacy)?;
        let hidden = Hidden::new(privacy);
        let mut scratch = Scratch::new(options.temporary.clone().unwrap_or_else(std::env::temp_dir));
        let (old_side, old_profiles) = read::read(self, options.memory, &mut scratch).await?;
        let (new_side, new_profiles) = read::read(new, options.memory, &mut scratch).await?;
        let renames = renames::find(&old_profiles, &new_profiles, options.memory, &mut scratch)?;
        let mut summary = DiffSummary { notes: proof::notes(&old_side, &new_side), ..DiffSummary::default() };
        summary.notes.extend(hidden.note(&options));
        let accounts = proof::accounts(&old_side, &new_side);
        let is_usable = [self, new].iter().all(|it| it.manifest().unusable_accounts.is_empty());
        summary.whole = is_usable && accounts.values().all(Account::is_whole);
        for (key, count) in renames.ambiguous {
            summary.ambiguous_external_ids += count;
            let name = accounts.get(&key).map_or("", |it| &it.name);
            summary.notes.push(format!(
                "{name}: {count} external ids are those of several profiles, so who of them has another id is not known"
            ));
        }
        Ok(Diff {
            join: Join::new(&old_profiles, &new_profiles)?,
            moves: renames.moves.read()?,
            accounts,
            options,
            hidden,
            summary,
            is_over: false,
            _scratch: scratch,
        })
    }
}

/// Refuses snapshots whose ids do not match.
fn check_pseudonyms([old, new]: [&Privacy; 2]) -> Result<()> {
    let why = match (&old.pseudonym_key, &new.pseudonym_key) {
        (one, other) if one == other => return Ok(()),
        (Some(_), Some(_)) => "the pseudonyms of the two snapshots are of different keys",
        _ => "only one of the two snapshots has pseudonyms",
    };
    Err(SnapshotError::Refused(format!("{why}, so their ids do not match; write both with the same key")))
}

/// The changes between two snapshots, in the order of the accounts and ids. A renamed profile is at its new id.
///
/// After an error, it ends. [`summary`](Self::summary) is complete after the last change.
pub struct Diff {
    join: Join,
    moves: Records,
    accounts: BTreeMap<Vec<u8>, Account>,
    options: DiffOptions,
    hidden: Hidden,
    summary: DiffSummary,
    is_over: bool,
    /// Removed last, since a system may not remove files that are open.
    _scratch: Scratch,
}

impl fmt::Debug for Diff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Diff").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl Diff {
    /// Returns how many profiles differ so far. Its notes are complete after the last change.
    pub const fn summary(&self) -> &DiffSummary {
        &self.summary
    }

    /// Goes through the changes that are left, and returns the summary.
    ///
    /// # Errors
    /// If a temporary file cannot be read.
    pub fn into_summary(mut self) -> Result<DiffSummary> {
        for change in &mut self {
            change?;
        }
        Ok(self.summary)
    }

    fn next_change(&mut self) -> Result<Option<Change>> {
        while let Some(pair) = self.join.next()? {
            let (key, old, new) = match pair {
                Pair::Both(_, old, new) if old == new => {
                    self.summary.unchanged += 1;
                    continue;
                }
                Pair::Both(key, old, new) => (key, Some(old), Some(new)),
                Pair::Old(key, old) => (key, Some(old), None),
                Pair::New(key, new) => (key, None, Some(new)),
            };
            let mut before = old.map(record::profile).transpose()?.map(Box::new);
            let after = new.map(record::profile).transpose()?.map(Box::new);
            let account_key = record::account_of(key);
            let account =
                self.accounts.entry(account_key.to_vec()).or_insert_with(|| Account::not_named(account_key));
            let mut is_renamed = false;
            // Somebody else's move is not before it: moves have keys of profiles that are in one snapshot only.
            if let Some((_, moved)) = self.moves.current().filter(|(moved, _)| *moved == key) {
                if after.is_some() {
                    before = Some(Box::new(record::profile(moved)?));
                    is_renamed = true;
                }
                self.moves.advance()?;
                if !is_renamed {
                    // It is delivered at its new id.
                    continue;
                }
            }
            let change = match (before, after) {
                (Some(before), Some(after)) => {
                    let fields = fields(&before, &after, account, &self.options, &self.hidden);
                    if is_renamed {
                        Some(renamed(before, after, fields, account, &mut self.summary))
                    } else {
                        changed(before, after, fields, &mut self.summary)
                    }
                }
                (Some(before), None) => Some(gone(before, account, &mut self.summary)),
                (None, Some(after)) => Some(added(after, account, &mut self.summary)),
                (None, None) => None,
            };
            if change.is_some() {
                return Ok(change);
            }
        }
        Ok(None)
    }

    /// Adds the notes that only the last change completes.
    fn end(&mut self) {
        let summary = &mut self.summary;
        for account in self.accounts.values() {
            let name = &account.name;
            match (&account.old, &account.new) {
                (Some(_), None) => {
                    summary.notes.push(only_in("old", name, account.gone.open));
                }
                (None, Some(_)) => {
                    summary.notes.push(only_in("new", name, account.added.open));
                }
                _ => {
                    summary.notes.extend(account.gone.note(name, ["old", "new"], ["seen again", "gone"]));
                    summary.notes.extend(account.added.note(name, ["new", "old"], ["seen before", "added"]));
                }
            }
        }
        for (repeated, which) in self.join.repeated().into_iter().zip(["old", "new"]) {
            if repeated > 0 {
                summary.notes.push(format!(
                    "the {which} snapshot has {repeated} profiles again, of which the first is compared"
                ));
            }
        }
    }
}

impl Iterator for Diff {
    type Item = Result<Change>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let change = self.next_change().transpose();
        match &change {
            Some(Ok(_)) => {}
            Some(Err(_)) => self.is_over = true,
            None => {
                self.is_over = true;
                self.end();
            }
        }
        change
    }
}

impl FusedIterator for Diff {}

fn only_in(which: &str, name: &str, profiles: u64) -> String {
    format!(
        "{name}: only the {which} snapshot has this account, so nothing is concluded of its {profiles} profiles"
    )
}

/// Returns the fields of a profile that differ.
fn fields(
    before: &Profile,
    after: &Profile,
    account: &Account,
    options: &DiffOptions,
    hidden: &Hidden,
) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    for difference in before.differences(after) {
        if hidden.hides(&difference.path) || !options.compares(&difference.path) {
            continue;
        }
        let mut field =
            FieldChange::new(difference, (before, account.old.as_deref()), (after, account.new.as_deref()));
        field.known &= !hidden.is_in(&field.before) && !hidden.is_in(&field.after);
        fields.push(field);
    }
    fields
}

fn changed(
    before: Box<Profile>,
    after: Box<Profile>,
    fields: Vec<FieldChange>,
    summary: &mut DiffSummary,
) -> Option<Change> {
    if fields.is_empty() {
        summary.unchanged += 1;
        return None;
    }
    let proven = fields.iter().any(|field| field.known);
    *if proven { &mut summary.changed } else { &mut summary.undetermined } += 1;
    Some(Change {
        kind: ChangeKind::Changed,
        id: after.id.clone(),
        renamed_from: None,
        proven,
        fields,
        before: Some(before),
        after: Some(after),
    })
}

fn renamed(
    before: Box<Profile>,
    after: Box<Profile>,
    fields: Vec<FieldChange>,
    account: &mut Account,
    summary: &mut DiffSummary,
) -> Change {
    let is_gone = account.gone.holds(&before.id);
    let proven = account.added.holds(&after.id) && is_gone;
    summary.renamed += 1;
    summary.unproven_renamed += u64::from(!proven);
    Change {
        kind: ChangeKind::Renamed,
        id: after.id.clone(),
        renamed_from: Some(before.id.clone()),
        proven,
        fields,
        before: Some(before),
        after: Some(after),
    }
}

fn gone(before: Box<Profile>, account: &mut Account, summary: &mut DiffSummary) -> Change {
    let proven = account.gone.holds(&before.id);
    let count = match (&account.new, proven) {
        (_, true) => &mut summary.gone,
        (Some(_), false) => &mut summary.not_seen,
        (None, false) => &mut summary.only_in_old,
    };
    *count += 1;
    Change {
        kind: ChangeKind::Gone,
        id: before.id.clone(),
        renamed_from: None,
        proven,
        fields: Vec::new(),
        before: Some(before),
        after: None,
    }
}

fn added(after: Box<Profile>, account: &mut Account, summary: &mut DiffSummary) -> Change {
    let proven = account.added.holds(&after.id);
    let count = match (&account.old, proven) {
        (_, true) => &mut summary.added,
        (Some(_), false) => &mut summary.first_seen,
        (None, false) => &mut summary.only_in_new,
    };
    *count += 1;
    Change {
        kind: ChangeKind::Added,
        id: after.id.clone(),
        renamed_from: None,
        proven,
        fields: Vec::new(),
        before: None,
        after: Some(after),
    }
}

/// What one of the snapshots hides, which cannot be compared.
struct Hidden(Vec<FieldClass>);

impl Hidden {
    fn new(privacy: [&Privacy; 2]) -> Self {
        let mut classes: Vec<_> = privacy.into_iter().flat_map(|it| &it.redacted).copied().collect();
        classes.sort_unstable();
        classes.dedup();
        Self(classes)
    }

    fn hides(&self, path: &anyprofile_core::FieldPath) -> bool {
        FieldClass::of(path).is_some_and(|class| self.0.contains(&class))
    }

    /// Returns whether a value has a hidden text. With [`FieldClass::Contact`], addresses are hidden in all fields.
    fn is_in(&self, field: &Field<Value>) -> bool {
        fn has_hidden(value: &Value) -> bool {
            match value {
                Value::String(text) => text == REDACTED,
                Value::Array(items) => items.iter().any(has_hidden),
                Value::Object(members) => members.values().any(has_hidden),
                _ => false,
            }
        }
        self.0.contains(&FieldClass::Contact) && field.value().is_some_and(has_hidden)
    }

    fn note(&self, options: &DiffOptions) -> Option<String> {
        let is_asked_for = |class: &&FieldClass| {
            anyprofile_core::FieldPath::CORE
                .iter()
                .any(|path| FieldClass::of(path).as_ref() == Some(*class) && options.compares(path))
        };
        let classes: Vec<_> = self.0.iter().filter(is_asked_for).map(|class| class.as_str()).collect();
        let renames = if self.0.contains(&FieldClass::Identifier) {
            "; without external ids, nobody is found to have another id"
        } else {
            ""
        };
        (!classes.is_empty())
            .then(|| format!("hidden in a snapshot, and not compared: {}{renames}", classes.join(", ")))
    }
}
