//! Which of a service's records a profile was read from.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, ErrorKind, Field, FieldPath, open_enum};

/// A form in which a service shows a profile, named by the service's own word for the record: a service may
/// show a person as a `profile` and, with other fields, as a `user`.
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

    /// A view by a name that is not known when the program is built.
    pub(crate) fn named(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
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
        crate::word::word(deserializer, Self::named)
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
    /// Those of them of which the first record says that there is none: null.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub null: BTreeSet<FieldPath>,
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

open_enum! {
    /// Why a record cannot be read.
    pub enum MissingReason {
        /// This credential may not see it.
        Withheld = "withheld",
        /// There is none for this profile.
        NotThere = "not_there",
        /// The service does not show it for this profile.
        Unsupported = "unsupported",
        /// Reading it failed.
        Failed = "failed",
    }
}

impl MissingReason {
    /// The reason that an error stands for; `None` if the error says nothing of the record.
    pub fn of(error: &Error) -> Option<Self> {
        Some(match error.kind() {
            ErrorKind::PermissionDenied => Self::Withheld,
            ErrorKind::NotFound => Self::NotThere,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => return None,
        })
    }

    /// The same in a listing, where one record that cannot be read must not cost the others: what would fail again
    /// for this record alone is a reason too. A failure of the connection, of the credential or for too many requests
    /// is none: it would befall the other records as well.
    pub fn of_one_among_many(error: &Error) -> Option<Self> {
        Self::of(error).or_else(|| {
            let is_the_records = matches!(
                error.kind(),
                ErrorKind::Decode | ErrorKind::InvalidRequest | ErrorKind::TooLarge | ErrorKind::Upstream
            );
            is_the_records.then_some(Self::Failed)
        })
    }
}

impl Origin {
    /// One record alone.
    pub const fn new(view: View) -> Self {
        Self { view, merged: Vec::new(), fields: BTreeMap::new(), null: BTreeSet::new(), missing: Vec::new() }
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
    /// The same, and the first record says that there is none.
    TakenOverNull,
    /// Both records know it, and not the same.
    Differs,
}

impl Fill {
    /// Whether it was taken from the other record.
    pub(crate) fn is_taken(self) -> bool {
        matches!(self, Self::Taken | Self::TakenOverNull)
    }
}

/// Takes a field from another record if it says more: a value before null, null before nothing.
pub(crate) fn fill<T: PartialEq>(field: &mut Field<T>, other: Field<T>) -> Fill {
    match (&*field, &other) {
        (Field::Value(here), Field::Value(there)) if here != there => Fill::Differs,
        (Field::Null, Field::Value(_)) => {
            *field = other;
            Fill::TakenOverNull
        }
        (Field::Absent, Field::Value(_) | Field::Null) => {
            *field = other;
            Fill::Taken
        }
        _ => Fill::Kept,
    }
}
