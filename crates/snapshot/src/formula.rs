//! Cells of csv files that a spreadsheet must not take for formulas.

use std::borrow::Cow;

/// Puts a `'` before each part of a text that a spreadsheet would treat as a formula. Semicolons may separate cells there.
///
/// ```
/// use anyprofile_snapshot::formula::inert;
///
/// assert_eq!(inert("=HYPERLINK(\"https://example.com\")"), "'=HYPERLINK(\"https://example.com\")");
/// assert_eq!(inert("Ada"), "Ada");
/// ```
pub fn inert(text: &str) -> Cow<'_, str> {
    if !text.split(';').any(is_formula) {
        return Cow::Borrowed(text);
    }
    let part = |part: &str| {
        let inner = part.trim_start_matches(' ');
        let mark = if is_formula(part) { "'" } else { "" };
        format!("{}{mark}{inner}", &part[..part.len() - inner.len()])
    };
    text.split(';').map(part).collect::<Vec<_>>().join(";").into()
}

/// Returns whether a spreadsheet would treat a text as a formula. A `'` before one looks like this guard, and is guarded too.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(' ').trim_start_matches('\'').trim_start_matches(' ');
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_made_a_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-x7", "'-x7"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("a;=b", "a;'=b"),
            ("a; -b", "a; '-b"),
            ("ada@example.org", "ada@example.org"),
            ("a=b", "a=b"),
            ("O'Neil", "O'Neil"),
            ("", ""),
        ] {
            assert_eq!(inert(text), cell);
        }
    }
}
