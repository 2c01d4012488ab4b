//! What is compared.

use std::{fmt, path::PathBuf, str::FromStr};

use anyprofile_core::FieldPath;

use crate::error::SnapshotError;

/// What is compared, and how. The default compares all fields.
///
/// ```
/// use anyprofile_core::FieldPath;
/// use anyprofile_snapshot::diff::DiffOptions;
///
/// let options = DiffOptions::new().with_fields(["security".parse()?]).with_ignore([FieldPath::SECURITY_LAST_LOGIN.into()]);
/// assert!(options.compares(&FieldPath::SECURITY_MFA_ENABLED));
/// assert!(!options.compares(&FieldPath::SECURITY_LAST_LOGIN) && !options.compares(&FieldPath::TITLE));
/// # Ok::<(), anyprofile_snapshot::SnapshotError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DiffOptions {
    /// The fields that are compared; `None` for all.
    pub fields: Option<Vec<FieldPattern>>,
    /// The fields that are not compared, even if [`fields`](Self::fields) names them.
    pub ignore: Vec<FieldPattern>,
    /// The folder for temporary files; by default that of the system, which some systems keep in memory. In it, a folder is created that
    /// only the current user can read. Snapshots larger than [`memory`](Self::memory) need as much space there as they have as ndjson.
    pub temporary: Option<PathBuf>,
    /// How many bytes of profiles are kept in memory for sorting, about. Several times as much is used in all. The default is
    /// [`DEFAULT_MEMORY`](Self::DEFAULT_MEMORY).
    pub memory: usize,
}

impl DiffOptions {
    /// The default of [`memory`](Self::memory): 16 MiB.
    pub const DEFAULT_MEMORY: usize = 16 << 20;

    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`fields`](Self::fields).
    pub fn with_fields(mut self, fields: impl IntoIterator<Item = FieldPattern>) -> Self {
        self.fields = Some(fields.into_iter().collect());
        self
    }

    /// Sets [`ignore`](Self::ignore).
    pub fn with_ignore(mut self, fields: impl IntoIterator<Item = FieldPattern>) -> Self {
        self.ignore = fields.into_iter().collect();
        self
    }

    /// Sets [`temporary`](Self::temporary).
    pub fn with_temporary(mut self, folder: impl Into<PathBuf>) -> Self {
        self.temporary = Some(folder.into());
        self
    }

    /// Sets [`memory`](Self::memory).
    pub fn with_memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Returns whether a field is compared.
    pub fn compares(&self, path: &FieldPath) -> bool {
        // A field is compared as a whole, so it is also compared if one of its parts is asked for.
        let is_asked_for = |pattern: &FieldPattern| pattern.matches(path) || is_in(&pattern.0, path.as_str());
        self.fields.as_ref().is_none_or(|fields| fields.iter().any(is_asked_for))
            && !self.ignore.iter().any(|pattern| pattern.matches(path))
    }
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self { fields: None, ignore: Vec::new(), temporary: None, memory: Self::DEFAULT_MEMORY }
    }
}

/// A field, or all fields of a group, such as `security`, `metadata` or `extension`.
///
/// ```
/// use anyprofile_core::FieldPath;
/// use anyprofile_snapshot::diff::FieldPattern;
///
/// let times: FieldPattern = "times".parse()?;
/// assert!(times.matches(&FieldPath::TIMES_UPDATED) && !times.matches(&FieldPath::TITLE));
/// let error = "mfa".parse::<FieldPattern>().unwrap_err();
/// assert_eq!(error.to_string(), "no such field; did you mean 'security.mfa_enabled'?");
/// # Ok::<(), anyprofile_snapshot::SnapshotError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FieldPattern(Box<str>);

impl FieldPattern {
    /// Returns whether it is this field, or one that this field is a part of.
    pub fn matches(&self, path: &FieldPath) -> bool {
        is_in(path.as_str(), &self.0)
    }
}

/// Returns whether a path is that of a group or field, or below it.
fn is_in(path: &str, group: &str) -> bool {
    path.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl From<FieldPath> for FieldPattern {
    fn from(path: FieldPath) -> Self {
        Self(path.as_str().into())
    }
}

impl FromStr for FieldPattern {
    type Err = SnapshotError;

    fn from_str(text: &str) -> Result<Self, SnapshotError> {
        let is_group = text == "extension" || FieldPath::CORE.iter().any(|path| path.group() == Some(text));
        if is_group {
            return Ok(Self(text.into()));
        }
        let path: FieldPath = text.parse().map_err(|error| SnapshotError::Refused(format!("{error}")))?;
        if path == FieldPath::ID || path.as_str().starts_with("unknown.") {
            return Err(SnapshotError::Refused(format!("the field `{}` is not compared", path.redacted())));
        }
        Ok(path.into())
    }
}

impl fmt::Display for FieldPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Shows no key of a customer's metadata.
impl fmt::Debug for FieldPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.0.starts_with("metadata.") { "metadata.…" } else { &self.0 };
        formatter.debug_tuple("FieldPattern").field(&shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_all_its_fields_and_a_part_is_compared_with_the_whole() {
        let fields = |texts: &[&str]| -> Vec<FieldPattern> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        for (only, ignore, path, is_compared) in [
            (None, &[][..], "title", true),
            (None, &["title"], "title", false),
            (Some(&["name"][..]), &[], "name.given", true),
            (Some(&["name"]), &[], "nickname", false),
            (Some(&["name"]), &["name.given"], "name.given", false),
            (Some(&["metadata.team"]), &[], "metadata.team", true),
            (Some(&["metadata.team"]), &[], "metadata.teams", false),
            (Some(&["metadata"]), &[], "metadata.team", true),
            (Some(&["extension"]), &[], "extension.new_ui", true),
            (Some(&["billing.address.locality"]), &[], "billing.address", true),
            (None, &["billing.address.locality"], "billing.address", true),
            (Some(&[]), &[], "title", false),
        ] {
            let options =
                DiffOptions { fields: only.map(fields), ignore: fields(ignore), ..DiffOptions::new() };
            assert_eq!(options.compares(&path.parse().unwrap()), is_compared, "{only:?} {ignore:?} {path}");
        }
    }

    #[test]
    fn what_is_not_compared_cannot_be_asked_for() {
        for text in ["id", "unknown.x", "metadat", ""] {
            assert!(text.parse::<FieldPattern>().is_err(), "{text}");
        }
    }
}
