//! Data from a service that this version does not know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{FieldPath, Profile, path::is_identifier, profile::NoteKind};

/// The largest number of names of each kind; further ones are counted under [`REST`].
const MOST: usize = 64;
/// The name under which other names are counted.
const REST: &str = "…";

/// Names and words that this version does not know, and how often they came: the service's API has changed. Contains
/// no values except words of enumerations.
///
/// A name may be anything, even a person's address. Names that are not identifiers (1 to 64 ASCII letters, digits,
/// `_`, `-` and `.`) are counted under `…`, as are names after the first 64.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # ada.unknown.insert("badge", serde_json::from_str("7").expect("it is JSON"));
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{ListQuery, ProfileProviderExt};
///
/// let report = provider.list(ListQuery::new()).read_all().await?.report;
/// // Has the service's API changed? One record has a field that this version does not know.
/// assert_eq!(report.drift.new_fields["badge"], 1);
/// assert!(report.drift.new_words.is_empty());
/// // The listing is complete all the same.
/// assert!(report.is_complete());
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Drift {
    /// Undocumented fields, by the service's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub new_fields: BTreeMap<String, u64>,
    /// Undocumented words of an enumeration, as `field: word`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub new_words: BTreeMap<String, u64>,
    /// Fields whose type is not the documented one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changed_types: BTreeMap<String, u64>,
}

impl Drift {
    /// Returns whether everything is known.
    pub fn is_empty(&self) -> bool {
        self.new_fields.is_empty() && self.new_words.is_empty() && self.changed_types.is_empty()
    }

    /// Adds the counts of another listing.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.new_fields, &other.new_fields),
            (&mut self.new_words, &other.new_words),
            (&mut self.changed_types, &other.changed_types),
        ];
        for (ours, theirs) in pairs {
            for (name, times) in theirs {
                count(ours, name, *times);
            }
        }
    }

    /// Counts fields outside the records whose type is not the documented one.
    pub(super) fn note_envelope(&mut self, changed_types: &[&'static str]) {
        for name in changed_types {
            count(&mut self.changed_types, name, 1);
        }
    }

    pub(super) fn note(&mut self, profile: &Profile) {
        let mut other_types = Vec::new();
        for note in profile.notes.iter().filter(|note| note.kind == NoteKind::OtherType) {
            let name = note.field.as_str().strip_prefix("unknown.").unwrap_or(note.field.as_str());
            other_types.push(name);
            count(&mut self.changed_types, shown(name), 1);
        }
        for note in profile.notes.iter().filter(|note| note.kind == NoteKind::UnknownWord) {
            count(&mut self.new_words, note.field.redacted(), 1);
        }
        for (name, _) in profile.unknown.iter() {
            if !other_types.contains(&name) {
                count(&mut self.new_fields, shown(name), 1);
            }
        }
        if let Some(word) = profile.kind.value().and_then(|kind| kind.unknown_word()) {
            self.word(&FieldPath::KIND, word);
        }
        for word in
            profile.grants.value().into_iter().flat_map(BTreeMap::values).filter_map(|it| it.unknown_word())
        {
            self.word(&FieldPath::GRANTS, word);
        }
        let scopes = profile.roles.items().iter().filter_map(|role| role.scope.value()?.tier.value());
        for word in scopes.filter_map(|tier| tier.unknown_word()) {
            self.word(&FieldPath::ROLES, word);
        }
    }

    fn word(&mut self, path: &FieldPath, word: &str) {
        // Text that does not look like a word may be anything, such as a person's name.
        let is_word =
            word.len() <= 40 && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'));
        let word = if is_word { word } else { "(not shown)" };
        count(&mut self.new_words, &format!("{path}: {word}"), 1);
    }
}

/// Returns a field's name in a form that may be shown.
fn shown(name: &str) -> &str {
    if is_identifier(name) { name } else { REST }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str, times: u64) {
    if let Some(known) = counts.get_mut(name) {
        *known += times;
        return;
    }
    let name = if counts.len() < MOST { name } else { REST };
    *counts.entry(name.to_owned()).or_default() += times;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Profile, profile::Note};

    #[test]
    fn what_is_not_known_is_named_once_and_counted_and_bounded() {
        let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
        let value = || serde_json::from_str("1").unwrap();
        profile.unknown.insert("new", value());
        profile.unknown.insert("name", value());
        profile.notes.push(Note::new(FieldPath::unknown("name"), NoteKind::OtherType));
        profile.notes.push(Note::new(FieldPath::TITLE, NoteKind::UnknownWord));
        profile.kind = crate::Kind::from("robot").into();
        let mut drift = Drift::default();
        drift.note(&profile);
        drift.note(&profile);
        insta::assert_snapshot!(serde_json::to_string(&drift).unwrap(), @r#"{"new_fields":{"new":2},"new_words":{"kind: robot":2,"title":2},"changed_types":{"name":2}}"#);
        profile.kind = crate::Kind::from("Ada Lovelace").into();
        drift.note(&profile);
        assert!(drift.new_words.contains_key("kind: (not shown)"));
        for number in 0..200 {
            profile.unknown.insert(format!("\u{1b}[31m{number}{}", "x".repeat(500)), value());
        }
        drift.note(&profile);
        assert_eq!(drift.new_fields.keys().collect::<Vec<_>>(), ["new", REST]);
        assert_eq!(drift.new_fields[REST], 200);
        for number in 0..200 {
            profile.unknown.insert(format!("field_{number}"), value());
        }
        drift.note(&profile);
        assert!(drift.new_fields.len() <= MOST + 1);
        let (mut twice, whole) = (drift.clone(), drift.clone());
        twice.add(&whole);
        assert_eq!(twice.new_fields["new"], 2 * whole.new_fields["new"]);
    }
    #[test]
    fn people_who_are_keys_are_counted_and_not_named() {
        let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
        for name in ["ada@example.org", "Ada Lovelace", "new_field", "Grace\u{202e}"] {
            profile.unknown.insert(name, serde_json::from_str("{}").unwrap());
        }
        profile.notes.push(Note::new(FieldPath::unknown("Ada Lovelace"), NoteKind::OtherType));
        let mut drift = Drift::default();
        drift.note(&profile);
        let json = serde_json::to_string(&drift).unwrap();
        assert_eq!(json, r#"{"new_fields":{"new_field":1,"…":2},"changed_types":{"…":1}}"#);
        assert!(!format!("{drift:?}{:?}{:?}", profile.unknown, profile.notes).contains("Ada"));
    }
}
