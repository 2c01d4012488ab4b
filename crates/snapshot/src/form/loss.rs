//! What a form loses, and what it forces to a guess.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// What the records of one listing lost by their form. It has numbers and the names of fields and columns, and no personal data.
///
/// `Display` writes a line for each entry, and nothing if nothing was lost.
///
/// ```
/// use anyprofile_core::{Capabilities, Profile};
/// use anyprofile_snapshot::form::{Form, FormOptions, FormWriter};
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// ada.title = "countess".into();
/// let mut writer = FormWriter::new(Form::Oidc, FormOptions::default())?;
/// writer.record(&ada, &Capabilities::default())?;
/// assert_eq!(writer.loss().left_out["title"], 1);
/// assert!(writer.loss().to_string().contains("left out: title, of 1 profile"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LossReport {
    /// The number of profiles that were written.
    pub profiles: u64,
    /// Each field that had a value and no home in the form, by its path: the number of profiles.
    pub left_out: BTreeMap<String, u64>,
    /// What the form forced to a guess.
    pub guessed: Vec<LossEntry>,
    /// What was written, but not as the service said it, or not all of it.
    pub altered: Vec<LossEntry>,
    /// Each required column that has no value: the number of profiles.
    pub missing_required: BTreeMap<String, u64>,
    /// The number of fields that the services report as having no value (null), counted over all profiles. The form cannot tell them from
    /// fields that are not known.
    pub null_as_unknown: u64,
}

/// Values that a form changes, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LossEntry {
    /// The column of the form, or the path of the field.
    pub column: String,
    /// What was written, and why.
    pub reason: String,
    /// The number of values.
    pub values: u64,
}

impl LossReport {
    /// Returns whether the form holds everything that the profiles say.
    pub fn is_empty(&self) -> bool {
        self.left_out.is_empty()
            && self.guessed.is_empty()
            && self.altered.is_empty()
            && self.missing_required.is_empty()
            && self.null_as_unknown == 0
    }

    /// Counts a value that has no home.
    pub(super) fn leave_out(&mut self, field: &str) {
        count(&mut self.left_out, field);
    }

    /// Counts a required column without a value.
    #[cfg(feature = "csv")]
    pub(super) fn miss(&mut self, column: &str) {
        count(&mut self.missing_required, column);
    }

    /// Counts a value that was guessed.
    pub(super) fn guess(&mut self, column: &str, reason: &str) {
        add(&mut self.guessed, column, reason);
    }

    /// Counts a value that was changed, or written in part.
    pub(super) fn alter(&mut self, column: &str, reason: &str) {
        add(&mut self.altered, column, reason);
    }
}

fn count(numbers: &mut BTreeMap<String, u64>, name: &str) {
    match numbers.get_mut(name) {
        Some(number) => *number += 1,
        None => {
            numbers.insert(name.to_owned(), 1);
        }
    }
}

fn add(entries: &mut Vec<LossEntry>, column: &str, reason: &str) {
    // A form has a handful of them.
    match entries.iter_mut().find(|entry| entry.column == column && entry.reason == reason) {
        Some(entry) => entry.values += 1,
        None => entries.push(LossEntry { column: column.to_owned(), reason: reason.to_owned(), values: 1 }),
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (column, profiles) in &self.missing_required {
            writeln!(formatter, "required and empty: {column}, of {}", Number(*profiles, "profile"))?;
        }
        for (what, entries) in [("guessed", &self.guessed), ("altered", &self.altered)] {
            for LossEntry { column, reason, values } in entries {
                writeln!(formatter, "{what}: {column}, {}: {reason}", Number(*values, "value"))?;
            }
        }
        for (field, profiles) in &self.left_out {
            writeln!(formatter, "left out: {field}, of {}", Number(*profiles, "profile"))?;
        }
        if self.null_as_unknown > 0 {
            let fields = Number(self.null_as_unknown, "field");
            writeln!(formatter, "known to be empty, and not told apart from unknown: {fields}")?;
        }
        Ok(())
    }
}

/// A number of things.
struct Number(u64, &'static str);

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}
