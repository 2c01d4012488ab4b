//! The words of a filter.

use serde_json::Value;

use crate::scim::errors::{Refusal, Result};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    OpenValues,
    CloseValues,
    /// A name, an operator, `true`, `false`, `null` or a number.
    Word(String),
    /// A text in quotes, as in JSON.
    Text(Value),
}

pub(super) fn wrong(what: impl Into<String>) -> Refusal {
    Refusal::invalid("invalidFilter", what)
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest).ok_or_else(|| wrong("A text in the filter does not end."))?,
            '(' | ')' | '[' | ']' => 1,
            _ => rest
                .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"'))
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        found.push(match first {
            '"' => Token::Text(
                serde_json::from_str(token).map_err(|_| wrong("A text in the filter is not valid JSON."))?,
            ),
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenValues,
            ']' => Token::CloseValues,
            _ => Token::Word(token.to_owned()),
        });
        rest = after.trim_start();
    }
    Ok(found)
}

/// Returns the length of the text that begins here, with its quotes.
fn text_length(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}
