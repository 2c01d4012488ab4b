//! Access to a profile's fields by their paths.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Profile,
    table::FieldPlace,
    value::{FieldRef, FieldValue, Record as _, ValueRef},
};
use crate::{
    Field, FieldPath, FieldState,
    extension::inner,
    origin::Fill,
    path::Repr,
    profile::{RawJson, View},
};

impl Profile {
    /// Returns a field by its path, borrowed.
    ///
    /// A field that this type of record does not have, such as one of another service's extension, is absent. Costs a look-up;
    /// only a field of the extension is serialized, once a profile.
    ///
    /// ```
    /// use anyprofile_core::{Field, FieldPath, Profile, profile::ValueRef};
    ///
    /// let mut profile = Profile::new("probely:eu/user/x".parse()?);
    /// profile.title = "cto".into();
    /// let path: FieldPath = "title".parse()?;
    /// assert!(matches!(profile.get(&path), Field::Value(ValueRef::Text("cto"))));
    /// assert!(profile.get(&FieldPath::SECURITY_MFA_ENABLED).is_absent());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(&self, path: &FieldPath) -> FieldRef<'_> {
        let known = match &path.0 {
            Repr::Known(known) => known.entry(),
            Repr::Named(text) => return self.get_named(text),
        };
        match known.place {
            FieldPlace::Id => Field::Value(ValueRef::Id(&self.id)),
            FieldPlace::Field { get, .. } => get(self).get(),
            FieldPlace::AddressPart(name) => self.billing.address.as_ref().and_then(|address| {
                // The table names the parts of the address.
                address.field(name).unwrap_or(Field::Absent)
            }),
        }
    }

    /// A field below `metadata.`, `unknown.` or `extension.`.
    fn get_named(&self, path: &str) -> FieldRef<'_> {
        match path.split_once('.') {
            Some(("metadata", key)) => self
                .metadata
                .as_ref()
                // A pair that is not there is known not to be.
                .and_then(|pairs| pairs.get(key).map_or(Field::Null, |text| Field::Value(text.value_ref()))),
            Some(("unknown", key)) => match (self.unknown.get(key), key.split_once('.')) {
                (Some(value), _) => of_json(Cow::Borrowed(value)),
                (None, Some((name, rest))) => {
                    let value = self.unknown.get(name).and_then(|value| inner(value, rest));
                    value.map_or(Field::Absent, |value| of_json(Cow::Owned(value)))
                }
                (None, None) => Field::Absent,
            },
            Some(("extension", key)) => self
                .extension
                .as_ref()
                .and_then(|extension| extension.value(key))
                .map_or(Field::Absent, of_json),
            _ => Field::Absent,
        }
    }

    /// Returns the value of a field as JSON; `None` if it has none.
    pub fn value(&self, path: &FieldPath) -> Option<Value> {
        self.get(path).into_value()?.to_json()
    }

    /// Returns whether the service says that a field has no value.
    pub fn is_null(&self, path: &FieldPath) -> bool {
        self.record_state(path) == FieldState::Null
    }

    /// What this record says of a field: value, null or absent.
    pub(super) fn record_state(&self, path: &FieldPath) -> FieldState {
        match (path.as_str().strip_prefix("extension."), &self.extension) {
            // Its type tells without the value.
            (Some(key), Some(extension)) => extension.state(key).unwrap_or(FieldState::Absent),
            _ => self.get(path).record_state(),
        }
    }

    /// Returns the record that a field was read from; `None` if the field was not sent or the profile does not say.
    pub fn origin_of(&self, path: &FieldPath) -> Option<&View> {
        let origin = self.origin.as_ref()?;
        match self.record_state(path) {
            FieldState::Value | FieldState::Null => {
                // An address comes as a whole.
                let whole = if path.address_key().is_some() { &FieldPath::BILLING_ADDRESS } else { path };
                Some(origin.fields.get(whole).unwrap_or(&origin.view))
            }
            _ => None,
        }
    }

    /// Takes what the other says more of the fields that every service may have.
    pub(super) fn fill_from(&mut self, mut other: Self, mut outcome: impl FnMut(&FieldPath, Fill)) {
        for path in FieldPath::CORE {
            let Repr::Known(known) = &path.0 else { continue };
            let FieldPlace::Field { get_mut, .. } = known.entry().place else { continue };
            outcome(path, get_mut(self).fill_from(get_mut(&mut other)));
        }
        // How the name to show came about goes with the name.
        crate::origin::fill(&mut self.name.derived, other.name.derived);
    }

    /// Sets a field of every profile to a value in its serialized form, or to null; `None` if it cannot hold the value.
    #[cfg(any(feature = "layers", feature = "memory"))]
    pub(crate) fn set_known(&mut self, path: &FieldPath, value: Option<&Value>) -> Option<()> {
        let Repr::Known(known) = &path.0 else { return None };
        match known.entry().place {
            FieldPlace::Id => None,
            FieldPlace::Field { get_mut, .. } => get_mut(self).set(value).ok(),
            FieldPlace::AddressPart(name) => {
                let mut address = match &self.billing.address {
                    Field::Value(address) => serde_json::to_value(address).ok()?,
                    Field::Null | Field::Absent => Value::Object(serde_json::Map::new()),
                };
                address.as_object_mut()?.insert(name.to_owned(), value.cloned().unwrap_or(Value::Null));
                self.billing.address = Field::Value(serde_json::from_value(address).ok()?);
                Some(())
            }
        }
    }
}

/// A JSON value as a field: the text `null` says that there is none.
fn of_json(json: Cow<'_, RawJson>) -> FieldRef<'_> {
    if json.get() == "null" { Field::Null } else { Field::Value(ValueRef::Json(json)) }
}
