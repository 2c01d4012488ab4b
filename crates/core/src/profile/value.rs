//! A field's value, borrowed, whatever its type.

use std::{any::Any, borrow::Cow, collections::BTreeMap, fmt};

use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap as _};
use serde_json::Value;

use crate::{
    Field, ProfileId, Timestamp,
    origin::{Fill, fill},
    profile::RawJson,
};

/// A field of a profile, borrowed: what [`Profile::get`](crate::Profile::get) returns.
pub type FieldRef<'a> = Field<ValueRef<'a>>;

/// A value of a profile's field, borrowed.
///
/// Serializes as the field does. `Debug` shows the type and no content.
///
/// ```
/// use anyprofile_core::{FieldPath, Profile};
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// ada.title = "countess".into();
/// // The cell of a table, for any field: its value, or why there is none.
/// assert_eq!(ada.get(&FieldPath::TITLE).to_string(), "countess");
/// assert_eq!(ada.get(&FieldPath::COUNTRY).to_string(), "absent");
/// let title = ada.get(&FieldPath::TITLE);
/// assert_eq!(title.value().and_then(|value| value.as_text()), Some("countess"));
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// A text, or the word of an open enumeration.
    Text(&'a str),
    /// True or false.
    Bool(bool),
    /// A point in time.
    Time(Timestamp),
    /// The profile's id.
    Id(&'a ProfileId),
    /// Several values.
    List(&'a dyn List),
    /// Several fields, each with a name.
    Record(&'a dyn Record),
    /// A value whose type is defined by the service.
    Json(Cow<'a, RawJson>),
}

/// The type of a field's value.
///
/// ```
/// use anyprofile_core::{FieldPath, profile::ValueType};
/// use serde_json::Value;
///
/// /// What somebody typed for a field, as a value of its type.
/// fn typed(path: &FieldPath, text: &str) -> Option<Value> {
///     match path.value_type() {
///         ValueType::Text | ValueType::Time => Some(text.into()),
///         ValueType::Bool => text.parse().ok().map(Value::Bool),
///         _ => None,
///     }
/// }
///
/// assert_eq!(typed(&FieldPath::TITLE, "true"), Some("true".into()));
/// assert_eq!(typed(&FieldPath::SECURITY_MFA_ENABLED, "true"), Some(true.into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// Text.
    Text,
    /// True or false.
    Bool,
    /// A point in time, RFC 3339.
    Time,
    /// A [`ProfileId`].
    Id,
    /// Several records.
    List,
    /// Several named fields.
    Record,
    /// Whatever the service sends.
    Json,
}

/// Several fields, each with a name: a part of a profile, or pairs.
///
/// Sealed: the parts of a [`Profile`](crate::Profile) implement it.
///
/// ```
/// use anyprofile_core::{
///     FieldPath, Profile,
///     profile::{Actor, ValueRef},
/// };
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// ada.changed_by = Actor::default().with_name("Grace").into();
/// let changed_by = ada.get(&FieldPath::CHANGED_BY);
/// let Some(ValueRef::Record(actor)) = changed_by.value() else { panic!("the service says who it was") };
/// let sent: Vec<_> = actor.fields().into_iter().filter(|(_, field)| field.is_known()).map(|(name, _)| name).collect();
/// assert_eq!(sent, ["name"]);
/// // The service did not send the address. A record of this type has no telephone at all.
/// assert!(actor.field("email").is_some() && actor.field("telephone").is_none());
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
pub trait Record: sealed::Sealed + Send + Sync {
    /// Returns the field with this name; `None` if there is no such field.
    fn field(&self, name: &str) -> Option<FieldRef<'_>>;

    /// Returns all fields with their names, absent ones included.
    fn fields(&self) -> Vec<(&str, FieldRef<'_>)>;
}

/// Several values.
///
/// Sealed: the lists of a [`Profile`](crate::Profile) implement it.
///
/// ```
/// use anyprofile_core::{Email, FieldPath, Profile, profile::ValueRef};
///
/// let mut ada = Profile::new("library:main/user/ada".parse()?);
/// ada.emails = vec![Email::new("ada@example.org"), Email::new("countess@example.com")].into();
/// let emails = ada.get(&FieldPath::EMAILS);
/// let Some(ValueRef::List(emails)) = emails.value() else { panic!("there are two addresses") };
/// for email in emails.items() {
///     let ValueRef::Record(email) = email else { panic!("an address is a record") };
///     assert!(email.field("address").is_some_and(|address| address.is_known()));
/// }
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
pub trait List: sealed::Sealed + Send + Sync {
    /// Returns the values in their order.
    fn items(&self) -> Vec<ValueRef<'_>>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A type that a field of a profile may have.
pub trait FieldValue {
    /// What [`value_ref`](Self::value_ref) returns.
    const TYPE: ValueType;

    /// Borrows the value.
    fn value_ref(&self) -> ValueRef<'_>;
}

/// A field whose type is not known to whoever holds it.
pub(crate) trait AnyField {
    /// Borrows the value.
    fn get(&self) -> FieldRef<'_>;

    /// Sets the field to a value in its serialized form, or to null.
    #[cfg(any(feature = "layers", feature = "memory", test))]
    fn set(&mut self, value: Option<&Value>) -> serde_json::Result<()>;

    /// Takes the value of a field of the same type if that says more.
    fn fill_from(&mut self, other: &mut dyn AnyField) -> Fill;

    /// The field as what it is.
    fn as_any(&mut self) -> &mut dyn Any;
}

impl<T: FieldValue + DeserializeOwned + PartialEq + 'static> AnyField for Field<T> {
    fn get(&self) -> FieldRef<'_> {
        self.as_ref().map(T::value_ref)
    }

    #[cfg(any(feature = "layers", feature = "memory", test))]
    fn set(&mut self, value: Option<&Value>) -> serde_json::Result<()> {
        *self = match value {
            Some(value) => Self::Value(T::deserialize(value)?),
            None => Self::Null,
        };
        Ok(())
    }

    fn fill_from(&mut self, other: &mut dyn AnyField) -> Fill {
        match other.as_any().downcast_mut::<Self>() {
            Some(other) => fill(self, other.take()),
            None => Fill::Kept,
        }
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl FieldValue for String {
    const TYPE: ValueType = ValueType::Text;

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }
}

impl FieldValue for bool {
    const TYPE: ValueType = ValueType::Bool;

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Bool(*self)
    }
}

impl FieldValue for Timestamp {
    const TYPE: ValueType = ValueType::Time;

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Time(*self)
    }
}

impl<T: FieldValue> FieldValue for Box<T> {
    const TYPE: ValueType = T::TYPE;

    fn value_ref(&self) -> ValueRef<'_> {
        (**self).value_ref()
    }
}

impl<T: FieldValue + Send + Sync> FieldValue for Vec<T> {
    const TYPE: ValueType = ValueType::List;

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::List(self)
    }
}

impl<T> sealed::Sealed for Vec<T> {}

impl<T: FieldValue + Send + Sync> List for Vec<T> {
    fn items(&self) -> Vec<ValueRef<'_>> {
        self.iter().map(T::value_ref).collect()
    }
}

impl<T: FieldValue + Send + Sync> FieldValue for BTreeMap<String, T> {
    const TYPE: ValueType = ValueType::Record;

    fn value_ref(&self) -> ValueRef<'_> {
        ValueRef::Record(self)
    }
}

impl<T> sealed::Sealed for BTreeMap<String, T> {}

/// A pair that is not there is known not to be.
impl<T: FieldValue + Send + Sync> Record for BTreeMap<String, T> {
    fn field(&self, name: &str) -> Option<FieldRef<'_>> {
        Some(self.get(name).map_or(Field::Null, |value| Field::Value(value.value_ref())))
    }

    fn fields(&self) -> Vec<(&str, FieldRef<'_>)> {
        self.iter().map(|(name, value)| (name.as_str(), Field::Value(value.value_ref()))).collect()
    }
}

impl ValueRef<'_> {
    /// Returns the value as JSON; `None` if it has no such form.
    pub fn to_json(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    /// Returns the type of the value.
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::Text(_) => ValueType::Text,
            Self::Bool(_) => ValueType::Bool,
            Self::Time(_) => ValueType::Time,
            Self::Id(_) => ValueType::Id,
            Self::List(_) => ValueType::List,
            Self::Record(_) => ValueType::Record,
            Self::Json(_) => ValueType::Json,
        }
    }
}

impl<'a> ValueRef<'a> {
    /// Returns the string, if it is one: also the word of an open enumeration.
    pub const fn as_text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether it is true, if it is true or false.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the point in time, if it is one.
    pub const fn as_time(&self) -> Option<Timestamp> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }
}

/// Writes a string, time or id as it is, and lists and records as compact JSON.
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.pad(text),
            Self::Bool(value) => value.fmt(formatter),
            Self::Time(time) => time.fmt(formatter),
            Self::Id(id) => id.fmt(formatter),
            Self::Json(json) => formatter.write_str(json.get()),
            Self::List(_) | Self::Record(_) => match serde_json::to_string(self) {
                Ok(text) => formatter.write_str(&text),
                Err(_) => Err(fmt::Error),
            },
        }
    }
}

impl Serialize for ValueRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Time(time) => time.serialize(serializer),
            Self::Id(id) => id.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list.items()),
            Self::Record(record) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, field) in record.fields() {
                    match field {
                        Field::Value(value) => map.serialize_entry(name, &value)?,
                        Field::Null => map.serialize_entry(name, &())?,
                        Field::Absent => {}
                    }
                }
                map.end()
            }
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

/// Shows the type and no content.
impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ValueRef({:?})", self.value_type())
    }
}
