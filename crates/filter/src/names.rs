//! The names of attributes: paths of a profile, and the names that SCIM's core schema has for the same fields.

use anyprofile_core::{
    FieldPath,
    condition::{Attribute, AttributeError},
};

/// The meaning of a name.
pub(crate) enum Named {
    /// An attribute of a profile.
    Attribute(Attribute),
    /// SCIM's `active`: whether the status is active.
    Active,
}

/// The schema of a user. An attribute's name may begin with it (RFC 7643 §4.1).
const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User:";

/// Names of SCIM's core schema (RFC 7643 §3.1 and §4.1), with the path and the part of a profile that they mean.
const SCIM_NAMES: &[(&str, FieldPath, Option<&str>)] = &[
    ("userName", FieldPath::USERNAME, None),
    ("externalId", FieldPath::EXTERNAL_ID, None),
    ("displayName", FieldPath::NAME_DISPLAY, None),
    ("name.formatted", FieldPath::NAME_DISPLAY, None),
    ("name.givenName", FieldPath::NAME_GIVEN, None),
    ("name.familyName", FieldPath::NAME_FAMILY, None),
    ("profileUrl", FieldPath::WEBSITE, None),
    ("emails.value", FieldPath::EMAILS, Some("address")),
    ("emails.type", FieldPath::EMAILS, Some("purpose")),
    ("labels.value", FieldPath::LABELS, Some("name")),
    ("labels.display", FieldPath::LABELS, Some("name")),
    ("roles.value", FieldPath::ROLES, Some("role.id")),
    ("roles.display", FieldPath::ROLES, Some("role.name")),
    ("meta.created", FieldPath::TIMES_CREATED, None),
    ("meta.lastModified", FieldPath::TIMES_UPDATED, None),
];

/// Returns the meaning of a name. Inside the brackets of a list, it is a part of the list's items.
pub(crate) fn named(name: &str, list: Option<&FieldPath>) -> Result<Named, AttributeError> {
    let name = match name.split_at_checked(USER_SCHEMA.len()) {
        Some((schema, name)) if schema.eq_ignore_ascii_case(USER_SCHEMA) => name,
        _ => name,
    };
    if let Some(list) = list {
        let in_list = format!("{list}.{name}");
        return match of_scim(&in_list) {
            Some(attribute) => Ok(Named::Attribute(attribute)),
            None => Attribute::part_of(list.clone(), &name.to_ascii_lowercase()).map(Named::Attribute),
        };
    }
    match name.parse::<Attribute>() {
        Ok(attribute) => Ok(Named::Attribute(attribute)),
        // SCIM's names are not case-sensitive.
        Err(_) if name.eq_ignore_ascii_case("active") => Ok(Named::Active),
        // Names of attributes are not case-sensitive, either; the keys of metadata and of unknown fields are.
        Err(error) => of_scim(name)
            .or_else(|| name.to_ascii_lowercase().parse().ok())
            .map(Named::Attribute)
            .ok_or(error),
    }
}

fn of_scim(name: &str) -> Option<Attribute> {
    let (_, path, part) = SCIM_NAMES.iter().find(|(scim, ..)| scim.eq_ignore_ascii_case(name))?;
    match part {
        Some(part) => Attribute::part_of(path.clone(), part).ok(),
        None => Some(path.clone().into()),
    }
}
