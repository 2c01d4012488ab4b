//! What somebody has decided about persons.

use std::{collections::BTreeMap, fmt};

use crate::ProfileId;

/// Profiles that somebody has said to be one person.
///
/// A file of it has a line for each profile: its id, and a word for the person, which two profiles of one person have in common. The words
/// mean nothing else.
///
/// ```
/// use anyprofile_core::person::Mapping;
///
/// let mapping = Mapping::from_csv("id,person\nprobely:eu/user/1,ada\nupsun:acme/user/7,ada\n")?;
/// assert_eq!(mapping.person(&"upsun:acme/user/7".parse()?), Some("ada"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Mapping(BTreeMap<ProfileId, Box<str>>);

impl fmt::Debug for Mapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mapping({} profiles)", self.0.len())
    }
}

/// A line of a mapping that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MappingError {
    /// The number of the line, from 1 on.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for MappingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for MappingError {}

impl Mapping {
    /// Adds a profile to a person.
    pub fn insert(&mut self, id: ProfileId, person: impl Into<Box<str>>) {
        self.0.insert(id, person.into());
    }

    /// Returns the word for the person of a profile.
    pub fn person(&self, id: &ProfileId) -> Option<&str> {
        self.0.get(id).map(|person| &**person)
    }

    /// Returns the profiles of which something was decided.
    pub fn ids(&self) -> impl Iterator<Item = &ProfileId> {
        self.0.keys()
    }

    /// Returns whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads comma-separated values with the columns `id` and `person`. Neither an id nor such a word has a comma or a quote.
    ///
    /// # Errors
    /// [`MappingError`] for the first line that is not an id and a word, and for an id of two persons.
    pub fn from_csv(text: &str) -> Result<Self, MappingError> {
        let mut mapping = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let wrong = |reason| MappingError { line: number, reason };
            if line.is_empty() || number == 1 && line.replace(' ', "").eq_ignore_ascii_case("id,person") {
                continue;
            }
            let (id, person) =
                line.split_once(',').ok_or_else(|| wrong("it must be an id, a comma and a person"))?;
            let person = person.trim();
            if person.is_empty() || person.contains([',', '"']) {
                return Err(wrong("the person must be one word without commas and quotes"));
            }
            let id: ProfileId = id
                .trim()
                .parse()
                .map_err(|_| wrong("the id must be one of a profile, such as upsun:acme/user/7"))?;
            match mapping.0.insert(id, person.into()) {
                Some(before) if *before != *person => {
                    return Err(wrong("the id belongs to another person already"));
                }
                _ => {}
            }
        }
        Ok(mapping)
    }
}
