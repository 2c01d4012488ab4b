//! The field table: where a field is read, and how it can be written.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    FieldPath, IdKind,
    profile::View,
    words::{WordError, value_of_word},
};

/// Whether a field can be read.
///
/// ```
/// use anyprofile_core::{
///     FieldPath,
///     capabilities::{FieldSpec, FieldTable, Readable},
/// };
///
/// let last_login = FieldSpec::read(FieldPath::SECURITY_LAST_LOGIN, "last_login").withheld("audit:read");
/// let table: FieldTable = [last_login].into_iter().collect();
/// // Why does the review show no last sign-in? The credential lacks a permission.
/// let readable = table.readable(&FieldPath::SECURITY_LAST_LOGIN);
/// assert_eq!(readable.to_string(), "withheld (needs audit:read)");
/// assert_eq!(table.readable(&FieldPath::TITLE), Readable::No);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Readable {
    /// The service shows the field.
    Yes,
    /// The service shows the field only to a credential with this permission.
    Withheld {
        /// The permission.
        needs: Cow<'static, str>,
    },
    /// The service does not have the field, or its API does not show it.
    No,
}

/// The rule for writing a field.
///
/// ```
/// use anyprofile_core::{
///     IdKind,
///     capabilities::{AtCreation, ValueFormat, WriteRule},
/// };
///
/// // What the service documents of the address of a user.
/// let rule = WriteRule::set_only(&[IdKind::USER], ValueFormat::Email)
///     .at_creation(AtCreation::Required)
///     .with_warning("the person must confirm the new address");
/// assert!(rule.update && !rule.clear);
/// assert_eq!(rule.to_string(), "an e-mail address; update: yes, creation: required, clear: no; for user");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WriteRule {
    /// The kinds of ids whose profiles have the field writable.
    pub id_kinds: Cow<'static, [IdKind]>,
    /// The format of a value.
    pub format: ValueFormat,
    /// Whether an update can set the field.
    pub update: bool,
    /// Whether the field can be set when a profile is created.
    pub create: AtCreation,
    /// Whether the service documents how to clear the field.
    pub clear: bool,
    /// Whether the service documents that a record leaves out the field when it has no value, so that a response without it shows
    /// that it is cleared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent_when_cleared: bool,
    /// Whether a plan that sets the field reads a record, even if the profile is [given](crate::plan::PlanRead::Given).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_read: bool,
    /// A side effect of a change, shown in the plan: for example, that it resets a password.
    pub warning: Option<Cow<'static, str>>,
    /// A side effect at creation, shown in the plan: for example, that a message is sent.
    pub creation_warning: Option<Cow<'static, str>>,
    /// Whether a value is a secret, such as a password. A plan that writes a secret cannot be saved.
    pub secret: bool,
}

/// Whether a field is set when a profile is created.
///
/// ```
/// use anyprofile_core::{FieldPath, IdKind, capabilities::{AtCreation, FieldSpec, FieldTable, ValueFormat, WriteRule}};
///
/// let text = WriteRule::set_only(&[IdKind::USER], ValueFormat::Text { max_characters: None });
/// let email = WriteRule::set_only(&[IdKind::USER], ValueFormat::Email).at_creation(AtCreation::Required);
/// let table: FieldTable = [
///     FieldSpec::read(FieldPath::TITLE, "title").writable(text),
///     FieldSpec::read(FieldPath::EMAILS, "email").writable(email),
/// ]
/// .into_iter()
/// .collect();
/// // What must a form for a new user ask for?
/// let is_required = |spec: &&FieldSpec| spec.write.as_ref().is_some_and(|rule| rule.create == AtCreation::Required);
/// let required: Vec<_> = table.iter().filter(is_required).map(|spec| spec.path.as_str()).collect();
/// assert_eq!(required, ["emails"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AtCreation {
    /// It is required.
    Required,
    /// It is optional.
    Optional,
    /// It cannot be set.
    #[default]
    No,
}

/// The format of a value. Lengths are in characters (Unicode scalar values), not bytes.
///
/// ```
/// use anyprofile_core::capabilities::ValueFormat;
///
/// // What a form says next to a field.
/// let name = ValueFormat::Text { max_characters: Some(80) };
/// assert_eq!(name.to_string(), "a string of at most 80 characters");
/// assert_eq!(ValueFormat::one_of(["en", "nb"]).to_string(), "one of: en, nb");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueFormat {
    /// Any string.
    Text {
        /// The maximum length, if the service publishes one.
        max_characters: Option<u32>,
    },
    /// An e-mail address: text, `@`, text. Nothing else is checked.
    Email,
    /// An absolute URI. Only the scheme is checked.
    Uri,
    /// Two upper-case letters (ISO 3166-1 alpha-2). Whether the country exists is not checked.
    Country,
    /// A point in time, RFC 3339.
    Time,
    /// One of these words.
    OneOf(Vec<Cow<'static, str>>),
    /// `true` or `false`.
    Bool,
    /// A list of distinct names, which replaces the current list. Order is not significant.
    Names {
        /// The maximum length of a name.
        max_characters: Option<u32>,
    },
    /// A list of distinct roles, which replaces the current list. Order is not significant. Each has the form that
    /// [`RoleAssignment::reference`](crate::profile::RoleAssignment::reference) returns.
    Roles {
        /// The tiers of scopes. The first one is the default; the others require an id.
        tiers: Vec<Cow<'static, str>>,
    },
    /// Lines of text, separated by `\n`. The last line must not be empty.
    Lines {
        /// The maximum number of lines.
        max_lines: u32,
    },
    /// Pairs of strings. Each pair is written by itself, as `metadata.KEY`.
    Pairs {
        /// The maximum number of pairs.
        max_pairs: Option<u32>,
        /// The maximum length of a key.
        max_key_characters: Option<u32>,
        /// The maximum length of a value.
        max_value_characters: Option<u32>,
    },
}

impl ValueFormat {
    /// One of these words.
    pub fn one_of(words: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        Self::OneOf(words.into_iter().map(Into::into).collect())
    }

    /// A list of roles with these [tiers](Self::Roles).
    pub fn roles(tiers: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        Self::Roles { tiers: tiers.into_iter().map(Into::into).collect() }
    }
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
    /// Creates a rule for a field that an update can set for these kinds of ids, and that cannot be cleared. Kinds that are not known when
    /// the program is built go to [`id_kinds`](Self::id_kinds).
    pub const fn set_only(id_kinds: &'static [IdKind], format: ValueFormat) -> Self {
        Self {
            id_kinds: Cow::Borrowed(id_kinds),
            format,
            update: true,
            create: AtCreation::No,
            clear: false,
            absent_when_cleared: false,
            needs_read: false,
            warning: None,
            creation_warning: None,
            secret: false,
        }
    }

    /// Declares that a value is a secret.
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Sets whether the field is set at creation.
    pub const fn at_creation(mut self, create: AtCreation) -> Self {
        self.create = create;
        self
    }

    /// Declares that an update cannot set the field.
    pub const fn not_by_update(mut self) -> Self {
        self.update = false;
        self
    }

    /// Declares that the field can be cleared in the way that the service documents.
    pub const fn clearable(mut self) -> Self {
        self.clear = true;
        self
    }

    /// Marks the field as one that a record leaves out when it has no value.
    pub const fn absent_when_cleared(mut self) -> Self {
        self.absent_when_cleared = true;
        self
    }

    /// Declares that a plan that sets the field reads a record, even for a given profile.
    pub const fn needing_read(mut self) -> Self {
        self.needs_read = true;
        self
    }

    /// Sets the side effect of a change.
    pub fn with_warning(mut self, warning: impl Into<Cow<'static, str>>) -> Self {
        self.warning = Some(warning.into());
        self
    }

    /// Sets the side effect at creation.
    pub fn with_creation_warning(mut self, warning: impl Into<Cow<'static, str>>) -> Self {
        self.creation_warning = Some(warning.into());
        self
    }
}

/// A field of a service.
///
/// ```
/// use anyprofile_core::{FieldPath, capabilities::FieldSpec, profile::View};
///
/// const USER: View = View::new("user");
/// const SESSION: View = View::new("session");
///
/// // The service shows the last sign-in with the sessions, and not with the user.
/// let last_login = FieldSpec::read_in(FieldPath::SECURITY_LAST_LOGIN, SESSION, "signed_in_at");
/// assert!(last_login.is_in(&SESSION) && !last_login.is_in(&USER));
/// assert!(last_login.write.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The field of the profile.
    pub path: FieldPath,
    /// Where the service shows it.
    pub sources: Vec<FieldSource>,
    /// Whether the field can be read.
    pub read: Readable,
    /// The rule for writing the field; `None` if it is read-only.
    pub write: Option<WriteRule>,
}

/// Where a service shows a field.
///
/// ```
/// use anyprofile_core::{FieldPath, capabilities::FieldSpec, profile::View};
///
/// let country = FieldSpec::read_in(FieldPath::COUNTRY, View::new("user"), "country")
///     .and_in(View::new("address"), "countryCode");
/// // What are the fields called in the service's own documentation?
/// let names: Vec<_> = country.sources.iter().map(|source| source.name.as_ref()).collect();
/// assert_eq!(names, ["country", "countryCode"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldSource {
    /// The record that has the field; `None` if all records have it.
    pub view: Option<View>,
    /// The service's name for the field.
    pub name: Cow<'static, str>,
}

impl FieldSpec {
    /// Creates a read-only field that all records of the service have.
    pub fn read(path: FieldPath, name: impl Into<Cow<'static, str>>) -> Self {
        Self::unread(path).with_source(None, name)
    }

    /// Creates a read-only field of one record. [`and_in`](Self::and_in) adds further records.
    pub fn read_in(path: FieldPath, view: View, name: impl Into<Cow<'static, str>>) -> Self {
        Self::unread(path).with_source(Some(view), name)
    }

    fn unread(path: FieldPath) -> Self {
        Self { path, sources: Vec::new(), read: Readable::Yes, write: None }
    }

    fn with_source(mut self, view: Option<View>, name: impl Into<Cow<'static, str>>) -> Self {
        self.sources.push(FieldSource { view, name: name.into() });
        self
    }

    /// Adds another record that has the field.
    pub fn and_in(self, view: View, name: impl Into<Cow<'static, str>>) -> Self {
        self.with_source(Some(view), name)
    }

    /// Makes the field writable by this rule.
    pub fn writable(mut self, rule: WriteRule) -> Self {
        self.write = Some(rule);
        self
    }

    /// Declares that only a credential with this permission sees the field.
    pub fn withheld(mut self, needs: impl Into<Cow<'static, str>>) -> Self {
        self.read = Readable::Withheld { needs: needs.into() };
        self
    }

    /// Returns whether a record has the field.
    pub fn is_in(&self, view: &View) -> bool {
        self.sources.iter().any(|source| source.view.as_ref().is_none_or(|known| known == view))
    }
}

/// The fields of a service. A field that is not in it is unsupported.
///
/// ```
/// use anyprofile_core::{
///     FieldPath, IdKind,
///     capabilities::{FieldSpec, FieldTable, Readable, ValueFormat, WriteRule},
/// };
///
/// let text = ValueFormat::Text { max_characters: Some(255) };
/// let table: FieldTable = [
///     FieldSpec::read(FieldPath::STATUS, "is_active"),
///     FieldSpec::read(FieldPath::TITLE, "title").writable(WriteRule::set_only(&[IdKind::USER], text).clearable()),
/// ]
/// .into_iter()
/// .collect();
/// assert_eq!(table.readable(&FieldPath::WEBSITE), Readable::No);
/// assert!(table.get(&FieldPath::TITLE).is_some_and(|title| title.write.is_some()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldTable(Vec<FieldSpec>);

impl FieldTable {
    /// Returns the entry of a field; for `metadata.KEY`, the entry of the metadata, and for a value inside a field of the extension, the
    /// entry of that field.
    pub fn get(&self, path: &FieldPath) -> Option<&FieldSpec> {
        let path = if path.metadata_key().is_some() { &FieldPath::METADATA } else { path };
        let exact = self.0.iter().find(|spec| spec.path == *path);
        // A value inside a field of the extension is where the field is.
        exact.or_else(|| {
            let (name, _) = path.as_str().strip_prefix("extension.")?.split_once('.')?;
            self.0.iter().find(|spec| spec.path.as_str().strip_prefix("extension.") == Some(name))
        })
    }

    /// Returns whether a field can be read from at least one record of the service.
    pub fn readable(&self, path: &FieldPath) -> Readable {
        self.get(path).map_or(Readable::No, |spec| spec.read.clone())
    }

    /// Returns whether a field can be read from one of these records; no record means all of them.
    pub fn readable_in<'a>(&self, path: &FieldPath, views: impl IntoIterator<Item = &'a View>) -> Readable {
        let Some(spec) = self.get(path) else { return Readable::No };
        let mut views = views.into_iter().peekable();
        let is_there = views.peek().is_none() || views.any(|view| spec.is_in(view));
        if is_there { spec.read.clone() } else { Readable::No }
    }

    /// Returns all entries.
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
