//! Reads filters.

use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::Value;

use super::tokens::{Token, tokens, wrong};
use super::{Comparison, Filter};
use crate::scim::errors::Result;
use crate::scim::path::AttributePath;
use crate::scim::schema::{Attribute, Data, Kind};

/// The deepest nesting that is read.
const MAX_DEPTH: u32 = 32;

/// Where the names of a filter are looked up.
#[derive(Debug, Clone, Copy)]
enum Names {
    Record(Kind),
    Parts(&'static [Attribute]),
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
    depth: u32,
}

impl Filter {
    /// Reads a filter of records.
    pub(in crate::scim) fn parse(kind: Kind, text: &str) -> Result<Self> {
        Self::read(text, Names::Record(kind))
    }

    /// Reads a filter of the values of an attribute.
    pub(in crate::scim) fn of_values(attribute: &'static Attribute, text: &str) -> Result<Self> {
        Self::read(text, Names::Parts(attribute.parts))
    }

    fn read(text: &str, names: Names) -> Result<Self> {
        let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), depth: 0 };
        let filter = parser.either(names)?;
        match parser.tokens.next() {
            None => Ok(filter),
            Some(_) => Err(wrong("The filter goes on behind its end.")),
        }
    }
}

impl Parser {
    /// Reads conditions joined by `or`, which binds weakest.
    fn either(&mut self, names: Names) -> Result<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(wrong("The filter is nested too deep."));
        }
        let mut filter = self.both(names)?;
        while self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both(names)?));
        }
        self.depth -= 1;
        Ok(filter)
    }

    fn both(&mut self, names: Names) -> Result<Filter> {
        let mut filter = self.one(names)?;
        while self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(names)?));
        }
        Ok(filter)
    }

    fn one(&mut self, names: Names) -> Result<Filter> {
        match self.tokens.next() {
            Some(Token::Open) => self.inner(names, &Token::Close),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => {
                match self.tokens.next() {
                    Some(Token::Open) => {}
                    _ => return Err(wrong("`not` must be followed by a condition in parentheses.")),
                }
                Ok(Filter::Not(Box::new(self.inner(names, &Token::Close)?)))
            }
            Some(Token::Word(name)) => self.condition(names, &name),
            _ => Err(wrong("The filter lacks the name of an attribute.")),
        }
    }

    /// Reads a filter up to its closing bracket.
    fn inner(&mut self, names: Names, close: &Token) -> Result<Filter> {
        let filter = self.either(names)?;
        match self.tokens.next() {
            Some(token) if token == *close => Ok(filter),
            _ => Err(wrong("A bracket in the filter is not closed.")),
        }
    }

    fn condition(&mut self, names: Names, name: &str) -> Result<Filter> {
        let found = match names {
            Names::Record(kind) => AttributePath::parse(kind, name),
            Names::Parts(parts) => AttributePath::below(parts, name),
        };
        let path = found.ok_or_else(|| wrong(format!("There is no attribute '{name}'.")))?;
        if self.tokens.next_if_eq(&Token::OpenValues).is_some() {
            let parts = path.last().map(|last| last.parts).unwrap_or_default();
            let filter = self.inner(Names::Parts(parts), &Token::CloseValues)?;
            return Ok(Filter::Within(path, Box::new(filter)));
        }
        let Some(Token::Word(operator)) = self.tokens.next() else {
            return Err(wrong(format!("'{name}' must be followed by an operator.")));
        };
        if operator.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let comparison = Comparison::named(&operator)
            .ok_or_else(|| wrong(format!("There is no operator '{operator}'.")))?;
        let value = self.value()?;
        compare(path.into_value(), comparison, value)
    }

    fn value(&mut self) -> Result<Value> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(Token::Word(word)) => match serde_json::from_str(&word.to_ascii_lowercase()) {
                Ok(value @ (Value::Bool(_) | Value::Null | Value::Number(_))) => Ok(value),
                _ => Err(wrong("A value must be a text in quotes, a number, `true`, `false` or `null`.")),
            },
            _ => Err(wrong("The filter lacks a value.")),
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = |token: &Token| matches!(token, Token::Word(it) if it.eq_ignore_ascii_case(word));
        self.tokens.next_if(is_it).is_some()
    }
}

/// Returns a comparison, if the attribute can be compared so.
fn compare(path: AttributePath, comparison: Comparison, value: Value) -> Result<Filter> {
    use Comparison::{Equal, NotEqual};
    let Some(attribute) = path.last() else { return Err(wrong("The filter lacks an attribute.")) };
    let is_fitting = match (attribute.data, &value) {
        (Data::Complex, _) => false,
        (_, Value::Null) => matches!(comparison, Equal | NotEqual),
        (Data::Flag, Value::Bool(_)) => matches!(comparison, Equal | NotEqual),
        (Data::Time, Value::String(text)) => super::instant(text).is_some(),
        (Data::Text | Data::Reference, Value::String(_)) => true,
        _ => false,
    };
    if is_fitting {
        return Ok(Filter::Compare(path, comparison, value));
    }
    Err(wrong(format!("'{}' cannot be compared like this.", attribute.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_filter_is_refused() {
        let deep = format!("{}title pr{}", "(".repeat(100), ")".repeat(100));
        for text in [
            "",
            "userName",
            "userName eq",
            "userName eq ada",
            "userName is \"ada\"",
            "userName eq \"ada",
            "userName eq \"a\\x\"",
            "userName eq \"a\" and",
            "userName eq \"a\" title pr",
            "(userName eq \"a\"",
            "userName eq \"a\")",
            "not userName eq \"a\"",
            "emails[type eq \"work\"",
            "emails[userName pr]",
            "active gt true",
            "active eq \"x\"",
            "name eq \"Ada\"",
            "meta.created gt \"yesterday\"",
            "nobody eq \"a\"",
            "userName gt null",
            "userName eq 7",
            &deep,
        ] {
            assert!(Filter::parse(Kind::User, text).is_err(), "{text}");
        }
    }
}
