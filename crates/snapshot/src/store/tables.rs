//! The tables of a database, which SQLite and PostgreSQL share.
//!
//! | table | one row is |
//! |---|---|
//! | `runs` | a snapshot, with its manifest |
//! | `profiles` | a profile of a run, with the columns of the Arrow schema; lists are texts there, joined by `; ` |
//! | `emails`, `roles`, `groups`, `labels`, `entitlements`, `credentials`, `phones` | an item of that list of a profile |
//!
//! Null in a list column of `profiles` means that the list is not known, and an empty text that it is empty.
//!
//! | view | what it shows of the newest run |
//! |---|---|
//! | `latest_profiles` | its profiles |
//! | `review_mfa` | who has no multi-factor authentication, or of whom it is not known, and why |
//! | `review_owners` | who owns an account or administers its billing, or of whom that is not shown |
//! | `review_dormant` | who did not sign in in the 90 days before the run, or never, or of whom it is not known, and why |
//!
//! Whoever deletes a row of `runs` deletes the run; in SQLite, with `PRAGMA foreign_keys = ON`.

use std::fmt::Write as _;

use anyprofile_core::Timestamp;

use crate::{
    columns::{COLUMNS, ColumnType, Value},
    lists::{LISTS, List, microseconds},
};

/// How many profiles are read at once.
pub(crate) const PAGE: i64 = 1024;

/// What differs between databases.
pub(crate) struct Dialect {
    /// What stands before the name of a table.
    pub(crate) prefix: &'static str,
    /// The type of the number of a run, and how it is numbered.
    pub(crate) integer: &'static str,
    pub(crate) numbered: &'static str,
    pub(crate) time: &'static str,
    /// The type of the column `profile`.
    pub(crate) json: &'static str,
    /// The moment 90 days before the start of a run, whose alias is `r`.
    pub(crate) days_90_before: &'static str,
}

impl Dialect {
    const fn type_of(&self, column_type: ColumnType) -> &'static str {
        match column_type {
            ColumnType::Text | ColumnType::Word | ColumnType::List => "text",
            ColumnType::Bool => "boolean",
            ColumnType::Time => self.time,
            ColumnType::Json => self.json,
        }
    }

    /// Returns the statements that create all tables, indexes and views.
    pub(crate) fn schema(&self) -> String {
        let Self { prefix, integer, numbered, time, days_90_before, .. } = self;
        let mut sql = format!(
            "CREATE TABLE {prefix}runs (
    run {numbered},
    started {time} NOT NULL,
    ended {time} NOT NULL,
    complete boolean NOT NULL,
    rows {integer} NOT NULL,
    manifest text NOT NULL,
    seal text NOT NULL
);
CREATE TABLE {prefix}profiles (
    run {integer} NOT NULL REFERENCES {prefix}runs (run) ON DELETE CASCADE,
    position {integer} NOT NULL,
"
        );
        for column in COLUMNS {
            let not_null = if column.is_always_there() { " NOT NULL" } else { "" };
            let _ = writeln!(sql, "    {} {}{not_null},", column.name, self.type_of(column.column_type));
        }
        let _ = write!(
            sql,
            "    PRIMARY KEY (run, id),
    UNIQUE (run, position)
);
CREATE INDEX profiles_email ON {prefix}profiles (run, email);
CREATE INDEX profiles_account ON {prefix}profiles (run, service, account);
CREATE INDEX profiles_status ON {prefix}profiles (run, status);
",
        );
        for list in tables() {
            let _ = write!(
                sql,
                "CREATE TABLE {prefix}{} (
    run {integer} NOT NULL,
    profile_id text NOT NULL,
    position {integer} NOT NULL,
",
                list.name
            );
            for (name, column_type) in list.columns {
                let _ = writeln!(sql, "    {} {},", name_of(name), self.type_of(*column_type));
            }
            let _ = write!(
                sql,
                "    PRIMARY KEY (run, profile_id, position),
    FOREIGN KEY (run, profile_id) REFERENCES {prefix}profiles (run, id) ON DELETE CASCADE
);
"
            );
        }
        let _ = write!(
            sql,
            "CREATE INDEX emails_address ON {prefix}emails (run, address);
CREATE VIEW {prefix}latest_profiles AS
    SELECT p.* FROM {prefix}profiles p WHERE p.run = (SELECT max(run) FROM {prefix}runs);
CREATE VIEW {prefix}review_mfa AS
    SELECT CASE WHEN mfa_enabled IS NULL THEN 'not known' ELSE 'off' END AS finding, mfa_enabled_state,
        service, account, id, display_name, email, kind, status, status_state, is_owner, is_owner_state, last_login, last_login_state
    FROM {prefix}latest_profiles
    WHERE mfa_enabled IS NOT TRUE;
CREATE VIEW {prefix}review_owners AS
    SELECT CASE WHEN is_owner IS TRUE THEN 'owner' WHEN is_billing_admin IS TRUE THEN 'billing administrator' ELSE 'not known' END
            AS finding, is_owner_state, is_billing_admin_state,
        service, account, id, display_name, email, kind, status, status_state, mfa_enabled, mfa_enabled_state, last_login, last_login_state
    FROM {prefix}latest_profiles
    WHERE is_owner IS TRUE OR is_billing_admin IS TRUE
        OR (is_owner IS NULL AND is_billing_admin IS NULL);
CREATE VIEW {prefix}review_dormant AS
    SELECT CASE WHEN p.last_login IS NOT NULL THEN 'dormant' WHEN p.last_login_state = 'null' THEN 'never signed in' ELSE 'not known' END
            AS finding, p.last_login, p.last_login_state,
        p.service, p.account, p.id, p.display_name, p.email, p.kind, p.status, p.status_state, p.created
    FROM {prefix}latest_profiles p JOIN {prefix}runs r ON r.run = p.run
    WHERE (p.last_login IS NULL OR p.last_login < {days_90_before}) AND (p.status IS NULL OR p.status IN ('active', 'pending'));
"
        );
        sql
    }
}

/// Returns the lists that have a table.
pub(crate) fn tables() -> impl Iterator<Item = &'static List> {
    LISTS.into_iter().filter(|list| list.is_of_records())
}

/// Returns the columns of the table `profiles`, in the order in which a row is written.
pub(crate) fn profile_columns() -> Vec<&'static str> {
    ["run", "position"].into_iter().chain(COLUMNS.iter().map(|column| column.name)).collect()
}

/// Returns the columns of the table of a list, in the order in which a row is written.
pub(crate) fn list_columns(list: &List) -> Vec<&'static str> {
    let names = list.columns.iter().map(|(name, _)| name_of(name));
    ["run", "profile_id", "position"].into_iter().chain(names).collect()
}

/// Returns the name of a column in SQL, where `primary` is a word of the language.
fn name_of(name: &'static str) -> &'static str {
    if name == "primary" { "is_primary" } else { name }
}

/// Returns a time as text, in UTC with six digits behind the point, so that texts sort as times do. The profile keeps the exact time.
pub(crate) fn time_text(time: Timestamp) -> Option<String> {
    microseconds(time)?;
    let text = time.to_string();
    let (seconds, fraction) =
        text.trim_end_matches('Z').split_once('.').unwrap_or((text.trim_end_matches('Z'), ""));
    Some(format!("{seconds}.{fraction:0<6.6}Z"))
}

/// A value of a row, as databases take it.
pub(crate) enum Cell<'a> {
    Null,
    Text(std::borrow::Cow<'a, str>),
    Bool(bool),
}

impl<'a> From<Value<'a>> for Cell<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::None => Self::Null,
            Value::Text(text) => Self::Text(text),
            Value::Bool(value) => Self::Bool(value),
            Value::Time(time) => time_text(time).map_or(Self::Null, |text| Self::Text(text.into())),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use anyprofile_core::{Capabilities, Profile, profile::Email};

    use super::*;
    use crate::{Manifest, Row};

    /// A manifest, whose profiles are not needed.
    pub(crate) fn manifest() -> Manifest {
        crate::check::planted().unwrap().0
    }

    /// Rows in which Ada comes four times: twice in one piece, twice in the next.
    pub(crate) fn twice() -> [Vec<Row>; 2] {
        let row = |id: &str, name: &str, address: &str| {
            let mut profile = Profile::new(format!("memory:main/user/{id}").parse().unwrap());
            profile.name.display = name.into();
            profile.emails = vec![Email::new(address)].into();
            Row::new(0, profile, Arc::new(Capabilities::default())).unwrap()
        };
        let ada = |number: u32| row("ada", &format!("Ada {number}"), &format!("{number}@example.org"));
        [vec![ada(1), row("grace", "Grace", "grace@example.org"), ada(2)], vec![ada(3), ada(4)]]
    }

    #[test]
    fn times_as_texts_sort_as_times_do() {
        let of = |text: &str| time_text(text.parse().unwrap());
        assert_eq!(of("2026-01-31T12:00:00Z").as_deref(), Some("2026-01-31T12:00:00.000000Z"));
        assert_eq!(of("2026-01-31T12:00:00.5+01:00").as_deref(), Some("2026-01-31T11:00:00.500000Z"));
        assert_eq!(of("2026-01-31T12:00:00.123456789Z").as_deref(), Some("2026-01-31T12:00:00.123456Z"));
        assert_eq!(of("0000-01-31T12:00:00Z"), None);
    }
}
