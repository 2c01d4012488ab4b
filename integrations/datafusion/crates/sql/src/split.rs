//! Statements of a text.

/// Returns the statements of a text, without those that are empty or comments alone.
pub(crate) fn statements(text: &str) -> Vec<String> {
    let (mut statements, mut start) = (Vec::new(), 0);
    for end in ends(text) {
        statements.push(text[start..end].to_owned());
        start = end + 1;
    }
    statements.push(text[start..].to_owned());
    statements.retain(|statement| !is_blank(statement));
    statements
}

/// Returns whether a text ends with a whole statement.
pub(crate) fn is_whole(text: &str) -> bool {
    is_blank(text) || ends(text).last().is_some_and(|end| is_blank(&text[end + 1..]))
}

/// Returns where the `;` are that end a statement.
fn ends(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    scan(text, |place, c| {
        if c == ';' {
            found.push(place);
        }
    });
    found
}

fn is_blank(text: &str) -> bool {
    let mut is_blank = true;
    scan(text, |_, c| is_blank &= c.is_whitespace());
    is_blank
}

/// Calls a function for each character that is not in a comment. Characters between quotation marks are passed as `x`.
fn scan(text: &str, mut see: impl FnMut(usize, char)) {
    let mut characters = text.char_indices().peekable();
    while let Some((place, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match (c, next) {
            ('-', Some('-')) => while characters.next_if(|(_, c)| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let (mut before, mut depth) = (' ', 1);
                characters.next();
                for (_, c) in characters.by_ref() {
                    match (before, c) {
                        ('*', '/') => depth -= 1,
                        ('/', '*') => depth += 1,
                        _ => {
                            before = c;
                            continue;
                        }
                    }
                    before = ' ';
                    if depth == 0 {
                        break;
                    }
                }
            }
            ('\'' | '"', _) => {
                see(place, 'x');
                for (place, inner) in characters.by_ref() {
                    see(place, 'x');
                    if inner == c {
                        break;
                    }
                }
            }
            _ => see(place, c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_with_a_semicolon_that_is_not_in_a_text_or_a_comment() {
        let text = "select ';' from a; -- b;\n /* c; /* d; */ e; */ select \"x;\" ;;\n-- end";
        assert_eq!(statements(text), ["select ';' from a", " -- b;\n /* c; /* d; */ e; */ select \"x;\" "]);
        assert!(is_whole("select 1; -- done"));
        assert!(is_whole(" -- nothing"));
        assert!(!is_whole("select ';"));
        assert!(!is_whole("select 1"));
        assert_eq!(statements("select 'it''s; ok'").len(), 1);
    }
}
