//! The lists of a profile as rows: what a nested column of Arrow holds, and a table of a database.

use anyprofile_core::{
    Field, FieldPath, Profile, Timestamp,
    profile::{CredentialKind, EmailPurpose, ScopeTier},
};

use crate::columns::{ColumnType, Value};

/// A list of a profile.
pub(crate) struct List {
    /// The name of its column, and of its table.
    pub(crate) name: &'static str,
    /// The columns of its items. A list of texts has one.
    pub(crate) columns: &'static [(&'static str, ColumnType)],
    /// The field.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code, reason = "asked for by record batches alone"))]
    pub(crate) path: FieldPath,
    /// The columns that name an item: the first that has a value does.
    naming: &'static [usize],
    /// The columns that name where it applies, if that is told.
    place: &'static [usize],
    rows: for<'a> fn(&'a Profile) -> Option<Rows<'a>>,
}

/// A row for each item.
type Rows<'a> = Vec<Vec<Value<'a>>>;

impl List {
    /// Returns a row for each item, with a value for each column; `None` if the list is not known.
    pub(crate) fn rows<'a>(&self, profile: &'a Profile) -> Option<Rows<'a>> {
        (self.rows)(profile)
    }

    /// Returns the list as a text: the names of its items, joined by `; `. `None` if the list is not known.
    pub(crate) fn text(&self, profile: &Profile) -> Option<String> {
        let named = |row: &[Value<'_>], columns: &[usize]| {
            columns.iter().find_map(|column| match row.get(*column) {
                Some(Value::Text(text)) => Some(text.to_string()),
                _ => None,
            })
        };
        let text = |row: &Vec<Value<'_>>| {
            let name = named(row, self.naming)?;
            Some(match named(row, self.place) {
                Some(place) => format!("{name} ({place})"),
                None => name,
            })
        };
        Some(self.rows(profile)?.iter().filter_map(text).collect::<Vec<_>>().join("; "))
    }

    /// Returns whether the items are records. Those of the other lists are texts.
    pub(crate) const fn is_of_records(&self) -> bool {
        self.columns.len() > 1
    }
}

fn text(field: &Field<String>) -> Value<'_> {
    field.value().map_or(Value::None, |text| Value::Text(text.as_str().into()))
}

fn word<T>(field: &Field<T>, word: fn(&T) -> &str) -> Value<'_> {
    field.value().map_or(Value::None, |value| Value::Text(word(value).into()))
}

fn bool(field: Field<bool>) -> Value<'static> {
    field.value().map_or(Value::None, |value| Value::Bool(*value))
}

fn time(field: &Field<Timestamp>) -> Value<'static> {
    field.value().map_or(Value::None, |time| Value::Time(*time))
}

fn rows<'a, T>(list: &'a Field<Vec<T>>, row: impl Fn(&'a T) -> Vec<Value<'a>>) -> Option<Rows<'a>> {
    list.value().map(|items| items.iter().map(row).collect())
}

pub(crate) const MFA_METHODS: &List = &List {
    name: "mfa_methods",
    path: FieldPath::SECURITY_MFA_METHODS,
    columns: &[("item", ColumnType::Text)],
    naming: &[0],
    place: &[],
    rows: |profile| rows(&profile.security.mfa_methods, |it| vec![Value::Text(it.as_str().into())]),
};

pub(crate) const EMAILS: &List = &List {
    name: "emails",
    path: FieldPath::EMAILS,
    columns: &[
        ("address", ColumnType::Text),
        ("purpose", ColumnType::Word),
        ("primary", ColumnType::Bool),
        ("verified", ColumnType::Bool),
    ],
    naming: &[0],
    place: &[],
    rows: |profile| {
        rows(&profile.emails, |it| {
            vec![
                text(&it.address),
                word(&it.purpose, EmailPurpose::as_str),
                bool(it.primary),
                bool(it.verified),
            ]
        })
    },
};

pub(crate) const ROLES: &List = &List {
    name: "roles",
    path: FieldPath::ROLES,
    columns: &[
        ("role_id", ColumnType::Text),
        ("role_name", ColumnType::Text),
        ("scope_tier", ColumnType::Word),
        ("scope_id", ColumnType::Text),
        ("scope_name", ColumnType::Text),
    ],
    naming: &[1, 0],
    place: &[4, 3],
    rows: |profile| {
        rows(&profile.roles, |it| {
            let (role, scope) = (it.role.value(), it.scope.value());
            vec![
                role.map_or(Value::None, |role| text(&role.id)),
                role.map_or(Value::None, |role| text(&role.name)),
                scope.map_or(Value::None, |scope| word(&scope.tier, ScopeTier::as_str)),
                scope.map_or(Value::None, |scope| text(&scope.id)),
                scope.map_or(Value::None, |scope| text(&scope.name)),
            ]
        })
    },
};

pub(crate) const GROUPS: &List = &List {
    name: "groups",
    path: FieldPath::GROUPS,
    columns: &[("id", ColumnType::Text), ("name", ColumnType::Text), ("kind", ColumnType::Word)],
    naming: &[1, 0],
    place: &[],
    rows: |profile| rows(&profile.groups, |it| vec![text(&it.id), text(&it.name), text(&it.kind)]),
};

pub(crate) const LABELS: &List = &List {
    name: "labels",
    path: FieldPath::LABELS,
    columns: &[("id", ColumnType::Text), ("name", ColumnType::Text)],
    naming: &[1, 0],
    place: &[],
    rows: |profile| rows(&profile.labels, |it| vec![text(&it.id), text(&it.name)]),
};

pub(crate) const ENTITLEMENTS: &List = &List {
    name: "entitlements",
    path: FieldPath::ENTITLEMENTS,
    columns: &[("value", ColumnType::Text), ("name", ColumnType::Text), ("kind", ColumnType::Word)],
    naming: &[1, 0],
    place: &[],
    rows: |profile| rows(&profile.entitlements, |it| vec![text(&it.value), text(&it.name), text(&it.kind)]),
};

pub(crate) const CREDENTIALS: &List = &List {
    name: "credentials",
    path: FieldPath::CREDENTIALS,
    columns: &[
        ("id", ColumnType::Text),
        ("kind", ColumnType::Word),
        ("name", ColumnType::Text),
        ("created", ColumnType::Time),
        ("last_used", ColumnType::Time),
        ("expires", ColumnType::Time),
    ],
    naming: &[2, 0],
    place: &[],
    rows: |profile| {
        rows(&profile.credentials, |it| {
            vec![
                text(&it.id),
                word(&it.kind, CredentialKind::as_str),
                text(&it.name),
                time(&it.created),
                time(&it.last_used),
                time(&it.expires),
            ]
        })
    },
};

pub(crate) const PHONES: &List = &List {
    name: "phones",
    path: FieldPath::PHONES,
    columns: &[
        ("number", ColumnType::Text),
        ("kind", ColumnType::Word),
        ("primary", ColumnType::Bool),
        ("verified", ColumnType::Bool),
    ],
    naming: &[0],
    place: &[],
    rows: |profile| {
        rows(&profile.phones, |it| {
            vec![text(&it.number), text(&it.kind), bool(it.primary), bool(it.verified)]
        })
    },
};

/// All lists that have a column.
pub(crate) const LISTS: [&List; 8] =
    [MFA_METHODS, EMAILS, ROLES, GROUPS, LABELS, ENTITLEMENTS, CREDENTIALS, PHONES];

/// Returns a time in microseconds since 1970, rounded down; `None` before the year 1, which databases and Python do not have.
pub(crate) fn microseconds(time: Timestamp) -> Option<i64> {
    const YEAR_1: i64 = -62_135_596_800_000_000;
    i64::try_from(time.unix_nanoseconds().div_euclid(1000)).ok().filter(|time| *time >= YEAR_1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::COLUMNS;

    #[test]
    fn every_list_has_a_column_and_every_list_column_has_a_list() {
        let columns = COLUMNS.iter().filter(|column| column.column_type == ColumnType::List);
        let mut columns: Vec<_> = columns.map(|column| column.name).collect();
        let mut lists: Vec<_> = LISTS.iter().map(|list| list.name).collect();
        columns.sort_unstable();
        lists.sort_unstable();
        assert_eq!(columns, lists);
    }

    #[test]
    fn a_time_is_rounded_down_and_has_a_range() {
        let of = |text: &str| microseconds(text.parse().unwrap());
        assert_eq!(of("1970-01-01T00:00:00.000001999Z"), Some(1));
        assert_eq!(of("1969-12-31T23:59:59.9999999Z"), Some(-1));
        assert_eq!(of("9999-12-31T23:59:59Z"), Some(253_402_300_799_000_000));
        assert_eq!(of("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000_000));
        assert_eq!(of("0000-12-31T23:59:59Z"), None);
    }
}
