//! Parses the values of comparisons.

use std::ops::Range;

use anyprofile_core::{FieldPath, condition::Attribute, profile::ValueType};
use serde_json::Value;
use winnow::{Parser as _, ascii::multispace0, stream::Location as _, token::take};

use super::{Input, Parse, word_of, wrong, wrong_next};

/// A value as it is written in the text.
pub(super) enum Literal {
    /// JSON: a text in double quotes, a number, true, false or null.
    Json(Value),
    /// A word or a text of the old syntax. The attribute decides its type.
    Old(String),
}

impl Literal {
    /// Returns the value, in the type of the attribute.
    pub(super) fn value_for(self, attribute: &Attribute) -> Value {
        let text = match self {
            Self::Json(value) => return value,
            Self::Old(text) => text,
        };
        let is_bool = attribute.part().is_none() && attribute.field().value_type() == ValueType::Bool;
        match text.to_ascii_lowercase().as_str() {
            "true" if is_bool => Value::Bool(true),
            "false" if is_bool => Value::Bool(false),
            _ if may_be_number(attribute.field()) => {
                let is_metadata = attribute.field().metadata_key().is_some();
                let fits = |value: &Value| value.is_number() || value.is_boolean() && !is_metadata;
                serde_json::from_str(&text).ok().filter(fits).unwrap_or(Value::String(text))
            }
            _ => Value::String(text),
        }
    }

    /// Returns the value as a bool, if it is one.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Json(value) => value.as_bool(),
            Self::Old(word) => word.to_ascii_lowercase().parse().ok(),
        }
    }
}

/// Returns whether a field may hold a number.
fn may_be_number(field: &FieldPath) -> bool {
    field.value_type() == ValueType::Json || field.metadata_key().is_some()
}

/// Parses a value. After an operator of the old syntax, it may also be a word or a text in single quotes.
pub(super) fn literal(input: &mut Input<'_>, is_old: bool) -> Parse<(Literal, Range<usize>)> {
    multispace0.parse_next(input)?;
    let start = input.current_token_start();
    let rest = *input.input.as_ref();
    let Some(first) = rest.chars().next() else { return wrong_next(input, "a value is required here") };
    let length = match first {
        '"' | '\'' => match length_of_quoted(rest, first, is_old) {
            Some(length) => length,
            None => return wrong(start..start + 1, "this quote must be closed"),
        },
        _ => word_of(rest).len(),
    };
    if length == 0 {
        return wrong_next(input, "a value is required before this");
    }
    let text = take(rest[..length].chars().count()).parse_next(input)?;
    let span = start..start + length;
    let json = serde_json::from_str::<Value>(&lower_word(text));
    match (json, first) {
        (_, '"' | '\'') if is_old => Ok((Literal::Old(text[1..length - 1].to_owned()), span)),
        (_, '\'') => wrong(span, "a string must be in double quotes"),
        (Ok(value), _) if !is_old || value.is_null() => Ok((Literal::Json(value), span)),
        (_, '"') => wrong(span, "a string in double quotes must be valid JSON: write `\\\\` for a backslash"),
        _ if is_old => Ok((Literal::Old(text.to_owned()), span)),
        _ => wrong(span, "a string must be in double quotes"),
    }
}

/// Converts `true`, `false` and `null` of any case to lower case, as people write them. RFC 7644 does the same for operators.
fn lower_word(text: &str) -> String {
    let is_word = ["true", "false", "null"].iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_word { text.to_ascii_lowercase() } else { text.to_owned() }
}

/// Returns the length of a text in quotes, in bytes and with its quotes; `None` if it is not closed.
fn length_of_quoted(text: &str, quote: char, is_old: bool) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            // The old syntax had no escapes.
            '\\' if !is_old => is_escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}
