//! The people who should be there.

use std::fmt;

use anyprofile_core::{Email, Profile, ProfileId, Status, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Date, ReviewError, error::Result, review::Keys, word::words};

words! {
    /// Whether somebody of a roster is still there.
    pub enum RosterStatus {
        /// They are there.
        Active = "active",
        /// They are still to come.
        Joining = "joining",
        /// They have left.
        Left = "left",
        /// The roster does not say.
        NotKnown = "not_known",
    }
}

/// One person of a roster. `Debug` shows the status alone.
///
/// ```
/// use anyprofile_review::{Roster, RosterStatus};
///
/// let roster = Roster::from_csv("email,status,leave_date\nada@example.com,left,2026-10-31\n")?;
/// assert_eq!(roster.entries()[0].status, RosterStatus::Left);
/// # Ok::<(), anyprofile_review::ReviewError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RosterEntry {
    /// How they are called.
    pub name: Option<String>,
    /// Their e-mail addresses.
    pub emails: Vec<String>,
    /// Their number as an employee.
    pub employee_number: Option<String>,
    /// Whether they are still there. A leave date that is over says that they have left, whatever this is.
    pub status: RosterStatus,
    /// Who leads them: a name, a number or an address, as the roster has it.
    pub manager: Option<String>,
    /// The last day: of an employment, or of a contract.
    pub leave_date: Option<Date>,
    /// What they are: an employee, a contractor, as the roster has it.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The line of the file; `None` if the entry is a profile of an account.
    pub line: Option<u64>,
}

impl fmt::Debug for RosterEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RosterEntry({}, line {:?})", self.status, self.line)
    }
}

/// The people who should be there, by whoever employs them: a file, or an account of the review, such as that of the personnel system.
///
/// A file is comma-separated values with a line of names, or a JSON object a line. It has these columns, in any order, and at least one of
/// the first two; other columns are left out and [named](Self::ignored).
///
/// | column | also | meaning |
/// |---|---|---|
/// | `email` | `e-mail`, `mail` | addresses, separated by `;` |
/// | `employee_number` | `employee_id` | the number of an employee |
/// | `name` | `display_name` | how they are called |
/// | `status` | | without this column, everybody is there: `active` (also `current`, `employed`), `joining` (`pending`, `future`), `left` (`terminated`, `inactive`, `former`) |
/// | `manager` | | who leads them |
/// | `leave_date` | `end_date`, `termination_date` | the last day, such as 2027-01-31; afterwards they have left |
/// | `type` | `employment_type` | such as `contractor` |
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Roster {
    source: Source,
    ignored: Vec<String>,
}

#[derive(Clone, Debug)]
enum Source {
    Entries(Vec<RosterEntry>),
    Account(String),
}

impl Roster {
    /// The service in the ids of people who are in the roster's file.
    pub(crate) const SERVICE: &'static str = "roster";

    /// Takes the profiles of an account for the roster, by the name of the account. Whoever is suspended or deleted there has left.
    pub fn of_account(account: impl Into<String>) -> Self {
        Self { source: Source::Account(account.into()), ignored: Vec::new() }
    }

    /// Reads comma-separated values, also with semicolons or tabs, as spreadsheets write them.
    ///
    /// # Errors
    /// [`ReviewError::Roster`] with the line, if a column is missing or a value cannot be read.
    pub fn from_csv(text: &str) -> Result<Self> {
        let is_key = |name: &str| is_one_of(&key(name), EMAIL) || is_one_of(&key(name), NUMBER);
        let rows = anyprofile_files::csv::rows(text, is_key).map_err(ReviewError::Roster)?;
        let Some((header, rows)) = rows.split_first() else {
            return Err(ReviewError::Roster("it is empty".to_owned()));
        };
        let columns: Vec<String> = header.cells.iter().map(|name| key(name)).collect();
        if !columns.iter().any(|column| is_key(column)) {
            return Err(at(header.line, "there is neither a column `email` nor `employee_number`"));
        }
        let is_twice =
            |names: &&&[&str]| columns.iter().filter(|column| is_one_of(column, names)).count() > 1;
        if let Some([name, ..]) = COLUMNS.iter().find(is_twice) {
            return Err(at(header.line, &format!("there are two columns for `{name}`")));
        }
        if rows.is_empty() {
            return Err(at(header.line, "it names nobody below the columns"));
        }
        let has_status = columns.iter().any(|column| is_one_of(column, STATUS));
        let mut entries = Vec::new();
        for row in rows {
            if row.cells.len() > columns.len() {
                let (cells, columns) = (row.cells.len(), columns.len());
                return Err(at(row.line, &format!("it has {cells} cells, and the first row has {columns}")));
            }
            let cell = |names: &[&str]| {
                let place = columns.iter().position(|column| is_one_of(column, names))?;
                row.cells
                    .get(place)
                    .map(|text| text.trim())
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            };
            entries.push(entry(row.line, has_status, cell)?);
        }
        let ignored = columns.into_iter().filter(|column| !column.is_empty() && !is_known(column)).collect();
        Ok(Self { source: Source::Entries(entries), ignored })
    }

    /// Reads a JSON object a line.
    ///
    /// # Errors
    /// [`ReviewError::Roster`] with the line, if a line is no object or a value cannot be read.
    pub fn from_ndjson(text: &str) -> Result<Self> {
        let (mut entries, mut ignored) = (Vec::new(), Vec::new());
        for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if text.trim().is_empty() {
                continue;
            }
            let read: Map<String, Value> =
                serde_json::from_str(text).map_err(|_| at(line, "it is not a JSON object"))?;
            let object: Map<String, Value> =
                read.into_iter().map(|(name, value)| (key(&name), value)).collect();
            for column in object.keys().filter(|column| !is_known(column)) {
                if !ignored.contains(column) {
                    ignored.push(column.clone());
                }
            }
            let is_text = |value: &Value| match value {
                Value::Array(items) => items.iter().all(Value::is_string),
                other => other.is_string() || other.is_number() || other.is_null(),
            };
            if let Some((name, _)) = object.iter().find(|(name, value)| is_known(name) && !is_text(value)) {
                return Err(at(line, &format!("`{name}` must be a text, or a list of texts")));
            }
            let cell = |names: &[&str]| {
                let value = names.iter().find_map(|name| object.get(*name))?;
                let text = match value {
                    Value::String(text) => text.trim().to_owned(),
                    Value::Number(number) => number.to_string(),
                    Value::Array(items) => {
                        items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";")
                    }
                    _ => return None,
                };
                (!text.is_empty()).then_some(text)
            };
            entries.push(entry(line, object.contains_key(STATUS[0]), cell)?);
        }
        if entries.is_empty() {
            return Err(ReviewError::Roster("it is empty".to_owned()));
        }
        Ok(Self { source: Source::Entries(entries), ignored })
    }

    /// Returns the people of the file; nobody if an account is the roster.
    pub fn entries(&self) -> &[RosterEntry] {
        match &self.source {
            Source::Entries(entries) => entries,
            Source::Account(_) => &[],
        }
    }

    /// Returns the columns that mean nothing here.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Returns the lines of people with neither an address nor the number of an employee. Nobody can be compared with them.
    pub fn without_key(&self) -> Vec<u64> {
        self.entries().iter().filter(|entry| !entry.has_key()).filter_map(|entry| entry.line).collect()
    }

    /// Returns the account that is the roster.
    pub fn account(&self) -> Option<&str> {
        match &self.source {
            Source::Account(account) => Some(account),
            Source::Entries(_) => None,
        }
    }
}

const EMAIL: &[&str] = &["email", "e_mail", "mail"];
const NUMBER: &[&str] = &["employee_number", "employee_id"];
const NAME: &[&str] = &["name", "display_name"];
const STATUS: &[&str] = &["status"];
const MANAGER: &[&str] = &["manager"];
const LEAVE_DATE: &[&str] = &["leave_date", "end_date", "termination_date"];
const KIND: &[&str] = &["type", "employment_type"];
const COLUMNS: [&[&str]; 7] = [EMAIL, NUMBER, NAME, STATUS, MANAGER, LEAVE_DATE, KIND];

/// Returns the name of a column as it is compared.
fn key(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_")
}

fn is_one_of(column: &str, names: &[&str]) -> bool {
    names.contains(&column)
}

fn is_known(column: &str) -> bool {
    COLUMNS.iter().any(|names| is_one_of(column, names))
}

fn at(line: u64, what: &str) -> ReviewError {
    ReviewError::Roster(format!("line {line}: {what}"))
}

/// Reads one person.
fn entry(line: u64, has_status: bool, cell: impl Fn(&[&str]) -> Option<String>) -> Result<RosterEntry> {
    let status = match cell(STATUS).map(|word| word.to_lowercase()).as_deref() {
        // Whoever is named in a roster without a status should be there.
        None if !has_status => RosterStatus::Active,
        None => RosterStatus::NotKnown,
        Some("active" | "current" | "employed") => RosterStatus::Active,
        Some("joining" | "pending" | "future") => RosterStatus::Joining,
        Some("left" | "terminated" | "inactive" | "former") => RosterStatus::Left,
        Some(_) => return Err(at(line, "the status is none of `active`, `joining` and `left`")),
    };
    let leave_date = cell(LEAVE_DATE).map(|day| day.parse());
    let leave_date = leave_date
        .transpose()
        .map_err(|error: crate::DateError| at(line, &format!("the leave date: {error}")))?;
    let emails = cell(EMAIL).into_iter().flat_map(|emails| {
        emails
            .split(';')
            .map(|email| email.trim().to_owned())
            .filter(|email| !email.is_empty())
            .collect::<Vec<_>>()
    });
    let entry = RosterEntry {
        name: cell(NAME),
        emails: emails.collect(),
        employee_number: cell(NUMBER),
        status,
        manager: cell(MANAGER),
        leave_date,
        kind: cell(KIND),
        line: Some(line),
    };
    Ok(entry)
}

impl RosterEntry {
    /// Returns what there is to find them by.
    pub(crate) fn keys(&self) -> Keys {
        Keys { address: !self.emails.is_empty(), number: self.employee_number.is_some() }
    }

    /// Returns whether there is something to find them by.
    pub(crate) fn has_key(&self) -> bool {
        !self.emails.is_empty() || self.employee_number.is_some()
    }

    /// Returns what names the entry in the id of its person: the number of an employee, or the first address. It is the same in the next
    /// export, whatever line that has it on.
    pub(crate) fn key(&self) -> Option<String> {
        self.employee_number.clone().or_else(|| self.emails.first().map(|email| email.to_lowercase()))
    }

    /// Makes an entry of a profile of the account that is the roster.
    pub(crate) fn of_profile(profile: &Profile) -> Self {
        let emails = profile.emails.items().iter().filter_map(|email| email.address.value().cloned());
        let manager = profile.employee.manager.value();
        Self {
            name: Some(profile.label().into_owned()),
            emails: emails.collect(),
            employee_number: profile.employee.number.value().cloned(),
            status: match profile.status.value() {
                Some(Status::Active) => RosterStatus::Active,
                Some(Status::Pending) => RosterStatus::Joining,
                Some(Status::Suspended | Status::Deleted) => RosterStatus::Left,
                _ => RosterStatus::NotKnown,
            },
            manager: manager.and_then(|it| it.name.value().or(it.email.value()).or(it.id.value()).cloned()),
            leave_date: None,
            kind: None,
            line: None,
        }
    }

    /// Returns the entry as a profile, so that it is linked to others as each profile is.
    pub(crate) fn profile(&self, id: ProfileId) -> Profile {
        let mut profile = Profile::new(id);
        let emails = self.emails.iter().map(|email| Email::new(email.clone())).collect::<Vec<_>>();
        profile.emails = emails.into();
        // It links nobody, and speaks against a link to somebody with another one.
        if let Some(name) = &self.name {
            profile.name.display = name.clone().into();
        }
        if let Some(number) = &self.employee_number {
            profile.employee.number = number.clone().into();
        }
        profile
    }

    /// Returns why somebody should have no access any more, in words; `None` if nothing says so.
    pub(crate) fn left(&self, now: Timestamp) -> Option<String> {
        let is_over = self.leave_date.is_some_and(|day| day.is_over(now));
        let contract = self.kind.as_deref().is_some_and(|kind| kind.to_lowercase().contains("contract"));
        match (self.leave_date, is_over, self.status) {
            (Some(day), true, _) if contract => Some(format!("the contract ended on {day}")),
            (Some(day), true, _) => Some(format!("the last day was {day}")),
            // Whoever has a last day to come is still there.
            (None, _, RosterStatus::Left) => Some("the roster says that they have left".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        Roster::from_csv(text).unwrap_err().to_string()
    }

    #[test]
    fn columns_are_found_however_they_are_written() {
        let text = "\u{feff}Employee ID,E-Mail,Status,Leave Date,Employment-Type,Desk\n\
                    7,ada@example.com; ada@example.org,Terminated,2026-10-31,Contractor,4\n\n,grace@example.com,,,,\n";
        let roster = Roster::from_csv(text).unwrap();
        let [ada, grace] = roster.entries() else { panic!("{roster:?}") };
        assert_eq!(ada.emails, ["ada@example.com", "ada@example.org"]);
        assert_eq!((ada.employee_number.as_deref(), ada.status), (Some("7"), RosterStatus::Left));
        assert_eq!(
            ada.left("2026-11-02T00:00:00Z".parse().unwrap()).unwrap(),
            "the contract ended on 2026-10-31"
        );
        assert_eq!((grace.status, grace.line), (RosterStatus::NotKnown, Some(4)));
        assert_eq!(roster.ignored(), ["desk"]);
    }

    #[test]
    fn lines_of_json_are_the_same() {
        let text = "{\"email\":[\"ada@example.com\"],\"employee_number\":7,\"status\":\"active\"}\n\n";
        let roster = Roster::from_ndjson(text).unwrap();
        assert_eq!(roster.entries()[0].employee_number.as_deref(), Some("7"));
        assert_eq!(roster.entries()[0].emails, ["ada@example.com"]);
    }

    #[test]
    fn a_mistake_names_its_line_and_repeats_nothing_of_it() {
        for (text, what) in [
            ("email,status\n", "line 1: it names nobody below the columns"),
            ("name\nAda\n", "line 1: there is neither a column `email` nor `employee_number`"),
            ("name\n", "line 1: there is neither a column `email` nor `employee_number`"),
            (
                "email,status\na@example.com,gone\n",
                "line 2: the status is none of `active`, `joining` and `left`",
            ),
            (
                "email,leave_date\na@example.com,soon\n",
                "line 2: the leave date: a day must have the form 2027-01-31",
            ),
            ("email,status\na@example.com,active,7\n", "line 2: it has 3 cells, and the first row has 2"),
            ("email\n\"a@example.com\n", "line 2: the quote is not closed"),
            ("", "it is empty"),
            ("email,mail\na@example.com,\n", "line 1: there are two columns for `email`"),
        ] {
            assert_eq!(mistake(text), format!("the roster: {what}"));
        }
    }

    #[test]
    fn people_without_a_key_are_kept_and_named() {
        let roster = Roster::from_csv("email,name\na@example.com,\n,Ada\n").unwrap();
        assert_eq!((roster.entries().len(), roster.without_key()), (2, vec![3]));
    }

    #[test]
    fn nobody_has_left_before_the_last_day_is_over() {
        let text = "email,status,leave_date\na@example.com,active,2026-10-31\n";
        let roster = Roster::from_csv(text).unwrap();
        let left = |now: &str| roster.entries()[0].left(now.parse().unwrap());
        assert_eq!(left("2026-10-31T20:00:00Z"), None);
        assert_eq!(left("2026-11-01T00:00:00Z").as_deref(), Some("the last day was 2026-10-31"));
    }
}
