//! Parses a text into a condition.

mod literal;

use std::ops::Range;

use anyprofile_core::{
    FieldPath, FieldState, Status,
    condition::{Attribute, Comparison, Condition, ItemCondition, Operator},
};
use serde_json::Value;
use winnow::{
    LocatingSlice, ModalResult, Parser as _, Stateful,
    ascii::{Caseless, multispace0},
    combinator::{not, opt, separated},
    error::{ErrMode, ParserError},
    stream::Location as _,
    token::{one_of, take_while},
};

use self::literal::{Literal, literal};
use crate::{
    ParseError,
    names::{Named, named},
};

/// The maximum depth of nested conditions.
const MAX_DEPTH: usize = 64;

/// The result of [`parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parsed {
    /// The condition.
    pub condition: Condition,
    /// The condition in the grammar of SCIM filters, if the text used the old syntax. That syntax is accepted for one more version:
    /// show this text to the person.
    pub rewritten: Option<String>,
}

/// Parses a condition.
///
/// # Errors
/// [`ParseError`] if the text is not a condition, a name is not a field, or a comparison can never be true.
pub fn parse(text: &str) -> Result<Parsed, ParseError> {
    let mut input = Stateful { input: LocatingSlice::new(text), state: ParserState::default() };
    let parsed = whole(&mut input);
    let mistake = match parsed {
        Ok(condition) => {
            let rewritten = input.state.is_old.then(|| condition.to_string());
            return Ok(Parsed { condition, rewritten });
        }
        Err(ErrMode::Cut(mistake) | ErrMode::Backtrack(mistake)) => mistake,
        // The input is complete, so the parser never asks for more.
        Err(ErrMode::Incomplete(_)) => Mistake::at(&input, "a condition is required"),
    };
    let before = text.get(..mistake.span.start).unwrap_or(text);
    Err(ParseError { character: before.chars().count() + 1, span: mistake.span, message: mistake.message })
}

type Input<'a> = Stateful<LocatingSlice<&'a str>, ParserState>;

type Parse<T> = ModalResult<T, Mistake>;

/// The state of the parser.
#[derive(Debug, Default)]
struct ParserState {
    depth: usize,
    /// Whether a part of the text used the old syntax.
    is_old: bool,
    /// The list whose brackets are being parsed.
    list: Option<FieldPath>,
}

/// A mistake in the text, and its place.
#[derive(Debug)]
struct Mistake {
    span: Range<usize>,
    message: String,
}

impl Mistake {
    fn at(input: &Input<'_>, message: &str) -> Self {
        let start = input.current_token_start();
        Self { span: start..start, message: message.to_owned() }
    }
}

impl ParserError<Input<'_>> for Mistake {
    type Inner = Self;

    fn from_input(input: &Input<'_>) -> Self {
        Self::at(input, "a condition is required here")
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// Returns an error that ends the parse.
fn wrong<T>(span: Range<usize>, message: impl Into<String>) -> Parse<T> {
    Err(ErrMode::Cut(Mistake { span, message: message.into() }))
}

/// Returns an error at the next word, the next other character, or the end.
fn wrong_next<T>(input: &mut Input<'_>, message: impl Into<String>) -> Parse<T> {
    let start = input.current_token_start();
    let length = match word_of(input.input.as_ref()) {
        "" => input.input.chars().next().map_or(0, char::len_utf8),
        word => word.len(),
    };
    wrong(start..start + length, message)
}

/// Returns the word at the start of a text.
fn word_of(text: &str) -> &str {
    let end = text.find(|c: char| !is_of_word(c)).unwrap_or(text.len());
    &text[..end]
}

fn is_of_word(c: char) -> bool {
    !c.is_whitespace() && !"()[]\"'!=<>~".contains(c)
}

fn whole(input: &mut Input<'_>) -> Parse<Condition> {
    let condition = any_of(input)?;
    multispace0.parse_next(input)?;
    if input.input.is_empty() {
        Ok(condition)
    } else {
        wrong_next(input, "`and` or `or` is required before this")
    }
}

/// Parses conditions joined by `or`.
fn any_of(input: &mut Input<'_>) -> Parse<Condition> {
    separated(1.., all_of, keyword("or")).map(|all| joined(all, Condition::Or)).parse_next(input)
}

/// Parses conditions joined by `and`.
fn all_of(input: &mut Input<'_>) -> Parse<Condition> {
    separated(1.., single, keyword("and")).map(|all| joined(all, Condition::And)).parse_next(input)
}

fn joined(mut all: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if all.len() == 1 { all.remove(0) } else { join(all) }
}

/// Parses a keyword of the grammar, without regard to case.
fn keyword<'a>(word: &'static str) -> impl winnow::Parser<Input<'a>, (), ErrMode<Mistake>> {
    (multispace0, Caseless(word), not(one_of(is_of_word))).void()
}

/// Parses one condition: negated, in parentheses, or about an attribute.
fn single(input: &mut Input<'_>) -> Parse<Condition> {
    multispace0.parse_next(input)?;
    input.state.depth += 1;
    if input.state.depth > MAX_DEPTH {
        return wrong_next(
            input,
            format!("a condition must not be nested more than {MAX_DEPTH} levels deep"),
        );
    }
    let condition = if opt(keyword("not")).parse_next(input)?.is_some() {
        multispace0.parse_next(input)?;
        if !input.input.starts_with('(') {
            input.state.is_old = true;
        }
        !single(input)?
    } else if input.input.starts_with('(') {
        in_brackets(input, '(', ')')?
    } else {
        about_attribute(input)?
    };
    input.state.depth -= 1;
    Ok(condition)
}

/// Parses a condition between brackets.
fn in_brackets(input: &mut Input<'_>, open: char, close: char) -> Parse<Condition> {
    let start = input.current_token_start();
    one_of(open).parse_next(input)?;
    let condition = any_of(input)?;
    multispace0.parse_next(input)?;
    if input.input.is_empty() {
        return wrong(start..start + 1, format!("this `{open}` must be closed by `{close}`"));
    }
    if opt(one_of(close)).parse_next(input)?.is_none() {
        return wrong_next(input, format!("`and`, `or` or `{close}` is required before this"));
    }
    Ok(condition)
}

/// Parses a comparison, a state, or a list with a condition on its items.
fn about_attribute(input: &mut Input<'_>) -> Parse<Condition> {
    let start = input.current_token_start();
    let Some(name) = opt(take_while(1.., is_of_word)).parse_next(input)? else {
        return wrong_next(input, "a field is required here");
    };
    let span = start..start + name.len();
    let attribute = match named(name, input.state.list.as_ref()) {
        Ok(attribute) => attribute,
        Err(error) => return wrong(span, error.to_string()),
    };
    if input.input.starts_with('[') {
        return items(input, &attribute, span);
    }
    multispace0.parse_next(input)?;
    if opt(keyword("pr")).parse_next(input)?.is_some() {
        return Ok(has_state(attribute, FieldState::Value));
    }
    if opt(keyword("is")).parse_next(input)?.is_some() {
        let is_negated = opt(keyword("not")).parse_next(input)?.is_some();
        let condition = has_state(attribute, state(input)?);
        return Ok(if is_negated { !condition } else { condition });
    }
    let (operator, is_old) = operator(input)?;
    input.state.is_old |= is_old;
    let (literal, place) = literal(input, is_old)?;
    condition(attribute, operator, literal).or_else(|rule| wrong(place, rule))
}

/// Parses the condition in the brackets after a list.
fn items(input: &mut Input<'_>, attribute: &Named, span: Range<usize>) -> Parse<Condition> {
    let list = match attribute {
        Named::Attribute(attribute) if attribute.part().is_none() && has_items(attribute.field()) => {
            attribute.field().clone()
        }
        _ => return wrong(span, "brackets must follow a list: emails, roles or labels"),
    };
    input.state.list = Some(list.clone());
    let condition = in_brackets(input, '[', ']')?;
    input.state.list = None;
    let whole = span.start..input.previous_token_end();
    ItemCondition::new(list, condition).map(Condition::from).or_else(|error| wrong(whole, error.to_string()))
}

fn has_items(field: &FieldPath) -> bool {
    [FieldPath::EMAILS, FieldPath::ROLES, FieldPath::LABELS].contains(field)
}

/// Parses the word for a state.
fn state(input: &mut Input<'_>) -> Parse<FieldState> {
    const STATES: &str = "known, null, absent, unsupported, withheld";
    multispace0.parse_next(input)?;
    let word = word_of(input.input.as_ref()).to_ascii_lowercase();
    let state = if word == "known" { Ok(FieldState::Value) } else { word.parse() };
    let Ok(state) = state else { return wrong_next(input, format!("a state must be one of: {STATES}")) };
    take_while(1.., is_of_word).parse_next(input)?;
    Ok(state)
}

fn has_state(attribute: Named, state: FieldState) -> Condition {
    match attribute {
        Named::Attribute(attribute) => Condition::is(attribute, state),
        // `active` is read from the status.
        Named::Active => Condition::is(FieldPath::STATUS, state),
    }
}

/// Parses an operator. Returns it, and whether it is one of the old syntax.
fn operator(input: &mut Input<'_>) -> Parse<(Operator, bool)> {
    const OLD: [(&str, Operator); 8] = [
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("==", Operator::Equal),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("~", Operator::Contains),
    ];
    if let Some((sign, operator)) = OLD.into_iter().find(|(sign, _)| input.input.starts_with(sign)) {
        winnow::token::literal(sign).parse_next(input)?;
        return Ok((operator, true));
    }
    let word = word_of(input.input.as_ref()).to_owned();
    match word.parse() {
        Ok(operator) => {
            take_while(1.., is_of_word).parse_next(input)?;
            Ok((operator, false))
        }
        Err(_) => wrong_next(
            input,
            "an operator is required here: eq, ne, co, sw, ew, gt, ge, lt, le, pr, or `is` and a state",
        ),
    }
}

/// Creates a comparison of an attribute with a value, or returns the rule that it breaks.
fn condition(attribute: Named, operator: Operator, literal: Literal) -> Result<Condition, String> {
    let attribute: Attribute = match attribute {
        Named::Attribute(attribute) => attribute,
        Named::Active => return is_active(operator, &literal),
    };
    let value = match literal.value_for(&attribute) {
        // A comparison with null is a condition on the state.
        Value::Null => {
            return match operator {
                Operator::Equal => Ok(Condition::is(attribute, FieldState::Null)),
                Operator::NotEqual => Ok(Condition::is(attribute, FieldState::Value)),
                _ => Err("null must be compared by eq or ne".to_owned()),
            };
        }
        value => value,
    };
    Comparison::new(attribute, operator, value).map(Condition::from).map_err(|error| error.to_string())
}

/// Converts a comparison of SCIM's `active` to a condition on the status.
fn is_active(operator: Operator, literal: &Literal) -> Result<Condition, String> {
    let operator = match (operator, literal.as_bool()) {
        (Operator::Equal, Some(true)) | (Operator::NotEqual, Some(false)) => Operator::Equal,
        (Operator::Equal, Some(false)) | (Operator::NotEqual, Some(true)) => Operator::NotEqual,
        _ => return Err("active must be compared by eq or ne with true or false".to_owned()),
    };
    let comparison = Comparison::new(FieldPath::STATUS, operator, Status::Active.as_str());
    comparison.map(Condition::from).map_err(|error| error.to_string())
}
