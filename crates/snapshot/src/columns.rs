//! The columns of the tables: one row a profile.
//!
//! The same names are the header of a csv file, and the columns of a Parquet file and of a database. Lists are columns of their own there;
//! in a csv file they are texts.

use std::borrow::Cow;

use anyprofile_core::{
    Field, FieldPath, Profile, Timestamp,
    profile::{Actor, ValueRef},
};

use crate::{
    lists::{self, List},
    store::Row,
};

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// There is none. Why is in the column of the state, and in the profile.
    None,
    Text(Cow<'a, str>),
    Bool(bool),
    Time(Timestamp),
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// A text.
    Text,
    /// A text out of a few.
    Word,
    Bool,
    Time,
    /// A list: the texts of its items, joined by `; `, where a table has no lists.
    List,
    /// The whole profile, as JSON.
    Json,
}

/// A column.
#[allow(clippy::struct_field_names, reason = "`type` is a word of the language")]
#[cfg_attr(not(any(feature = "arrow", feature = "postgres", feature = "sqlite")), allow(dead_code))]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) column_type: ColumnType,
    get: Get,
}

/// Where a value comes from.
enum Get {
    /// A part of the id, or another text that every profile has.
    Of(fn(&Profile) -> Cow<'_, str>),
    /// A field.
    Field(FieldPath),
    /// A list.
    List(&'static List),
    /// The state of a field, as one of five words.
    State(FieldPath),
    /// A part of a field that names a person.
    Person(
        #[cfg_attr(not(feature = "arrow"), allow(dead_code))] FieldPath,
        fn(&Profile) -> &Field<Actor>,
        fn(&Actor) -> &Field<String>,
    ),
    /// The first address, or the one marked as the primary one.
    Email,
    /// The profile as JSON.
    Json,
}

impl Column {
    /// Returns whether every profile has a value.
    #[cfg(any(feature = "arrow", feature = "postgres", feature = "sqlite"))]
    pub(crate) const fn is_always_there(&self) -> bool {
        matches!(self.get, Get::Of(_) | Get::State(_) | Get::Json)
    }

    /// Returns the field that the column shows, or has the state of; `None` for the parts of the id and for the whole profile.
    #[cfg(feature = "arrow")]
    pub(crate) fn path(&self) -> Option<FieldPath> {
        match &self.get {
            Get::Field(path) | Get::State(path) | Get::Person(path, ..) => Some(path.clone()),
            Get::List(list) => Some(list.path.clone()),
            Get::Email => Some(FieldPath::EMAILS),
            Get::Of(_) | Get::Json => None,
        }
    }

    /// Returns the list, where a table can have one.
    #[cfg(feature = "arrow")]
    pub(crate) const fn list(&self) -> Option<&'static List> {
        match self.get {
            Get::List(list) => Some(list),
            _ => None,
        }
    }

    /// Returns the value for a profile.
    pub(crate) fn value<'a>(&self, row: &'a Row) -> Value<'a> {
        let profile = &row.profile;
        match &self.get {
            Get::Of(text) => Value::Text(text(profile)),
            Get::Field(path) => match profile.get(path).into_value() {
                Some(ValueRef::Text(text)) => Value::Text(text.into()),
                Some(ValueRef::Bool(value)) => Value::Bool(value),
                Some(ValueRef::Time(time)) => Value::Time(time),
                // No column has another type.
                Some(_) | None => Value::None,
            },
            Get::List(list) => list.text(profile).map_or(Value::None, |text| Value::Text(text.into())),
            Get::State(path) => Value::Text(profile.state(path, &row.capabilities).as_str().into()),
            Get::Person(_, person, part) => {
                let text = person(profile).value().and_then(|person| part(person).value());
                text.map_or(Value::None, |text| Value::Text(text.as_str().into()))
            }
            Get::Email => profile.email().map_or(Value::None, |email| Value::Text(email.into())),
            Get::Json => Value::Text((&*row.line).into()),
        }
    }
}

const fn text(name: &'static str, path: FieldPath) -> Column {
    Column { name, column_type: ColumnType::Text, get: Get::Field(path) }
}

const fn word(name: &'static str, path: FieldPath) -> Column {
    Column { name, column_type: ColumnType::Word, get: Get::Field(path) }
}

const fn bool(name: &'static str, path: FieldPath) -> Column {
    Column { name, column_type: ColumnType::Bool, get: Get::Field(path) }
}

const fn time(name: &'static str, path: FieldPath) -> Column {
    Column { name, column_type: ColumnType::Time, get: Get::Field(path) }
}

const fn list(list: &'static List) -> Column {
    Column { name: list.name, column_type: ColumnType::List, get: Get::List(list) }
}

const fn state(name: &'static str, path: FieldPath) -> Column {
    Column { name, column_type: ColumnType::Word, get: Get::State(path) }
}

const fn person(
    name: &'static str,
    path: FieldPath,
    person: fn(&Profile) -> &Field<Actor>,
    part: fn(&Actor) -> &Field<String>,
) -> Column {
    Column { name, column_type: ColumnType::Text, get: Get::Person(path, person, part) }
}

const fn of(name: &'static str, column_type: ColumnType, get: fn(&Profile) -> Cow<'_, str>) -> Column {
    Column { name, column_type, get: Get::Of(get) }
}

/// All columns, in their order.
pub(crate) const COLUMNS: &[Column] = &[
    of("id", ColumnType::Text, |profile| profile.id.to_string().into()),
    of("service", ColumnType::Word, |profile| profile.id.service.as_str().into()),
    of("account", ColumnType::Word, |profile| profile.id.account.as_str().into()),
    of("collection", ColumnType::Word, |profile| profile.id.kind.as_str().into()),
    of("native_id", ColumnType::Text, |profile| profile.id.native().into()),
    text("display_name", FieldPath::NAME_DISPLAY),
    Column { name: "email", column_type: ColumnType::Text, get: Get::Email },
    word("kind", FieldPath::KIND),
    word("status", FieldPath::STATUS),
    state("status_state", FieldPath::STATUS),
    text("status_raw", FieldPath::STATUS_RAW),
    word("declared_status", FieldPath::DECLARED_STATUS),
    state("declared_status_state", FieldPath::DECLARED_STATUS),
    bool("mfa_enabled", FieldPath::SECURITY_MFA_ENABLED),
    state("mfa_enabled_state", FieldPath::SECURITY_MFA_ENABLED),
    list(lists::MFA_METHODS),
    state("mfa_methods_state", FieldPath::SECURITY_MFA_METHODS),
    bool("sso", FieldPath::SECURITY_SSO),
    state("sso_state", FieldPath::SECURITY_SSO),
    time("last_login", FieldPath::SECURITY_LAST_LOGIN),
    state("last_login_state", FieldPath::SECURITY_LAST_LOGIN),
    time("first_login", FieldPath::SECURITY_FIRST_LOGIN),
    state("first_login_state", FieldPath::SECURITY_FIRST_LOGIN),
    bool("is_owner", FieldPath::ACCESS_OWNER),
    state("is_owner_state", FieldPath::ACCESS_OWNER),
    bool("is_billing_admin", FieldPath::ACCESS_BILLING_ADMIN),
    state("is_billing_admin_state", FieldPath::ACCESS_BILLING_ADMIN),
    time("created", FieldPath::TIMES_CREATED),
    time("updated", FieldPath::TIMES_UPDATED),
    time("status_changed", FieldPath::TIMES_STATUS_CHANGED),
    text("external_id", FieldPath::EXTERNAL_ID),
    text("username", FieldPath::USERNAME),
    list(lists::EMAILS),
    list(lists::ROLES),
    list(lists::GROUPS),
    list(lists::LABELS),
    list(lists::ENTITLEMENTS),
    list(lists::CREDENTIALS),
    list(lists::PHONES),
    text("given_name", FieldPath::NAME_GIVEN),
    text("family_name", FieldPath::NAME_FAMILY),
    text("formatted_name", FieldPath::NAME_FORMATTED),
    text("nickname", FieldPath::NICKNAME),
    text("title", FieldPath::TITLE),
    text("locale", FieldPath::LOCALE),
    text("country", FieldPath::COUNTRY),
    text("timezone", FieldPath::TIMEZONE),
    text("organization_name", FieldPath::ORGANIZATION_NAME),
    text("organization_role", FieldPath::ORGANIZATION_ROLE),
    text("employee_number", FieldPath::EMPLOYEE_NUMBER),
    text("department", FieldPath::EMPLOYEE_DEPARTMENT),
    text("division", FieldPath::EMPLOYEE_DIVISION),
    text("cost_center", FieldPath::EMPLOYEE_COST_CENTER),
    person("manager_id", FieldPath::EMPLOYEE_MANAGER, |it| &it.employee.manager, |it| &it.id),
    person("manager_email", FieldPath::EMPLOYEE_MANAGER, |it| &it.employee.manager, |it| &it.email),
    person("manager_name", FieldPath::EMPLOYEE_MANAGER, |it| &it.employee.manager, |it| &it.name),
    person("owner_id", FieldPath::OWNER, |it| &it.owner, |it| &it.id),
    person("owner_email", FieldPath::OWNER, |it| &it.owner, |it| &it.email),
    person("owner_name", FieldPath::OWNER, |it| &it.owner, |it| &it.name),
    person("changed_by_email", FieldPath::CHANGED_BY, |it| &it.changed_by, |it| &it.email),
    person("changed_by_name", FieldPath::CHANGED_BY, |it| &it.changed_by, |it| &it.name),
    text("billing_contact", FieldPath::BILLING_CONTACT),
    text("billing_currency", FieldPath::BILLING_CURRENCY),
    bool("invoiced", FieldPath::BILLING_INVOICED),
    Column { name: "profile", column_type: ColumnType::Json, get: Get::Json },
];
