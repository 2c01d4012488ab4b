//! Reads a csv file of changes, as spreadsheets or `list -o csv` write it.

use anyprofile::{FieldPath, ProfileId};
use serde_json::Value;

use super::entry::BulkEntry;
use crate::{output::unguarded, summary::counted};

/// The supported delimiters, the most common first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The content of a column.
enum Column {
    Id,
    Field(FieldPath),
    /// A column without a name and content, as spreadsheets may add it.
    Nameless,
}

impl Column {
    fn field(&self) -> Option<&FieldPath> {
        match self {
            Self::Field(path) => Some(path),
            Self::Id | Self::Nameless => None,
        }
    }
}

/// Counts the lines of a text as an editor does.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// Returns the line of the first character at or after `place` that is not a line end. `place` must not decrease
    /// between calls.
    fn of(&mut self, place: usize) -> u64 {
        let is_end = |place: usize| matches!(self.text.get(place), Some(b'\n' | b'\r'));
        let mut place = place;
        while is_end(place) {
            place += 1;
        }
        for at in self.at..place.min(self.text.len()) {
            let ends = match self.text[at] {
                b'\n' => true,
                b'\r' => self.text.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
        }
        self.at = self.at.max(place);
        self.line
    }
}

/// Reads the changes of each profile. An empty cell leaves the field unchanged, and a cell equal to `null` clears it.
pub(super) fn read(text: &str, null: Option<&str>) -> (Vec<BulkEntry>, Vec<String>) {
    let (start, named) = named_delimiter(text);
    let delimiter = named.unwrap_or_else(|| delimiter_of(&text[start..]));
    let (mut entries, mut mistakes) = (Vec::new(), Vec::new());
    if let Some(mistake) = misquoted(text, start, delimiter) {
        return (entries, vec![mistake]);
    }
    let mut lines = Lines::new(text);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(delimiter).has_headers(false).flexible(true);
    let mut columns: Option<Vec<Column>> = None;
    for record in reader.from_reader(&text.as_bytes()[start..]).into_records() {
        let Ok(record) = record else {
            // The reader accepts any UTF-8 text with any number of cells, so this does not happen.
            mistakes.push("the file cannot be read as csv".to_owned());
            break;
        };
        let place = record.position().map_or(0, csv::Position::byte);
        let line = lines.of(start + usize::try_from(place).unwrap_or(usize::MAX));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            // A row that was emptied in a spreadsheet.
            continue;
        }
        let Some(columns) = &columns else {
            match header(&record, line) {
                Ok(found) => columns = Some(found),
                Err(found) => return (entries, found),
            }
            continue;
        };
        match row(&record, columns, line, null) {
            Ok(entry) => entries.push(entry),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if columns.is_none() {
        mistakes
            .push("the header is missing: the first row must name the columns, one of them 'id'".to_owned());
    }
    (entries, mistakes)
}

/// Returns where the text starts after a line that names the delimiter for Excel, such as `sep=;`, and that
/// delimiter.
fn named_delimiter(text: &str) -> (usize, Option<u8>) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..end].trim_end_matches(',').trim_matches('"');
    match line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| line.as_bytes()) {
        Some([_, _, _, _, delimiter]) if delimiter.is_ascii() => (end, Some(*delimiter)),
        // The comma at the end was trimmed.
        Some([_, _, _, _]) => (end, Some(b',')),
        _ => (0, None),
    }
}

/// Returns the delimiter for which the first row has an id column, or a comma.
fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has_ids = |delimiter: &u8| {
        header.split(char::from(*delimiter)).any(|name| is_id(name.trim().trim_matches('"').trim()))
    };
    DELIMITERS.into_iter().find(has_ids).unwrap_or(DELIMITERS[0])
}

/// Returns whether a column name is `id`; spreadsheets may write it in capitals.
fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("id")
}

fn header(record: &csv::StringRecord, line: u64) -> Result<Vec<Column>, Vec<String>> {
    let (mut columns, mut mistakes) = (Vec::new(), Vec::new());
    for name in record.iter().map(str::trim) {
        let is_there = |columns: &[Column], path: Option<&FieldPath>| {
            columns.iter().any(|column| match path {
                None => matches!(column, Column::Id),
                Some(path) => column.field() == Some(path),
            })
        };
        let twice = format!("line {line}, column '{name}': the column appears twice");
        if name.is_empty() {
            columns.push(Column::Nameless);
        } else if is_id(name) {
            if is_there(&columns, None) {
                mistakes.push(twice);
            }
            columns.push(Column::Id);
        } else {
            match name.parse::<FieldPath>() {
                Ok(path) if is_there(&columns, Some(&path)) => mistakes.push(twice),
                Ok(path) => columns.push(Column::Field(path)),
                Err(error) => mistakes.push(format!("line {line}, column '{name}': {error}")),
            }
        }
    }
    if !columns.iter().any(|column| matches!(column, Column::Id)) {
        mistakes.push(format!(
            "line {line}: a column 'id' is required; columns must be separated by commas, semicolons or tabs"
        ));
    }
    if mistakes.is_empty() { Ok(columns) } else { Err(mistakes) }
}

fn row(
    record: &csv::StringRecord,
    columns: &[Column],
    line: u64,
    null: Option<&str>,
) -> Result<BulkEntry, String> {
    let has_more = record.iter().skip(columns.len()).any(|cell| !cell.is_empty());
    if has_more || record.len() < columns.len() {
        let cells = counted(record.len() as u64, "cell", "cells");
        return Err(format!(
            "line {line}: the row has {cells}, but the header has {} columns",
            columns.len()
        ));
    }
    let (mut id, mut fields) = (None, Vec::new());
    for (number, (column, cell)) in columns.iter().zip(record).enumerate() {
        match column {
            Column::Id => id = cell.trim().parse::<ProfileId>().ok(),
            Column::Nameless if cell.trim().is_empty() => {}
            Column::Nameless => {
                let number = number + 1;
                return Err(format!("line {line}, column {number}: the header must name this column"));
            }
            Column::Field(path) => {
                let text = unguarded(path, cell);
                if null.is_some_and(|null| null == cell || null == text) {
                    fields.push((path.clone(), None));
                } else if !cell.is_empty() {
                    fields.push((path.clone(), Some(Value::from(text))));
                }
            }
        }
    }
    let id = id.ok_or_else(|| format!("line {line}, column 'id': a profile id is required"))?;
    Ok(BulkEntry { line, id, fields })
}

/// Finds a quoting mistake that the csv reader would accept: an unclosed quote takes the following rows into its
/// cell, and text after a closing quote is added to the cell.
fn misquoted(text: &str, start: usize, delimiter: u8) -> Option<String> {
    enum At {
        Start,
        Plain,
        Quoted { since: usize },
        Closing { since: usize },
    }
    let mut at = At::Start;
    for (place, c) in text[start..].char_indices() {
        at = match (at, c) {
            (At::Start, '"') => At::Quoted { since: place },
            (At::Quoted { since }, '"') => At::Closing { since },
            (At::Closing { since }, '"') | (At::Quoted { since }, _) => At::Quoted { since },
            (_, '\n' | '\r') => At::Start,
            (_, c) if c == char::from(delimiter) => At::Start,
            (At::Closing { .. }, _) => {
                let line = Lines::new(text).of(start + place);
                return Some(format!("line {line}: a closing quote must end its cell"));
            }
            (At::Start | At::Plain, _) => At::Plain,
        };
    }
    match at {
        At::Quoted { since } => {
            let line = Lines::new(text).of(start + since);
            Some(format!("line {line}: the quote is not closed"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "probely:eu/user/ada";

    fn good(text: &str) -> Vec<BulkEntry> {
        let (entries, mistakes) = read(text, None);
        assert_eq!(mistakes, Vec::<String>::new(), "{text:?}");
        entries
    }

    fn titles(text: &str) -> Vec<(u64, String)> {
        let of = |entry: BulkEntry| {
            let title = entry.fields.iter().find(|(path, _)| *path == FieldPath::TITLE);
            let title = title.and_then(|(_, value)| value.as_ref()?.as_str().map(str::to_owned));
            (entry.line, title.unwrap_or_default())
        };
        good(text).into_iter().map(of).collect()
    }

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        for (text, lines) in [
            (format!("id,title\n{ADA},a\n{ADA}2,b\n"), [2, 3]),
            (format!("id,title\r\n{ADA},a\r\n{ADA}2,b\r\n"), [2, 3]),
            (format!("id,title\r{ADA},a\r{ADA}2,b\r"), [2, 3]),
            (format!("\n\nid,title\n\n{ADA},a\n\n\n{ADA}2,b"), [5, 8]),
            (format!("id,title\r\n\r\n{ADA},a\r\n\r\n{ADA}2,b\r\n"), [3, 5]),
            (format!("id,title\r\n,\r\n{ADA},a\r\n,,\r\n{ADA}2,b\r\n ,\r\n"), [3, 5]),
            (format!("id,title,name.display\r\n{ADA},a,\"two\r\nlines\"\r\n{ADA}2,b,\r\n"), [2, 4]),
            (format!("sep=;\r\nid;title\r\n{ADA};a\r\n{ADA}2;b\r\n"), [3, 4]),
        ] {
            assert_eq!(titles(&text), [(lines[0], "a".to_owned()), (lines[1], "b".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn spreadsheets_may_write_it_in_their_way() {
        for text in [
            format!("ID,title\n{ADA},a\n"),
            format!("id;title\n{ADA};a\n"),
            format!("title\tId\na\t{ADA}\n"),
            format!("sep=;\nid;title\n{ADA};a\n"),
            format!("SEP=,\nid,title\n{ADA},a\n"),
            format!("\"sep=;\"\n\"id\";\"title\"\n{ADA};\"a\"\n"),
            format!("id,title,,\n{ADA},a,,\n,,,\n"),
            format!("id,title\n{ADA},a,,\n"),
        ] {
            let entries = good(&text);
            assert_eq!(entries.len(), 1, "{text:?}");
            assert_eq!(entries[0].fields, [(FieldPath::TITLE, Some(Value::from("a")))], "{text:?}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_column_in_words_of_ours() {
        for (text, mistakes) in [
            (
                format!("id,title\r\n{ADA}\r\n"),
                vec!["line 2: the row has 1 cell, but the header has 2 columns"],
            ),
            (
                format!("id,title\n\n{ADA},a,b\n"),
                vec!["line 3: the row has 3 cells, but the header has 2 columns"],
            ),
            ("id,title\r\n\r\nx,a\r\n".to_owned(), vec!["line 3, column 'id': a profile id is required"]),
            (format!("id,title,\n{ADA},a,b\n"), vec!["line 2, column 3: the header must name this column"]),
            (
                "\nid,name,title,title,ID\n".to_owned(),
                vec![
                    "line 2, column 'name': no such field; did you mean 'name.display'?",
                    "line 2, column 'title': the column appears twice",
                    "line 2, column 'ID': the column appears twice",
                ],
            ),
            (
                "title|id\n".to_owned(),
                vec![
                    "line 1, column 'title|id': no such field",
                    "line 1: a column 'id' is required; columns must be separated by commas, semicolons or tabs",
                ],
            ),
            (
                "\r\n".to_owned(),
                vec!["the header is missing: the first row must name the columns, one of them 'id'"],
            ),
        ] {
            assert_eq!(read(&text, None).1, mistakes, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_no_row_with_it() {
        let wrong =
            |cell: &str| read(&format!("id,title\r\n\r\n{ADA},{cell}\r\nprobely:eu/user/b,x\r\n"), None).1;
        assert_eq!(wrong("\"foo"), ["line 3: the quote is not closed"]);
        assert_eq!(wrong("\"foo\"x\"bar\""), ["line 3: a closing quote must end its cell"]);
        for fine in ["\"a \"\"b\"\"\"", "\"two\nlines, and a comma\"", "a\"b", "\"\""] {
            good(&format!("id,title\n{ADA},{fine}\r\nprobely:eu/user/b,x"));
        }
        assert_eq!(good(&format!("id;title\n{ADA};\"a;b\"\n")).len(), 1);
    }

    #[test]
    fn one_guard_is_undone() {
        for (cell, value) in [("'=x", "=x"), ("''=x", "'=x"), ("'x", "'x"), ("=x", "=x")] {
            assert_eq!(titles(&format!("id,title\n{ADA},{cell}\n")), [(2, value.to_owned())]);
        }
        let cleared = read(&format!("id,title\n{ADA},'-\n"), Some("-")).0;
        assert_eq!(cleared[0].fields, [(FieldPath::TITLE, None)]);
    }
}
