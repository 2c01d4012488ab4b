//! Reads a csv file of changes, as spreadsheets or `list -o csv` write it.

use anyprofile::{FieldPath, ProfileId};
use anyprofile_files::csv::{CsvRow, rows};
use serde_json::Value;

use super::entry::BulkEntry;
use crate::{output::unguarded, summary::counted};

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

/// Reads the changes of each profile. An empty cell leaves the field unchanged, and a cell equal to `null` clears it.
pub(super) fn read(text: &str, null: Option<&str>) -> (Vec<BulkEntry>, Vec<String>) {
    let (mut entries, mut mistakes) = (Vec::new(), Vec::new());
    let rows = match rows(text, is_id) {
        Ok(rows) => rows,
        Err(mistake) => return (entries, vec![mistake]),
    };
    let mut columns: Option<Vec<Column>> = None;
    for CsvRow { line, cells, .. } in rows {
        let Some(columns) = &columns else {
            match header(&cells, line) {
                Ok(found) => columns = Some(found),
                Err(found) => return (entries, found),
            }
            continue;
        };
        match row(&cells, columns, line, null) {
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

/// Returns whether a column name is `id`; spreadsheets may write it in capitals.
fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("id")
}

fn header(record: &[String], line: u64) -> Result<Vec<Column>, Vec<String>> {
    let (mut columns, mut mistakes) = (Vec::new(), Vec::new());
    for name in record.iter().map(|name| name.trim()) {
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

fn row(record: &[String], columns: &[Column], line: u64, null: Option<&str>) -> Result<BulkEntry, String> {
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
