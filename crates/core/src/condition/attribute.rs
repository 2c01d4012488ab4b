//! A field, or a part of one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    Email, Field, FieldPath,
    profile::value::Record,
    profile::{Actor, FieldPathError, Label, Role, RoleAssignment, RoleScope, ValueRef},
};

/// A field, or a part of a field that is a list or a record: `emails.address`, `roles.role.name`, `changed_by.email`,
/// `grants.NAME`.
///
/// ```
/// use anyprofile_core::{FieldPath, condition::Attribute};
///
/// let attribute: Attribute = "roles.role.name".parse()?;
/// assert_eq!((attribute.field(), attribute.part()), (&FieldPath::ROLES, Some("role.name")));
/// assert!("roles.colour".parse::<Attribute>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Attribute {
    field: FieldPath,
    part: Option<String>,
}

impl Attribute {
    /// Creates the attribute that is a part of a field: `address` of `emails`, `role.name` of `roles`.
    ///
    /// # Errors
    /// [`AttributeError`] if the field has no such part.
    pub fn part_of(field: FieldPath, part: &str) -> Result<Self, AttributeError> {
        if part.is_empty() {
            return Err(AttributeError(Reason::NoPart { field, parts: Vec::new() }));
        }
        match parts_of(&field) {
            // Pairs have any name.
            None if field == FieldPath::GRANTS => {}
            Some(parts) if parts.iter().any(|it| it == part) => {}
            parts => {
                let parts = parts.unwrap_or_default();
                return Err(AttributeError(Reason::NoPart { field, parts }));
            }
        }
        Ok(Self { field, part: Some(part.to_owned()) })
    }

    /// Returns the field.
    pub const fn field(&self) -> &FieldPath {
        &self.field
    }

    /// Returns the part of the field, if only a part is meant: names that are joined by dots.
    pub fn part(&self) -> Option<&str> {
        self.part.as_deref()
    }

    /// Writes the attribute; inside the brackets of a list only its part.
    pub(super) fn write(&self, out: &mut impl fmt::Write, list: Option<&FieldPath>) -> fmt::Result {
        match &self.part {
            Some(part) if list == Some(&self.field) => out.write_str(part),
            Some(part) => write!(out, "{}.{part}", self.field),
            None => out.write_str(self.field.as_str()),
        }
    }
}

/// The names of the parts of a field, those inside a part joined by dots; `None` if it has none, or any.
fn parts_of(field: &FieldPath) -> Option<Vec<String>> {
    let sample: Box<dyn Record> = match field {
        field if *field == FieldPath::EMAILS => Box::new(Email::default()),
        field if *field == FieldPath::LABELS => Box::new(Label::default()),
        field if *field == FieldPath::CHANGED_BY => Box::new(Actor::default()),
        field if *field == FieldPath::ROLES => {
            Box::new(RoleAssignment::new(Role::default(), RoleScope::default()))
        }
        _ => return None,
    };
    let mut names = Vec::new();
    collect(&*sample, "", &mut names);
    Some(names)
}

fn collect(record: &dyn Record, prefix: &str, names: &mut Vec<String>) {
    for (name, field) in record.fields() {
        match field {
            Field::Value(ValueRef::Record(inner)) => collect(inner, &format!("{prefix}{name}."), names),
            _ => names.push(format!("{prefix}{name}")),
        }
    }
}

impl From<FieldPath> for Attribute {
    fn from(field: FieldPath) -> Self {
        Self { field, part: None }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, None)
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Attribute({})", self.field.redacted())
    }
}

impl FromStr for Attribute {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<Self, AttributeError> {
        let error = match text.parse::<FieldPath>() {
            Ok(field) => return Ok(field.into()),
            Err(error) => error,
        };
        let split = text.split_once('.').and_then(|(name, part)| Some((name.parse().ok()?, part)));
        match split {
            Some((field, part)) => Self::part_of(field, part),
            None => Err(AttributeError(Reason::NoField(error))),
        }
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::word::word(deserializer, str::parse)?.map_err(de::Error::custom)
    }
}

/// The text does not name a field of a profile, or a part of one.
///
/// ```
/// use anyprofile_core::condition::Attribute;
///
/// // The message says which parts there are.
/// let error = "changed_by.mail".parse::<Attribute>().unwrap_err();
/// assert_eq!(error.to_string(), "no such part; the parts of changed_by are id, name, email");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeError(Reason);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    NoField(FieldPathError),
    NoPart { field: FieldPath, parts: Vec<String> },
}

impl fmt::Display for AttributeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::NoField(error) => error.fmt(formatter),
            Reason::NoPart { field, parts } if parts.is_empty() => write!(formatter, "{field} has no parts"),
            Reason::NoPart { field, parts } => {
                write!(formatter, "no such part; the parts of {field} are {}", parts.join(", "))
            }
        }
    }
}

impl std::error::Error for AttributeError {}
