//! The fields of a profile that a rule can fill, by their names in a definition.

use anyprofile_core::{Field, FieldPath, Profile, Timestamp};

use crate::definition::{Map, Rule};

/// A field with a text.
pub(super) type TextField = fn(&mut Profile) -> &mut Field<String>;
/// A field that is true or false.
pub(super) type BoolField = fn(&mut Profile) -> &mut Field<bool>;
/// A field with a time.
pub(super) type TimeField = fn(&mut Profile) -> &mut Field<Timestamp>;

/// Where a rule's value goes.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Text(TextField),
    Bool(BoolField),
    Time(TimeField),
    Kind,
    Status,
    OrganizationKind,
}

/// The fields with one value, with their rule in a map.
type Entry = (FieldPath, Target, fn(&Map) -> Option<&Rule>);

macro_rules! texts {
    ($($path:ident: $($field:ident).+ = $rule:expr,)+) => {
        {
            let entries: Vec<Entry> =
                vec![$((FieldPath::$path, Target::Text(|profile| &mut profile.$($field).+), $rule)),+];
            entries
        }
    };
}

/// Returns the fields with one value.
pub(super) fn scalars() -> Vec<Entry> {
    let mut all: Vec<Entry> = vec![
        (FieldPath::KIND, Target::Kind, |map| map.kind.as_ref()),
        (FieldPath::STATUS, Target::Status, |map| map.status.as_ref()),
        (FieldPath::ORGANIZATION_KIND, Target::OrganizationKind, |map| map.organization.get("kind")),
    ];
    all.extend(texts! {
        STATUS_RAW: status_raw = |map: &Map| map.status_raw.as_ref(),
        EXTERNAL_ID: external_id = |map: &Map| map.external_id.as_ref(),
        USERNAME: username = |map: &Map| map.username.as_ref(),
        PICTURE: picture = |map: &Map| map.picture.as_ref(),
        WEBSITE: website = |map: &Map| map.website.as_ref(),
        TITLE: title = |map: &Map| map.title.as_ref(),
        LOCALE: locale = |map: &Map| map.locale.as_ref(),
        COUNTRY: country = |map: &Map| map.country.as_ref(),
        NICKNAME: nickname = |map: &Map| map.nickname.as_ref(),
        TIMEZONE: timezone = |map: &Map| map.timezone.as_ref(),
        NAME_DISPLAY: name.display = |map: &Map| map.name.get("display"),
        NAME_GIVEN: name.given = |map: &Map| map.name.get("given"),
        NAME_FAMILY: name.family = |map: &Map| map.name.get("family"),
        NAME_MIDDLE: name.middle = |map: &Map| map.name.get("middle"),
        NAME_PREFIX: name.prefix = |map: &Map| map.name.get("prefix"),
        NAME_SUFFIX: name.suffix = |map: &Map| map.name.get("suffix"),
        NAME_FORMATTED: name.formatted = |map: &Map| map.name.get("formatted"),
        ORGANIZATION_NAME: organization.name = |map: &Map| map.organization.get("name"),
        ORGANIZATION_LEGAL_NAME: organization.legal_name = |map: &Map| map.organization.get("legal_name"),
        ORGANIZATION_ROLE: organization.role = |map: &Map| map.organization.get("role"),
        EMPLOYEE_NUMBER: employee.number = |map: &Map| map.employee.get("number"),
        EMPLOYEE_DEPARTMENT: employee.department = |map: &Map| map.employee.get("department"),
        EMPLOYEE_DIVISION: employee.division = |map: &Map| map.employee.get("division"),
        EMPLOYEE_COST_CENTER: employee.cost_center = |map: &Map| map.employee.get("cost_center"),
    });
    all.extend::<[Entry; 4]>([
        (FieldPath::ACCESS_OWNER, Target::Bool(|it| &mut it.access.owner), |map| map.access.get("owner")),
        (FieldPath::ACCESS_BILLING_ADMIN, Target::Bool(|it| &mut it.access.billing_admin), |map| {
            map.access.get("billing_admin")
        }),
        (FieldPath::SECURITY_MFA_ENABLED, Target::Bool(|it| &mut it.security.mfa_enabled), |map| {
            map.security.get("mfa_enabled")
        }),
        (FieldPath::SECURITY_SSO, Target::Bool(|it| &mut it.security.sso), |map| map.security.get("sso")),
    ]);
    all.extend::<[Entry; 5]>([
        (FieldPath::SECURITY_LAST_LOGIN, Target::Time(|it| &mut it.security.last_login), |map| {
            map.security.get("last_login")
        }),
        (FieldPath::SECURITY_FIRST_LOGIN, Target::Time(|it| &mut it.security.first_login), |map| {
            map.security.get("first_login")
        }),
        (FieldPath::TIMES_CREATED, Target::Time(|it| &mut it.times.created), |map| map.times.get("created")),
        (FieldPath::TIMES_UPDATED, Target::Time(|it| &mut it.times.updated), |map| map.times.get("updated")),
        (FieldPath::TIMES_STATUS_CHANGED, Target::Time(|it| &mut it.times.status_changed), |map| {
            map.times.get("status_changed")
        }),
    ]);
    all
}

/// The keys of the groups of a map, which are not checked by its type.
pub(crate) const GROUPS: &[(&str, &[&str])] = &[
    ("name", &["display", "given", "family", "middle", "prefix", "suffix", "formatted"]),
    ("organization", &["name", "legal_name", "kind", "role"]),
    ("employee", &["number", "department", "division", "cost_center"]),
    ("access", &["owner", "billing_admin"]),
    ("security", &["mfa_enabled", "sso", "last_login", "first_login"]),
    ("times", &["created", "updated", "status_changed"]),
];

/// Returns the rules of a group.
pub(crate) fn group<'a>(map: &'a Map, name: &str) -> &'a std::collections::BTreeMap<String, Rule> {
    match name {
        "name" => &map.name,
        "organization" => &map.organization,
        "employee" => &map.employee,
        "access" => &map.access,
        "security" => &map.security,
        _ => &map.times,
    }
}
