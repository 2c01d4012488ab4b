//! The field table: where a field is read, and how it can be written.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::Serialize;

use crate::{
    FieldPath, IdKind,
    profile::View,
    words::{WordError, value_of_word},
};

/// Whether a field can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Readable {
    /// The service has it and shows it.
    Yes,
    /// The service has it and shows it only to a credential with this permission.
    Withheld {
        /// The permission.
        needs: Cow<'static, str>,
    },
    /// The service does not have it, or its API does not show it.
    No,
}

/// How a field can be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WriteRule {
    /// The kinds of ids for which it can be written.
    pub id_kinds: Cow<'static, [IdKind]>,
    /// What a value must look like.
    pub format: ValueFormat,
    /// Whether an update can set it.
    pub update: bool,
    /// Whether it can be given when a profile is created.
    pub create: AtCreation,
    /// Whether the service documents how to clear it.
    pub clear: bool,
    /// What else a change of it does, for the plan: that it resets a password, for one.
    pub warning: Option<Cow<'static, str>>,
    /// What else it does when a profile is created with it: that a message is sent, for one.
    pub creation_warning: Option<Cow<'static, str>>,
    /// Whether a value is a secret, such as a password: then no plan that writes it is kept.
    pub secret: bool,
}

/// Whether a field is given when a profile is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AtCreation {
    /// It has to be.
    Required,
    /// It may be.
    Optional,
    /// It cannot be.
    #[default]
    No,
}

/// What a value must look like. Lengths are in characters (Unicode scalar values), not bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueFormat {
    /// Any text, of at most so many characters where the service publishes a limit.
    Text {
        /// The limit.
        max_characters: Option<u32>,
    },
    /// An e-mail address; only that it has an `@` with something on both sides is checked.
    Email,
    /// An absolute URI; only that it has a scheme is checked.
    Uri,
    /// Two upper-case letters, as ISO 3166-1 alpha-2 has them; whether there is such a country is not checked.
    Country,
    /// A point in time, RFC 3339.
    Time,
    /// One of these words.
    OneOf(Cow<'static, [&'static str]>),
    /// `true` or `false`.
    Bool,
    /// A list of names, each once and in no order: all that there are to be then.
    Names {
        /// The most characters of a name.
        max_characters: Option<u32>,
    },
    /// A list of roles, each once and in no order: all that there are to be then. Each is written as
    /// [`RoleAssignment::reference`](crate::profile::RoleAssignment::reference) writes it.
    Roles {
        /// How far a role may reach: the first word is meant where none is written, the others need the id of a place.
        tiers: Cow<'static, [&'static str]>,
    },
    /// Several lines of text, separated by `\n`. The last one is not empty.
    Lines {
        /// The most lines.
        max_lines: u32,
    },
    /// Pairs of texts; each can be written by itself, as `metadata.KEY`.
    Pairs {
        /// The most pairs.
        max_pairs: Option<u32>,
        /// The most characters of a key.
        max_key_characters: Option<u32>,
        /// The most characters of a value.
        max_value_characters: Option<u32>,
    },
}

impl AtCreation {
    /// Returns the word for it, as it is serialized: `required`, `optional` or `no`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::No => "no",
        }
    }
}

impl fmt::Display for AtCreation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for AtCreation {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("a rule for creation", &[Self::Required, Self::Optional, Self::No], Self::as_str, word)
    }
}

/// Writes what it is for a person: `readable`, `withheld (needs users:read)` or `not readable`.
impl fmt::Display for Readable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => formatter.write_str("readable"),
            Self::Withheld { needs } => write!(formatter, "withheld (needs {needs})"),
            Self::No => formatter.write_str("not readable"),
        }
    }
}

/// Writes what a value must be, for a person: `a string of at most 80 characters`.
impl fmt::Display for ValueFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit =
            |max: &Option<u32>| max.map_or_else(String::new, |max| format!(" of at most {max} characters"));
        match self {
            Self::Text { max_characters } => write!(formatter, "a string{}", limit(max_characters)),
            Self::Email => formatter.write_str("an e-mail address"),
            Self::Uri => formatter.write_str("an absolute URI"),
            Self::Country => formatter.write_str("two upper-case letters (ISO 3166-1 alpha-2)"),
            Self::Time => formatter.write_str("a time (RFC 3339)"),
            Self::OneOf(words) => write!(formatter, "one of: {}", words.join(", ")),
            Self::Bool => formatter.write_str("true or false"),
            Self::Names { max_characters } => write!(formatter, "a list of names{}", limit(max_characters)),
            Self::Roles { tiers } => write!(formatter, "a list of roles ({})", tiers.join(", ")),
            Self::Lines { max_lines } => write!(formatter, "at most {max_lines} lines of text"),
            Self::Pairs { max_pairs, .. } => match max_pairs {
                Some(max) => write!(formatter, "at most {max} pairs of strings"),
                None => formatter.write_str("pairs of strings"),
            },
        }
    }
}

/// Writes the rule for a person: `a string of at most 80 characters; update: yes, creation: optional, clear: no; for user`.
impl fmt::Display for WriteRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |is_so: bool| if is_so { "yes" } else { "no" };
        let kinds: Vec<_> = self.id_kinds.iter().map(IdKind::as_str).collect();
        write!(
            formatter,
            "{}; update: {}, creation: {}, clear: {}; for {}",
            self.format,
            word(self.update),
            self.create,
            word(self.clear),
            kinds.join(", ")
        )
    }
}

impl WriteRule {
    /// A field that can be set for these kinds of ids by an update, and not cleared.
    pub const fn set_only(id_kinds: &'static [IdKind], format: ValueFormat) -> Self {
        Self {
            id_kinds: Cow::Borrowed(id_kinds),
            format,
            update: true,
            create: AtCreation::No,
            clear: false,
            warning: None,
            creation_warning: None,
            secret: false,
        }
    }

    /// Says that a value is a secret.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The same field, which may or must be given when a profile is created.
    pub const fn at_creation(mut self, create: AtCreation) -> Self {
        self.create = create;
        self
    }

    /// The same field, which no update can set.
    pub const fn not_by_update(mut self) -> Self {
        self.update = false;
        self
    }

    /// The same field, which can be cleared in the way that the service documents.
    pub const fn clearable(mut self) -> Self {
        self.clear = true;
        self
    }

    /// The same field, a change of which does something else too.
    pub fn with_warning(mut self, warning: &'static str) -> Self {
        self.warning = Some(Cow::Borrowed(warning));
        self
    }

    /// The same field, with which the creation of a profile does something else too.
    pub fn with_creation_warning(mut self, warning: &'static str) -> Self {
        self.creation_warning = Some(Cow::Borrowed(warning));
        self
    }
}

/// One field of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The field of the profile.
    pub path: FieldPath,
    /// Where the service shows it.
    pub sources: Vec<FieldSource>,
    /// Whether it can be read.
    pub read: Readable,
    /// How it can be written; `None` if it cannot.
    pub write: Option<WriteRule>,
}

/// Where a service shows a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldSource {
    /// The record that has it; `None` where every record of the service does.
    pub view: Option<View>,
    /// The service's own name for it.
    pub name: Cow<'static, str>,
}

impl FieldSpec {
    /// A field that can be read and not written, from every record of the service.
    pub fn read(path: FieldPath, name: &'static str) -> Self {
        Self::unread(path).with_source(None, name)
    }

    /// A field that can be read from this one record and not written. [`and_in`](Self::and_in) adds others.
    pub fn read_in(path: FieldPath, view: View, name: &'static str) -> Self {
        Self::unread(path).with_source(Some(view), name)
    }

    fn unread(path: FieldPath) -> Self {
        Self { path, sources: Vec::new(), read: Readable::Yes, write: None }
    }

    fn with_source(mut self, view: Option<View>, name: &'static str) -> Self {
        self.sources.push(FieldSource { view, name: Cow::Borrowed(name) });
        self
    }

    /// The same field, which another record has too.
    pub fn and_in(self, view: View, name: &'static str) -> Self {
        self.with_source(Some(view), name)
    }

    /// The same field, writable by this rule.
    pub fn writable(mut self, rule: WriteRule) -> Self {
        self.write = Some(rule);
        self
    }

    /// The same field, shown only to a credential with this permission.
    pub fn withheld(mut self, needs: &'static str) -> Self {
        self.read = Readable::Withheld { needs: Cow::Borrowed(needs) };
        self
    }

    /// Whether a record has the field.
    pub fn is_in(&self, view: &View) -> bool {
        self.sources.iter().any(|source| source.view.as_ref().is_none_or(|known| known == view))
    }
}

/// The fields that a service knows. What is not in it is unsupported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldTable(Vec<FieldSpec>);

impl FieldTable {
    /// The entry of a field; of one pair of the metadata, that of the metadata.
    pub fn get(&self, path: &FieldPath) -> Option<&FieldSpec> {
        let path = if path.metadata_key().is_some() { &FieldPath::METADATA } else { path };
        self.0.iter().find(|spec| spec.path == *path)
    }

    /// Whether a field can be read, from some record of the service.
    pub fn readable(&self, path: &FieldPath) -> Readable {
        self.get(path).map_or(Readable::No, |spec| spec.read.clone())
    }

    /// Whether a field can be read from one of these records. No record named means any.
    pub fn readable_in<'a>(&self, path: &FieldPath, views: impl IntoIterator<Item = &'a View>) -> Readable {
        let Some(spec) = self.get(path) else { return Readable::No };
        let mut views = views.into_iter().peekable();
        let is_there = views.peek().is_none() || views.any(|view| spec.is_in(view));
        if is_there { spec.read.clone() } else { Readable::No }
    }

    /// All entries.
    pub fn iter(&self) -> impl Iterator<Item = &FieldSpec> {
        self.0.iter()
    }
}

impl FromIterator<FieldSpec> for FieldTable {
    fn from_iter<I: IntoIterator<Item = FieldSpec>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_for_a_person_and_words_are_read_again() {
        let rule = WriteRule::set_only(&[IdKind::USER], ValueFormat::Text { max_characters: Some(80) });
        assert_eq!(
            rule.at_creation(AtCreation::Optional).to_string(),
            "a string of at most 80 characters; update: yes, creation: optional, clear: no; for user"
        );
        for word in ["required", "optional", "no"] {
            assert_eq!(word.parse::<AtCreation>().unwrap().to_string(), word);
        }
        let error = "maybe".parse::<AtCreation>().unwrap_err();
        assert_eq!(error.to_string(), "a rule for creation must be one of: required, optional, no");
        for kind in crate::ErrorKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for direction in ["ascending", "descending"] {
            assert_eq!(direction.parse::<crate::query::Direction>().unwrap().to_string(), direction);
        }
    }
}
