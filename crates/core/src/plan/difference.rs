//! Differences between a write and the current profile.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Capabilities, Change, Field, FieldPath, FieldState, Profile, ProfileChange,
    capabilities::ValueFormat,
    written::{format_of, is_same, value_of},
};

/// A change of one field.
///
/// ```
/// # #[cfg(feature = "memory")]
/// # async fn example() -> anyprofile_core::Result<()> {
/// # let mut ada = anyprofile_core::Profile::new("memory:test/user/ada".parse()?);
/// # ada.name.display = "Ada".into();
/// # let test = anyprofile_core::AccountName::from_static("test");
/// # let provider = anyprofile_core::memory::MemoryProvider::builder(test).with_profile(ada.clone()).build()?;
/// use anyprofile_core::{Field, FieldPath, PlanOptions, ProfileChange, ProfileProvider, Write};
///
/// let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "Augusta");
/// let plan = provider.plan(&Write::update(ada.id, change), &PlanOptions::new()).await?;
/// // What a person is shown before anything is sent.
/// let [difference] = plan.differences() else { panic!("one field changes") };
/// assert_eq!(difference.field, FieldPath::NAME_DISPLAY);
/// assert_eq!(difference.now, Field::Value("Ada".into()));
/// assert_eq!(difference.then, Some("Augusta".into()));
/// # Ok(())
/// # }
/// # #[cfg(feature = "memory")]
/// # futures_util::FutureExt::now_or_never(example()).unwrap().unwrap();
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The field.
    pub field: FieldPath,
    /// The current value. Absent if the service did not send it.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub now: Field<Value>,
    /// The new value; `None` if the field is cleared.
    pub then: Option<Value>,
}

impl fmt::Debug for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = if self.then.is_some() { "set" } else { "cleared" };
        write!(formatter, "Difference({}: {} -> {then})", self.field, self.now.record_state())
    }
}

impl Difference {
    /// Returns whether the current value is known.
    pub const fn is_known(&self) -> bool {
        !matches!(self.now, Field::Absent)
    }
}

/// A change compared with the current profile.
#[derive(Default)]
pub(super) struct Compared {
    /// The change without unchanged values.
    pub(super) needed: ProfileChange,
    pub(super) differences: Vec<Difference>,
    pub(super) settled: Vec<Difference>,
    pub(super) warnings: Vec<String>,
}

impl Compared {
    /// Compares a change with a profile. Without a profile, no current value is known.
    pub(super) fn of(change: &ProfileChange, current: Option<&Profile>, capabilities: &Capabilities) -> Self {
        let mut compared = Self::default();
        for (path, wanted) in change.iter() {
            let now = current.map_or(Field::Absent, |current| value_of(current, path, capabilities));
            let then = match wanted {
                Change::Keep => continue,
                Change::Set(value) => Some(value.clone()),
                Change::Clear => None,
            };
            // A value that is not known is never unchanged.
            let is_so = match (&now, &then) {
                (Field::Value(now), Some(then)) => is_same(now, then, format_of(path, capabilities)),
                (Field::Null, None) => true,
                _ => false,
            };
            if is_so {
                if let (Field::Value(now), Some(then), Some(ValueFormat::Email)) =
                    (&now, &then, format_of(path, capabilities))
                    && now != then
                {
                    compared.warnings.push(format!(
                        "{path}: the profile has this address in another notation, which stays unchanged"
                    ));
                }
                compared.settled.push(Difference { field: path.clone(), now, then });
                continue;
            }
            compared.needed = match &then {
                Some(value) => compared.needed.set(path.clone(), value.clone()),
                None => compared.needed.clear(path.clone()),
            };
            let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
            compared.warnings.extend(
                rule.and_then(|rule| rule.warning.as_ref()).map(|warning| format!("{path}: {warning}")),
            );
            compared.differences.push(Difference { field: path.clone(), now, then });
        }
        compared
    }
}

/// Returns whether a change touches a field that is in a record that the profile was not read from.
pub(super) fn is_elsewhere(change: &ProfileChange, current: &Profile, capabilities: &Capabilities) -> bool {
    let is_elsewhere = |path: &FieldPath| {
        current.state(path, capabilities) == FieldState::Unsupported
            && capabilities.fields.get(path).is_some()
    };
    capabilities.operations.enrich.is_supported() && change.iter().any(|(path, _)| is_elsewhere(path))
}
