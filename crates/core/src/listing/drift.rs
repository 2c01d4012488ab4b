//! What a service sends that this version does not know.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{FieldPath, NoteKind, Profile};

/// How many different things of a kind are named; the rest is counted under `…`.
const MOST: usize = 64;

/// What came that this version does not know, and how often: the service has moved on. No value is in it but words of
/// enumerations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// Fields that nobody published, by the service's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub new_fields: BTreeMap<String, u64>,
    /// Words of an enumeration that nobody published, as `field: word`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub new_words: BTreeMap<String, u64>,
    /// Fields that have another type than was published.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changed_types: BTreeMap<String, u64>,
}

impl Drift {
    /// Whether everything is known.
    pub fn is_empty(&self) -> bool {
        self.new_fields.is_empty() && self.new_words.is_empty() && self.changed_types.is_empty()
    }

    pub(super) fn note(&mut self, profile: &Profile) {
        let mut other_types = Vec::new();
        for note in profile.notes.iter().filter(|note| note.kind == NoteKind::OtherType) {
            let name = note.field.as_str().strip_prefix("unknown.").unwrap_or(note.field.as_str());
            other_types.push(name);
            count(&mut self.changed_types, name);
        }
        for (name, _) in profile.unknown.iter() {
            if !other_types.contains(&name) {
                count(&mut self.new_fields, name);
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
        // What is no word of an enumeration may be anything, a person's name for one.
        let is_word =
            word.len() <= 40 && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'));
        let word = if is_word { word } else { "(not shown)" };
        count(&mut self.new_words, &format!("{path}: {word}"));
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    let is_room = counts.len() < MOST || counts.contains_key(name);
    let name = if is_room { name } else { "…" };
    *counts.entry(name.to_owned()).or_default() += 1;
}
