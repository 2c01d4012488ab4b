//! What one service knows beyond the normalized profile.

use std::{any::Any, borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser};
use serde_json::value::{RawValue, to_raw_value};

use crate::{FieldState, RawJson};

/// A service's own part of a profile: a typed struct of its crate.
///
/// Implement it for a struct that serializes as an object; [`Extension::new`] takes it.
pub trait ProfileExtension: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The service whose profiles have it.
    const SERVICE: &'static str;

    /// The state of one of the struct's fields by its serialized name, or `None` if there is no such field.
    fn state(&self, key: &str) -> Option<FieldState>;
}

/// The erased form, so that core needs to know no service.
trait AnyExtension: Any + Send + Sync {
    fn state(&self, key: &str) -> Option<FieldState>;
    fn as_any(&self) -> &dyn Any;
    fn encode(&self) -> serde_json::Result<Box<RawValue>>;
}

impl<T: ProfileExtension> AnyExtension for T {
    fn state(&self, key: &str) -> Option<FieldState> {
        ProfileExtension::state(self, key)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn encode(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(self)
    }
}

/// The extension of a profile: typed while it comes from a provider, plain JSON when it was read back.
///
/// Cheap to clone. `Debug` shows no content.
#[derive(Clone)]
pub struct Extension(Form);

#[derive(Clone)]
enum Form {
    Typed(Arc<dyn AnyExtension>),
    Json(RawJson),
}

impl Extension {
    /// Wraps a service's struct.
    pub fn new<T: ProfileExtension>(extension: T) -> Self {
        Self(Form::Typed(Arc::new(extension)))
    }

    /// The extension as the struct of a service's crate; see [`Profile::extension_as`](crate::Profile::extension_as).
    pub(crate) fn get<T: ProfileExtension>(&self) -> Option<Cow<'_, T>> {
        match &self.0 {
            Form::Typed(typed) => typed.as_any().downcast_ref().map(Cow::Borrowed),
            Form::Json(json) => json.decode().ok().map(Cow::Owned),
        }
    }

    /// The fields that were sent, by their serialized names.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.fields().into_keys().collect()
    }

    fn fields(&self) -> BTreeMap<String, RawJson> {
        let json = RawJson::encode(self);
        json.and_then(|json| json.decode().ok()).unwrap_or_default()
    }

    /// This extension with what the other says more, a value before null and null before nothing; the names of what was
    /// taken, and of what both tell differently.
    pub(crate) fn filled_from(&self, other: &Self) -> (Self, Vec<String>, Vec<String>) {
        let (mut fields, mut taken, mut differing) = (self.fields(), Vec::new(), Vec::new());
        for (key, value) in other.fields() {
            match fields.get(&key).map(RawJson::get) {
                Some(own) if own == value.get() || value.get() == "null" => {}
                None | Some("null") => {
                    fields.insert(key.clone(), value);
                    taken.push(key);
                }
                Some(_) => differing.push(key),
            }
        }
        match RawJson::encode(&fields) {
            Some(json) => (Self(Form::Json(json)), taken, differing),
            None => (self.clone(), Vec::new(), Vec::new()),
        }
    }

    /// The state of a field by its serialized name; `None` if the extension has no such field.
    pub fn state(&self, key: &str) -> Option<FieldState> {
        match &self.0 {
            Form::Typed(typed) => typed.state(key),
            Form::Json(json) => {
                let fields: BTreeMap<String, RawJson> = json.decode().ok()?;
                fields.get(key).map(
                    |value| {
                        if value.get() == "null" { FieldState::Null } else { FieldState::Value }
                    },
                )
            }
        }
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Extension(..)")
    }
}

/// Two extensions are equal when their JSON is.
impl PartialEq for Extension {
    fn eq(&self, other: &Self) -> bool {
        match (serde_json::to_value(self), serde_json::to_value(other)) {
            (Ok(one), Ok(two)) => one == two,
            _ => false,
        }
    }
}

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Typed(typed) => typed.encode().map_err(ser::Error::custom)?.serialize(serializer),
            Form::Json(json) => json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawJson::deserialize(deserializer).map(|json| Self(Form::Json(json)))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Extension {
    fn schema_name() -> Cow<'static, str> {
        "Extension".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "object"})
    }
}
