//! Comma-separated values as spreadsheets write them.

/// The supported delimiters, the most common first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A row with the line on which it begins.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvRow {
    /// The line, from 1 on, as an editor counts it.
    pub line: u64,
    /// The cells, without quotes.
    pub cells: Vec<String>,
}

impl std::fmt::Debug for CsvRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CsvRow(line {}, {} cells)", self.line, self.cells.len())
    }
}

/// Reads the rows of a text, the names of the columns among them. Rows without any text, which a spreadsheet leaves behind, are left out, and
/// rows may have different numbers of cells.
///
/// The delimiter is a comma, a semicolon or a tab: the one that a line `sep=;` for Excel names, else the first with which a name in the first
/// row is one that `is_column` knows, else a comma.
///
/// # Errors
/// What is wrong, with its line, and nothing of the text: a quote that is not closed, which would take the following rows into its cell, or
/// text after a closing quote.
///
/// ```
/// let rows = anyprofile_files::csv::rows("sep=;\nemail;name\n\nada@example.com;\"Ada; countess\"\n", |name| name == "email")?;
/// assert_eq!((rows[1].line, &*rows[1].cells[1]), (4, "Ada; countess"));
/// # Ok::<(), String>(())
/// ```
pub fn rows(text: &str, is_column: impl Fn(&str) -> bool) -> Result<Vec<CsvRow>, String> {
    let (start, named) = named_delimiter(text);
    let delimiter = named.unwrap_or_else(|| delimiter_of(&text[start..], is_column));
    if let Some(mistake) = misquoted(text, start, delimiter) {
        return Err(mistake);
    }
    let mut lines = Lines::new(text);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(delimiter).has_headers(false).flexible(true);
    let mut rows = Vec::new();
    for record in reader.from_reader(&text.as_bytes()[start..]).into_records() {
        // The reader accepts any UTF-8 text with any number of cells, so this does not happen.
        let record = record.map_err(|_| "the file cannot be read as csv".to_owned())?;
        let place = record.position().map_or(0, csv::Position::byte);
        let line = lines.of(start + usize::try_from(place).unwrap_or(usize::MAX));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(CsvRow { line, cells: record.iter().map(str::to_owned).collect() });
        }
    }
    Ok(rows)
}

/// Returns the delimiter for which the first row has a known column, or a comma.
fn delimiter_of(text: &str, is_column: impl Fn(&str) -> bool) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has_column = |delimiter: &u8| {
        header.split(char::from(*delimiter)).any(|name| is_column(name.trim().trim_matches('"').trim()))
    };
    DELIMITERS.into_iter().find(has_column).unwrap_or(DELIMITERS[0])
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
