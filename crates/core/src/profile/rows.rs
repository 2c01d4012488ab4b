//! A profile as rows, and what differs between two.

use std::{collections::BTreeSet, fmt};

use serde::Serialize;
use serde_json::Value;

use super::Profile;
use crate::{Capabilities, Field, FieldPath, FieldState, extension::Extension};

/// A field of a profile, as a row of a table.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{FieldState, ProfileProvider};
///
/// // Each field with its state, as a row of a table.
/// for row in ada.fields(provider.prepare().await?) {
///     if row.state == FieldState::Value {
///         println!("{} {:?}", row.path, row.value);
///     }
/// }
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldRow {
    /// The field.
    pub path: FieldPath,
    /// Which of the five states it has.
    pub state: FieldState,
    /// The value as JSON, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl fmt::Debug for FieldRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FieldRow({}: {})", self.path, self.state)
    }
}

/// A field that differs between two profiles.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::FieldPath;
///
/// let before = ada.clone();
/// let mut after = ada;
/// after.title = "countess".into();
/// let differences = before.differences(&after);
/// assert_eq!(differences.len(), 1);
/// assert_eq!(differences[0].path, FieldPath::TITLE);
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldDifference {
    /// The field.
    pub path: FieldPath,
    /// What the first profile has.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub before: Field<Value>,
    /// What the second one has.
    #[serde(skip_serializing_if = "Field::is_absent")]
    pub after: Field<Value>,
}

impl FieldDifference {
    /// Returns whether both profiles say something of the field. If one does not, it is not known whether the field has changed: that
    /// profile may have been read from a record that does not show it.
    pub const fn is_known(&self) -> bool {
        !self.before.is_absent() && !self.after.is_absent()
    }
}

impl fmt::Debug for FieldDifference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = (self.before.record_state(), self.after.record_state());
        write!(formatter, "FieldDifference({}: {before} -> {after})", self.path)
    }
}

impl Profile {
    /// Returns the fields of the profile as rows, each with its state: those that the service has (by `capabilities`), and others that have
    /// a value. Each pair of the metadata is a row, and so is each field of the extension. What the service sent and this
    /// version does not know is under [`unknown`](Self::unknown).
    ///
    /// ```
    /// use anyprofile_core::{Capabilities, FieldPath, FieldState, Profile, capabilities::FieldSpec};
    ///
    /// let mut capabilities = Capabilities::default();
    /// capabilities.fields = [FieldPath::TITLE, FieldPath::SECURITY_MFA_ENABLED]
    ///     .map(|path| FieldSpec::read(path, "x"))
    ///     .into_iter()
    ///     .collect();
    /// let mut profile = Profile::new("probely:eu/user/x".parse()?);
    /// profile.title = "cto".into();
    /// let rows = profile.fields(&capabilities);
    /// let states: Vec<_> = rows.iter().map(|row| (row.path.as_str(), row.state)).collect();
    /// assert_eq!(states, [
    ///     ("id", FieldState::Value),
    ///     ("title", FieldState::Value),
    ///     ("security.mfa_enabled", FieldState::Absent),
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fields(&self, capabilities: &Capabilities) -> Vec<FieldRow> {
        let mut paths: Vec<FieldPath> = std::iter::once(FieldPath::ID)
            .chain(core_paths())
            .filter(|path| {
                capabilities.fields.get(path).is_some() || self.record_state(path) != FieldState::Absent
            })
            .collect();
        paths.extend(self.metadata_paths());
        let declared = capabilities.fields.iter().map(|spec| &spec.path);
        let declared = declared.filter(|path| path.as_str().starts_with("extension.")).cloned();
        let extension: BTreeSet<_> = declared.chain(self.extension_paths()).collect();
        paths.extend(extension);
        let row = |path: FieldPath| {
            let state = self.state(&path, capabilities);
            FieldRow { state, value: self.value(&path), path }
        };
        paths.into_iter().map(row).collect()
    }

    /// Returns the fields that differ between this profile and a later one, in the order of the fields. The ids are not compared.
    ///
    /// ```
    /// use anyprofile_core::{Field, Profile};
    ///
    /// let mut before = Profile::new("probely:eu/user/x".parse()?);
    /// before.title = "dev".into();
    /// before.nickname = "Ada".into();
    /// let mut after = before.clone();
    /// after.title = "cto".into();
    /// after.nickname = Field::Absent;
    /// let differences = before.differences(&after);
    /// let known: Vec<_> = differences.iter().map(|it| (it.path.as_str(), it.is_known())).collect();
    /// assert_eq!(known, [("title", true), ("nickname", false)]);
    ///
    /// // The same person at another account.
    /// after.id = "probely:us/user/y".parse()?;
    /// assert_eq!(before.differences(&after).len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn differences(&self, after: &Self) -> Vec<FieldDifference> {
        let of_both = |paths: fn(&Self) -> Vec<FieldPath>| -> BTreeSet<FieldPath> {
            paths(self).into_iter().chain(paths(after)).collect()
        };
        let paths = core_paths().chain(of_both(Self::metadata_paths)).chain(of_both(Self::extension_paths));
        let differing = paths.filter_map(|path| {
            let [before, after] = [self, after].map(|profile| profile.field_value(&path));
            (before != after).then_some(FieldDifference { path, before, after })
        });
        differing.collect()
    }

    /// Returns a field with its value as JSON.
    fn field_value(&self, path: &FieldPath) -> Field<Value> {
        match self.record_state(path) {
            FieldState::Value => self.value(path).map_or(Field::Absent, Field::Value),
            FieldState::Null => Field::Null,
            _ => Field::Absent,
        }
    }

    fn metadata_paths(&self) -> Vec<FieldPath> {
        let pairs = self.metadata.value();
        pairs.into_iter().flatten().map(|(key, _)| FieldPath::metadata(key)).collect()
    }

    fn extension_paths(&self) -> Vec<FieldPath> {
        let keys = self.extension.iter().flat_map(Extension::keys);
        keys.filter_map(|key| format!("extension.{key}").parse().ok()).collect()
    }
}

/// Returns the fields of the model, without the id, and without the metadata, whose pairs are fields of their own.
fn core_paths() -> impl Iterator<Item = FieldPath> {
    FieldPath::CORE.iter().filter(|path| ![FieldPath::ID, FieldPath::METADATA].contains(*path)).cloned()
}
