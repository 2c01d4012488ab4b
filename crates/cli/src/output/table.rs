//! Tables for reading.

use std::{
    io::{self, Write},
    sync::Arc,
    time::SystemTime,
};

use anyprofile::{Capabilities, FieldPath, Profile, ProfileProvider, Timestamp};
use anyprofile_terminal::printable;
use console::{Alignment, Style, measure_text_width, pad_str};

use super::{
    cell::{Cell, Unshowable, cell_of},
    writer::{LeftOut, ProfileWriter},
};
use crate::exit::Failure;

/// The columns of a table of profiles.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Columns {
    /// What an access review looks for; the id comes last.
    Review,
    /// The same of the members of an organization, whose access in it comes first.
    Members,
    /// These fields.
    Fields(Vec<FieldPath>),
}

impl Columns {
    /// Returns the columns for requested fields, if any.
    pub(crate) fn of(fields: Vec<FieldPath>, otherwise: Self) -> Self {
        if fields.is_empty() { otherwise } else { Self::Fields(fields) }
    }

    /// Returns the header and the field of each column; `None` is the account.
    fn columns(&self) -> Vec<(String, Option<FieldPath>)> {
        let column = |(name, path): (&str, Option<FieldPath>)| (name.to_owned(), path);
        let who = [("name", Some(FieldPath::NAME_DISPLAY)), ("e-mail", Some(FieldPath::EMAILS))];
        let mfa = ("MFA", Some(FieldPath::SECURITY_MFA_ENABLED));
        let id = ("id", Some(FieldPath::ID));
        match self {
            Self::Review => [("account", None)]
                .into_iter()
                .chain(who)
                .chain([
                    ("kind", Some(FieldPath::KIND)),
                    ("status", Some(FieldPath::STATUS)),
                    mfa,
                    ("last login", Some(FieldPath::SECURITY_LAST_LOGIN)),
                    id,
                ])
                .map(column)
                .collect(),
            Self::Members => who
                .into_iter()
                .chain([
                    ("status", Some(FieldPath::STATUS)),
                    ("owner", Some(FieldPath::ACCESS_OWNER)),
                    ("roles", Some(FieldPath::ROLES)),
                    mfa,
                    id,
                ])
                .map(column)
                .collect(),
            Self::Fields(paths) => paths.iter().map(|path| (path.to_string(), Some(path.clone()))).collect(),
        }
    }

    /// Returns whether values are in words (`on`, `3 d`) in place of what the fields hold.
    const fn is_in_words(&self) -> bool {
        !matches!(self, Self::Fields(_))
    }
}

/// The maximum number of rows of a table. All rows are in memory before the first one is written.
pub(crate) const MOST_ROWS: usize = 50_000;

/// The maximum number of characters of a cell. All ids are shorter.
const MOST_CHARACTERS: usize = 1000;

/// How a cell is coloured on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    /// Not known, for whatever reason.
    Dim,
    Good,
    Bad,
    Odd,
}

/// Collects profiles and writes one table, with its rows sorted by account.
pub(super) struct TableWriter<W: Write> {
    out: W,
    columns: Vec<(String, Option<FieldPath>)>,
    is_in_words: bool,
    /// The accounts, in the order of the configuration.
    accounts: Vec<String>,
    rows: Vec<(usize, Vec<(String, Tone)>)>,
    now: Option<Timestamp>,
    is_coloured: bool,
    most_rows: usize,
    /// The number of profiles beyond the maximum.
    cut: u64,
    left_out: LeftOut,
}

impl<W: Write> TableWriter<W> {
    pub(super) fn new(out: W, columns: &Columns, accounts: Vec<String>) -> Self {
        Self {
            out,
            is_in_words: columns.is_in_words(),
            columns: columns.columns(),
            accounts,
            rows: Vec::new(),
            now: Timestamp::try_from(SystemTime::now()).ok(),
            is_coloured: console::colors_enabled(),
            most_rows: MOST_ROWS,
            cut: 0,
            left_out: LeftOut::default(),
        }
    }
}

/// Returns the names of accounts as a table sorts by them.
pub(crate) fn account_order(providers: &[Arc<dyn ProfileProvider>]) -> Vec<String> {
    let key = |provider: &Arc<dyn ProfileProvider>| {
        let info = provider.info();
        format!("{}:{}", info.service, info.account)
    };
    providers.iter().map(key).collect()
}

impl<W: Write> ProfileWriter for TableWriter<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        if self.rows.len() == self.most_rows {
            if self.cut == 0 {
                say!(
                    "warning: the table shows only the first {} profiles; -o ndjson and -o csv print all",
                    self.most_rows
                );
            }
            self.cut += 1;
            return Ok(());
        }
        let cell = |(_, path): &(String, Option<FieldPath>)| match path {
            None => Ok((profile.id.account.to_string(), Tone::Plain)),
            Some(path) => cell_of(profile, path, capabilities).map(|cell| {
                let tone = tone_of(path, &cell);
                let words = self.is_in_words.then(|| in_words(profile, path, &cell, self.now)).flatten();
                (words.unwrap_or_else(|| shortened(cell.for_person())), tone)
            }),
        };
        let cells = self.columns.iter().map(cell).collect::<Result<Vec<_>, _>>();
        let Some(cells) = self.left_out.unless_converted(profile, cells) else { return Ok(()) };
        let account = format!("{}:{}", profile.id.service, profile.id.account);
        let place = self.accounts.iter().position(|known| *known == account).unwrap_or_else(|| {
            self.accounts.push(account);
            self.accounts.len() - 1
        });
        self.rows.push((place, cells));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        // Accounts are listed concurrently; the order within an account is kept.
        self.rows.sort_by_key(|(account, _)| *account);
        let header: Vec<_> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let rows: Vec<_> = std::mem::take(&mut self.rows).into_iter().map(|(_, row)| row).collect();
        writeln!(self.out, "{}", toned_grid(&header, &rows, self.is_coloured))?;
        self.out.flush()?;
        Ok(())
    }

    fn left_out(&self) -> u64 {
        self.left_out.count() + self.cut
    }
}

/// Returns how a cell is coloured.
fn tone_of(path: &FieldPath, cell: &Cell) -> Tone {
    let text = match cell {
        Cell::Value(text) => text.as_str(),
        Cell::None(_) | Cell::Open => return Tone::Dim,
    };
    match text {
        "true" if *path == FieldPath::SECURITY_MFA_ENABLED => Tone::Good,
        "false" if *path == FieldPath::SECURITY_MFA_ENABLED => Tone::Bad,
        "suspended" | "deleted" | "pending" if *path == FieldPath::STATUS => Tone::Odd,
        _ => Tone::Plain,
    }
}

/// Returns a value as a person says it: a second factor as on or off, the last sign-in as an age. `None` if the cell says it.
fn in_words(profile: &Profile, path: &FieldPath, cell: &Cell, now: Option<Timestamp>) -> Option<String> {
    if *path == FieldPath::SECURITY_MFA_ENABLED {
        let is_on = profile.security.mfa_enabled.value()?;
        return Some(if *is_on { "on" } else { "off" }.to_owned());
    }
    if *path == FieldPath::SECURITY_LAST_LOGIN {
        if profile.security.last_login.is_null() && matches!(cell, Cell::None(_)) {
            return Some("never".to_owned());
        }
        return Some(age(*profile.security.last_login.value()?, now?));
    }
    None
}

/// Returns how long ago a time was, in its largest unit: `5 min`, `3 h`, `12 d`, `2 y`.
fn age(time: Timestamp, now: Timestamp) -> String {
    let Ok(passed) = SystemTime::from(now).duration_since(SystemTime::from(time)) else {
        return "in the future".to_owned();
    };
    let minutes = passed.as_secs() / 60;
    match (minutes, minutes / 60, minutes / (60 * 24)) {
        (0, _, _) => "now".to_owned(),
        (minutes @ 1..60, _, _) => format!("{minutes} min"),
        (_, hours @ 1..24, _) => format!("{hours} h"),
        (_, _, days @ 0..730) => format!("{days} d"),
        (_, _, days) => format!("{} y", days / 365),
    }
}

/// Shortens a text to the maximum of a cell, with `…` at its end.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect(),
    }
}

/// Returns a table without borders. Lines are not wrapped, and only texts of more than 1000 characters are shortened,
/// since half an id is useless.
pub(crate) fn grid(header: &[String], rows: &[Vec<String>]) -> String {
    let plain = |row: &Vec<String>| row.iter().map(|text| (text.clone(), Tone::Plain)).collect();
    toned_grid(header, &rows.iter().map(plain).collect::<Vec<_>>(), false)
}

fn toned_grid(header: &[String], rows: &[Vec<(String, Tone)>], is_coloured: bool) -> String {
    let cell = |text: &str| printable(&shortened(text));
    let header: Vec<_> = header.iter().map(|text| (cell(text), Tone::Plain)).collect();
    let rows = rows.iter().map(|row| row.iter().map(|(text, tone)| (cell(text), *tone)).collect::<Vec<_>>());
    let lines: Vec<_> = std::iter::once(header).chain(rows).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|(text, _)| measure_text_width(text)).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |cells: &Vec<(String, Tone)>| {
        let last = cells.iter().rposition(|(text, _)| !text.is_empty());
        let shown = cells.iter().take(last.map_or(0, |last| last + 1)).zip(&widths).enumerate();
        let mut line = String::new();
        for (column, ((text, tone), width)) in shown {
            // The last cell of a line needs no padding.
            let width = if Some(column) == last { 0 } else { width + 2 };
            let padding = pad_str(text, width, Alignment::Left, None)[text.len()..].to_owned();
            let style = match tone {
                Tone::Plain => Style::new(),
                Tone::Dim => Style::new().dim(),
                Tone::Good => Style::new().green(),
                Tone::Bad => Style::new().red(),
                Tone::Odd => Style::new().yellow(),
            };
            line.push_str(&style.force_styling(is_coloured).apply_to(text).to_string());
            line.push_str(&padding);
        }
        line.trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns one profile as a table of the requested fields, or of all supported fields. If the profile was merged from
/// several records, the table shows the record of each field.
pub(crate) fn one_profile(
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<String, Failure> {
    let is_merged = profile.origin.as_ref().is_some_and(|origin| !origin.merged.is_empty());
    let row = |path: &FieldPath, value: String| {
        let record = profile.origin_of(path).map_or_else(String::new, ToString::to_string);
        if is_merged { vec![path.to_string(), record, value] } else { vec![path.to_string(), value] }
    };
    let known = |path: &FieldPath| match cell_of(profile, path, capabilities) {
        Ok(cell) => Ok(row(path, cell.for_person().to_owned())),
        Err(Unshowable) => Err(Failure::Output(io::Error::other(format!(
            "{}: {path} cannot be written as JSON",
            profile.id
        )))),
    };
    let mut rows = fields.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    if fields.is_empty() {
        for spec in capabilities.fields.iter() {
            rows.push(known(&spec.path)?);
        }
        let unknown = profile.unknown.iter();
        rows.extend(unknown.map(|(name, value)| row(&FieldPath::unknown(name), value.get().to_owned())));
    }
    let columns: &[&str] = if is_merged { &["field", "record", "value"] } else { &["field", "value"] };
    Ok(grid(&columns.iter().map(|&name| name.to_owned()).collect::<Vec<_>>(), &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_steers_the_terminal() {
        let table =
            grid(&["name".to_owned()], &[vec!["a\u{1b}[31mb\u{202e}c\u{200b}d\ne\u{9b}f".to_owned()]]);
        assert_eq!(table, "name\na\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f");
    }
    #[test]
    fn a_cell_that_is_too_long_is_cut_and_an_id_is_not() {
        let names = ["x".repeat(100_000), "é".repeat(1001), "é".repeat(1000)];
        let lengths: Vec<_> = grid(&["name".to_owned()], &names.map(|name| vec![name]))
            .lines()
            .skip(1)
            .map(|line| (line.chars().count(), line.ends_with('…')))
            .collect();
        assert_eq!(lengths, [(1000, true), (1000, true), (1000, false)]);
        let name = "n".repeat(64);
        let id = format!("{name}:{name}/{name}/{}", "%25".repeat(255));
        let profile = Profile::new(id.parse().unwrap());
        assert_eq!(shortened(&profile.id.to_string()), id);
    }

    #[test]
    fn colours_say_what_is_bad_and_what_is_not_known_and_change_no_width() {
        let rows = [
            vec![("数据".to_owned(), Tone::Bad), ("x".to_owned(), Tone::Dim)],
            vec![("ab".to_owned(), Tone::Plain), ("y".to_owned(), Tone::Good)],
        ];
        let header = ["name".to_owned(), "MFA".to_owned()];
        let plain = toned_grid(&header, &rows, false);
        assert_eq!(plain, "name  MFA\n数据  x\nab    y");
        let coloured = toned_grid(&header, &rows, true);
        assert!(coloured.contains("\u{1b}[31m数据\u{1b}[0m  \u{1b}[2mx"), "{coloured:?}");
        assert_eq!(console::strip_ansi_codes(&coloured), plain);
    }

    #[test]
    fn an_age_is_in_its_largest_unit() {
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        for (time, expected) in [
            ("2026-11-30T11:59:50Z", "now"),
            ("2026-11-30T11:15:00Z", "45 min"),
            ("2026-11-30T09:00:00Z", "3 h"),
            ("2026-11-27T11:00:00Z", "3 d"),
            ("2025-11-30T12:00:00Z", "365 d"),
            ("2023-11-30T12:00:00Z", "3 y"),
            ("2026-12-01T12:00:00Z", "in the future"),
        ] {
            assert_eq!(age(time.parse().unwrap(), now), expected, "{time}");
        }
    }

    #[test]
    fn a_table_of_too_many_is_cut_and_the_others_are_counted() {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&mut out, &Columns::Fields(vec![FieldPath::ID]), Vec::new());
        writer.most_rows = 3;
        for number in 0..10 {
            let profile = Profile::new(format!("probely:eu/user/{number}").parse().unwrap());
            writer.write(&profile, &Capabilities::default()).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(writer.left_out(), 7);
        drop(writer);
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 4);
    }
}
