//! The records of a service that a profile was read from.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, ErrorKind, Field, FieldPath, open_enum};

/// A kind of record in which a service shows a profile, named by the service's own word. A service may show a person
/// as a `profile` and, with other fields, as a `user`.
///
/// ```
/// use anyprofile_core::{FieldPath, Profile, ProfileId, profile::View};
///
/// const USER: View = View::new("user");
/// const ADDRESS: View = View::new("address");
///
/// let id: ProfileId = "library:main/user/ada".parse()?;
/// let mut ada = Profile::read_from(USER, id.clone());
/// let mut address = Profile::new(id);
/// address.country = "GB".into();
/// // The provider adds the second record of the same person.
/// ada.merge(ADDRESS, address);
/// assert_eq!(ada.origin_of(&FieldPath::COUNTRY), Some(&ADDRESS));
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transparent))]
pub struct View(Cow<'static, str>);

impl View {
    /// Creates a view with this name.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Creates a view whose name is not known when the program is built, such as from a file.
    pub fn named(name: &str) -> Self {
        Self(Cow::Owned(name.to_owned()))
    }

    /// Returns the name.
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

/// The records that a profile was read from, and which field came from which record.
///
/// ```
/// # fn main() -> anyprofile_core::Result<()> {
/// use anyprofile_core::{FieldPath, Profile, profile::{MissingReason, View}};
///
/// const USER: View = View::new("user");
/// const ADDRESS: View = View::new("address");
///
/// let mut profile = Profile::read_from(USER, "memory:test/user/ada".parse()?);
/// // The record with the country could not be read: that the country is absent says nothing.
/// profile.note_missing(ADDRESS, MissingReason::Failed);
/// let origin = profile.origin.as_ref().expect("it was read from a record");
/// assert_eq!((&origin.view, &origin.missing[0].view), (&USER, &ADDRESS));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Origin {
    /// The record that the profile was read from.
    pub view: View,
    /// Further records that were merged into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<View>,
    /// The fields that came from a merged record.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldPath, View>,
    /// Those of these fields that are null in the first record.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub null: BTreeSet<FieldPath>,
    /// Further records that were requested and could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingView>,
}

/// A record that was requested and could not be read.
///
/// ```
/// use anyprofile_core::{
///     Profile,
///     profile::{MissingReason, MissingView, View},
/// };
///
/// const SESSIONS: View = View::new("sessions");
///
/// let mut ada = Profile::read_from(View::new("user"), "library:main/user/ada".parse()?);
/// ada.note_missing(SESSIONS, MissingReason::Withheld);
/// // Why is no last sign-in known? This credential may not see the record that has it.
/// let origin = ada.origin.expect("the profile was read from a record");
/// assert_eq!(origin.missing, [MissingView::new(SESSIONS, MissingReason::Withheld)]);
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MissingView {
    /// The record.
    pub view: View,
    /// The reason.
    pub reason: MissingReason,
}

impl MissingView {
    /// Creates an entry for a record that could not be read.
    pub const fn new(view: View, reason: MissingReason) -> Self {
        Self { view, reason }
    }
}

open_enum! {
    /// Why a record could not be read.
    ///
    /// ```
    /// use anyprofile_core::{Error, ErrorKind, profile::MissingReason};
    ///
    /// let refused = Error::new(ErrorKind::PermissionDenied, "the address may not be read");
    /// assert_eq!(MissingReason::of(&refused), Some(MissingReason::Withheld));
    /// // A request that took too long says nothing about the record.
    /// let late = Error::new(ErrorKind::Timeout, "no response in time");
    /// assert_eq!(MissingReason::of(&late), None);
    /// ```
    pub enum MissingReason {
        /// This credential may not see the record.
        Withheld = "withheld",
        /// The profile has no such record.
        NotThere = "not_there",
        /// The service does not show the record for this profile.
        Unsupported = "unsupported",
        /// Reading the record failed.
        Failed = "failed",
    }
}

impl MissingReason {
    /// Returns the reason of an error; `None` if the error says nothing about the record.
    pub fn of(error: &Error) -> Option<Self> {
        Some(match error.kind() {
            ErrorKind::PermissionDenied => Self::Withheld,
            ErrorKind::NotFound => Self::NotThere,
            ErrorKind::Unsupported => Self::Unsupported,
            _ => return None,
        })
    }

    /// Returns the reason of an error in a listing, where one unreadable record must not lose the others. Failures
    /// that would repeat for this record alone are reasons too. Failures of the connection, the credential or the
    /// rate limit are not: they would affect the other records too.
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
    /// Creates the origin of a profile that was read from one record.
    pub const fn new(view: View) -> Self {
        Self { view, merged: Vec::new(), fields: BTreeMap::new(), null: BTreeSet::new(), missing: Vec::new() }
    }

    /// Returns all records that were read.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.view).chain(&self.merged)
    }
}

/// The effect of merging a field from another record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// The field was kept: the other record has the same value, or none.
    Kept,
    /// The value was taken from the other record.
    Taken,
    /// The value was taken from the other record, and the first record has null.
    TakenOverNull,
    /// Both records have a value, and the values differ.
    Differs,
}

impl Fill {
    /// Returns whether the value was taken from the other record.
    pub(crate) fn is_taken(self) -> bool {
        matches!(self, Self::Taken | Self::TakenOverNull)
    }
}

/// Takes a field from another record if it has more information: a value replaces null, and null replaces absent.
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
