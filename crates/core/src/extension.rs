//! Extensions: fields that only one service has.

use std::{
    any::Any,
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser};
use serde_json::value::{RawValue, to_raw_value};

use crate::{FieldState, profile::RawJson};

/// A service's own part of a profile, as a typed struct of the service's crate.
///
/// Implement it for a struct that serializes as an object, and wrap it with [`Extension::new`].
///
/// ```
/// use anyprofile_core::{
///     FieldState, Profile,
///     profile::{Extension, ProfileExtension},
/// };
/// use serde::{Deserialize, Serialize};
///
/// /// What only this service has.
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Badge {
///     #[serde(skip_serializing_if = "Option::is_none")]
///     badge: Option<u32>,
/// }
///
/// impl ProfileExtension for Badge {
///     const SERVICE: &'static str = "gate";
///
///     fn state(&self, key: &str) -> Option<FieldState> {
///         (key == "badge").then(|| if self.badge.is_some() { FieldState::Value } else { FieldState::Absent })
///     }
/// }
///
/// let extension = Extension::new(Badge { badge: Some(7) });
/// assert_eq!(extension.state("badge"), Some(FieldState::Value));
/// let mut profile = Profile::new("gate:north/user/ada".parse()?);
/// profile.extension = Some(extension);
/// assert_eq!(profile.extension_as::<Badge>().and_then(|badge| badge.badge), Some(7));
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
pub trait ProfileExtension: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The name of the service whose profiles have this extension.
    const SERVICE: &'static str;

    /// Returns the state of a field by its serialized name; `None` if the struct has no such field.
    fn state(&self, key: &str) -> Option<FieldState>;
}

/// The type-erased form, so that this crate depends on no service.
trait AnyExtension: Any + Send + Sync {
    fn state(&self, key: &str) -> Option<FieldState>;
    fn as_any(&self) -> &dyn Any;
    fn encode(&self) -> serde_json::Result<Box<RawValue>>;
    /// Returns the fields that were sent, by their serialized names. Computed once.
    fn fields(&self) -> &Fields;
}

/// The fields of an extension that were sent, by their serialized names.
type Fields = BTreeMap<String, RawJson>;

/// A service's struct, and its fields once they are needed.
struct Typed<T> {
    record: T,
    fields: OnceLock<Fields>,
}

impl<T: ProfileExtension> AnyExtension for Typed<T> {
    fn state(&self, key: &str) -> Option<FieldState> {
        self.record.state(key)
    }

    fn as_any(&self) -> &dyn Any {
        &self.record
    }

    fn encode(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(&self.record)
    }

    fn fields(&self) -> &Fields {
        self.fields.get_or_init(|| {
            let json = RawJson::encode(&self.record);
            json.and_then(|json| json.decode().ok()).unwrap_or_default()
        })
    }
}

/// JSON that was read back, and its fields once they are needed.
struct Stored {
    json: RawJson,
    fields: OnceLock<Fields>,
}

/// The extension of a profile: typed if it comes from a provider, JSON if it was deserialized.
///
/// Cheap to clone. `Debug` shows no content.
///
/// ```
/// use anyprofile_core::{FieldState, profile::Extension};
///
/// // Read back from an export, by a program that does not have the service's crate.
/// let extension: Extension = serde_json::from_str(r#"{"badge": 7, "desk": null, "plan": {"seats": 3}}"#)?;
/// assert_eq!(extension.state("badge"), Some(FieldState::Value));
/// assert_eq!(extension.state("desk"), Some(FieldState::Null));
/// assert_eq!(extension.state("plan.seats"), Some(FieldState::Value));
/// assert_eq!(extension.state("room"), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Extension(Content);

#[derive(Clone)]
enum Content {
    Typed(Arc<dyn AnyExtension>),
    Json(Arc<Stored>),
}

impl Extension {
    /// Creates an extension from a service's struct.
    pub fn new<T: ProfileExtension>(extension: T) -> Self {
        Self(Content::Typed(Arc::new(Typed { record: extension, fields: OnceLock::new() })))
    }

    /// Creates an extension from its fields, for a service whose fields are not known when the program is built. Returns `None` if they
    /// cannot be encoded.
    pub fn from_fields(fields: &BTreeMap<String, RawJson>) -> Option<Self> {
        RawJson::encode(fields).map(Self::from_json)
    }

    fn from_json(json: RawJson) -> Self {
        Self(Content::Json(Arc::new(Stored { json, fields: OnceLock::new() })))
    }

    /// Returns the extension as the struct of a service's crate; see
    /// [`Profile::extension_as`](crate::Profile::extension_as).
    pub(crate) fn get<T: ProfileExtension>(&self) -> Option<Cow<'_, T>> {
        match &self.0 {
            Content::Typed(typed) => typed.as_any().downcast_ref().map(Cow::Borrowed),
            Content::Json(stored) => stored.json.decode().ok().map(Cow::Owned),
        }
    }

    /// Returns the value of a field by its serialized name, or of a nested field by names joined with dots; `None` if
    /// it was not sent.
    pub(crate) fn value(&self, path: &str) -> Option<Cow<'_, RawJson>> {
        let fields = self.fields();
        if let Some(value) = fields.get(path) {
            return Some(Cow::Borrowed(value));
        }
        let (name, rest) = path.split_once('.')?;
        inner(fields.get(name)?, rest).map(Cow::Owned)
    }

    /// Returns an extension without fields.
    #[cfg(any(feature = "layers", feature = "memory"))]
    pub(crate) fn empty() -> Option<Self> {
        RawJson::encode(&Fields::new()).map(Self::from_json)
    }

    /// Returns this extension with a value set, inside a field by names that are joined by dots.
    #[cfg(any(feature = "layers", feature = "memory"))]
    pub(crate) fn with(&self, path: &str, value: RawJson) -> Option<Self> {
        let mut fields = self.fields().clone();
        set(&mut fields, path, value)?;
        RawJson::encode(&fields).map(Self::from_json)
    }

    /// Returns the serialized names of the fields that were sent.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.fields().keys().cloned().collect()
    }

    fn fields(&self) -> &Fields {
        match &self.0 {
            Content::Typed(typed) => typed.fields(),
            Content::Json(stored) => stored.fields.get_or_init(|| stored.json.decode().unwrap_or_default()),
        }
    }

    /// Returns this extension completed with the other one: a value replaces null, and null replaces absent. Also
    /// returns the names of the fields that were taken, and of those that differ.
    pub(crate) fn filled_from(&self, other: &Self) -> (Self, Vec<String>, Vec<String>) {
        let (mut fields, mut taken, mut differing) = (self.fields().clone(), Vec::new(), Vec::new());
        for (key, value) in other.fields() {
            match fields.get(key).map(RawJson::get) {
                Some(own) if own == value.get() || value.get() == "null" => {}
                None | Some("null") => {
                    fields.insert(key.clone(), value.clone());
                    taken.push(key.clone());
                }
                Some(_) => differing.push(key.clone()),
            }
        }
        match RawJson::encode(&fields) {
            Some(json) => (Self::from_json(json), taken, differing),
            None => (self.clone(), Vec::new(), Vec::new()),
        }
    }

    /// Returns the state of a field by its serialized name, or of a value inside it by names that are joined by dots. Returns
    /// `None` if the extension has no such field.
    pub fn state(&self, key: &str) -> Option<FieldState> {
        let typed = match &self.0 {
            Content::Typed(typed) => typed.state(key),
            Content::Json(_) => None,
        };
        typed.or_else(|| {
            let value = self.value(key)?;
            Some(if value.get() == "null" { FieldState::Null } else { FieldState::Value })
        })
    }
}

/// Returns a nested value of a JSON object, by names joined with dots.
pub(crate) fn inner(json: &RawJson, path: &str) -> Option<RawJson> {
    let fields: Fields = json.decode().ok()?;
    if let Some(value) = fields.get(path) {
        return Some(value.clone());
    }
    let (name, rest) = path.split_once('.')?;
    inner(fields.get(name)?, rest)
}

/// Sets a value among fields, or inside one of them by names that are joined by dots. `None` if there is something else than an
/// object on the way.
#[cfg(any(feature = "layers", feature = "memory"))]
fn set(fields: &mut Fields, path: &str, value: RawJson) -> Option<()> {
    let Some((name, rest)) = path.split_once('.').filter(|_| !fields.contains_key(path)) else {
        fields.insert(path.to_owned(), value);
        return Some(());
    };
    let mut inside: Fields = match fields.get(name) {
        Some(json) if json.get() != "null" => json.decode().ok()?,
        _ => Fields::new(),
    };
    set(&mut inside, rest, value)?;
    fields.insert(name.to_owned(), RawJson::encode(&inside)?);
    Some(())
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Extension(..)")
    }
}

/// Extensions are equal if their JSON is equal.
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
            Content::Typed(typed) => typed.encode().map_err(ser::Error::custom)?.serialize(serializer),
            Content::Json(stored) => stored.json.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawJson::deserialize(deserializer).map(Self::from_json)
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
