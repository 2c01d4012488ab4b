//! Which of a service's records a profile was read from.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ErrorKind, Field, FieldPath};

/// A form in which a service shows a profile, named by the service's own word for the record: Upsun shows a
/// person as a `profile` and, with other fields, as a `user`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct View(Cow<'static, str>);

impl View {
    /// A view by its name.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for View {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::word(deserializer, |name| Self(Cow::Owned(name.to_owned())))
    }
}

/// Which of a service's records a profile was read from, and which field came from which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Origin {
    /// The record that the profile was read from.
    pub view: View,
    /// Further records that were read and added to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<View>,
    /// The fields that came from one of those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldPath, View>,
    /// Further records that were asked for and cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingView>,
}

/// A record that was asked for and cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissingView {
    /// The record.
    pub view: View,
    /// Why.
    pub reason: MissingReason,
}

impl MissingView {
    /// A record, and why it cannot be read.
    pub const fn new(view: View, reason: MissingReason) -> Self {
        Self { view, reason }
    }
}

/// Why a record cannot be read. A failure that may pass is an error and no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingReason {
    /// This credential may not see it.
    Withheld,
    /// There is none.
    NotThere,
    /// The service does not have it for this profile.
    Unsupported,
}

impl MissingReason {
    /// The reason that an error stands for; `None` if the error says nothing of the record.
    pub const fn of(error: ErrorKind) -> Option<Self> {
        Some(match error {
            ErrorKind::PermissionDenied => Self::Withheld,
            ErrorKind::NotFound => Self::NotThere,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => return None,
        })
    }

    /// The reason as a word of snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::NotThere => "not_there",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for MissingReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for MissingReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for MissingReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let known = [Self::Withheld, Self::NotThere, Self::Unsupported];
        let reason =
            crate::wire::word(deserializer, |word| known.into_iter().find(|it| it.as_str() == word))?;
        reason.ok_or_else(|| de::Error::custom("not a reason"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for MissingReason {
    fn schema_name() -> Cow<'static, str> {
        "MissingReason".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "enum": ["withheld", "not_there", "unsupported"]})
    }
}

impl Origin {
    /// One record alone.
    pub const fn new(view: View) -> Self {
        Self { view, merged: Vec::new(), fields: BTreeMap::new(), missing: Vec::new() }
    }

    /// All records that were read.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.view).chain(&self.merged)
    }
}

/// What became of a field when another record was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// It was there, and is the same in the other record or is not in it.
    Kept,
    /// It was taken from the other record.
    Taken,
    /// Both records know it, and not the same.
    Differs,
}

/// Takes a field from another record if it says more: a value before null, null before nothing.
pub(crate) fn fill<T: PartialEq>(field: &mut Field<T>, other: Field<T>) -> Fill {
    match (&*field, &other) {
        (Field::Value(here), Field::Value(there)) if here != there => Fill::Differs,
        (Field::Null | Field::Absent, Field::Value(_)) | (Field::Absent, Field::Null) => {
            *field = other;
            Fill::Taken
        }
        _ => Fill::Kept,
    }
}
