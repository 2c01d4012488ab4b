//! Reads pages and records by their shape.

mod elements;
mod walk;

use std::borrow::Cow;

use anyprofile_core::{
    ErrorKind, Result,
    profile::{RawJson, UnknownFields},
    wire::{decode_failure, repaired},
};
use anyprofile_http::Response;
use serde::de::{self, DeserializeSeed};
use serde_json::{Value, value::RawValue};

pub(crate) use self::elements::{Elements, Listed};
use self::walk::{Keeps, Walk};
use super::{Look, Lookup as _, Shape, SlotRef, shape::tokens};

/// The start of the message about a page with too many records.
const TOO_MANY: &str = "more records than requested";

/// What was read from a record: the values of the rules' places, and everything else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Captured {
    pub(crate) slots: Vec<Slot>,
    pub(crate) unknown: UnknownFields,
    /// Whether an element of a list has something that no rule reads.
    has_more: bool,
    /// Whether an element of a list is null in place of an object.
    is_null: bool,
}

/// The value of a place.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot {
    #[default]
    Absent,
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// A list or an object, with its text.
    Tree(Value, Box<RawValue>),
    /// A list whose elements are read.
    List(Elements),
}

impl Slot {
    pub(crate) fn look(&self) -> Look<'_> {
        match self {
            Self::Absent => Look::Absent,
            Self::Null => Look::Null,
            Self::Bool(value) => Look::Bool(*value),
            Self::Integer(value) => Look::Integer(*value),
            Self::Float(value) => Look::Float(*value),
            Self::Text(text) => Look::Text(text),
            Self::Tree(value, _) => Look::Tree(value),
            // Without other rules, nobody asks.
            Self::List(elements) => elements.tree.as_ref().map_or(Look::Absent, Look::Tree),
        }
    }
}

impl Captured {
    fn of(shape: &Shape) -> Self {
        let mut slots = Vec::with_capacity(shape.slots);
        slots.resize_with(shape.slots, Slot::default);
        Self { slots, unknown: UnknownFields::default(), has_more: false, is_null: false }
    }

    /// Sets the key of a keyed record.
    fn set_key(&mut self, shape: &Shape, key: &str) {
        if let Some(place) = shape.place("/@key")
            && let Some(slot) = self.slots.get_mut(place.slot)
        {
            *slot = Slot::Text(key.to_owned());
        }
    }
}

/// A record, with its text if it is kept.
#[derive(Debug)]
pub(crate) struct ReadRecord {
    pub(crate) captured: Captured,
    pub(crate) raw: Option<RawJson>,
}

/// The records of a page, and what stands around them.
#[derive(Debug)]
pub(crate) struct PageRecords {
    /// What the shape of the page names.
    pub(crate) around: Captured,
    /// The records, or why one could not be read.
    pub(crate) records: Vec<Result<ReadRecord, String>>,
}

/// How the records of a page are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAs<'a> {
    pub(crate) page: &'a Shape,
    pub(crate) record: &'a Shape,
    /// The pointer of the records, for messages.
    pub(crate) records: &'a str,
    pub(crate) is_keyed: bool,
    /// What a page has that leaves out an empty list.
    pub(crate) empty_if: Option<&'a SlotRef>,
    /// Where the total is, which makes null an empty list if it is 0.
    pub(crate) total: Option<usize>,
}

/// Reads the records of a page.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response has no list of records at its place; it names the place.
pub(crate) fn read_page(response: &Response, how: ReadAs<'_>) -> Result<PageRecords> {
    let body = response.json()?;
    let most = response.most_records();
    let keeps_raw = response.keeps_raw();
    // First all at once. If a record is not what it should be, one by one, so that it costs no other.
    let strict = walk(body, how, most, keeps_raw, false);
    let walked = match strict {
        Ok(walked) => Ok(walked),
        Err(error) if error.to_string().starts_with(TOO_MANY) => Err(error),
        Err(_) => walk(body, how, most, keeps_raw, true),
    };
    let (around, list) = walked.map_err(|error| {
        let failure = decode_failure(&error);
        if failure.reason.starts_with(TOO_MANY) {
            return response
                .error(ErrorKind::TooLarge, format!("the response has {}", failure.reason))
                .with_hint(
                    "request smaller pages; if the service ignores the page size, report it to the service",
                );
        }
        response
            .error(ErrorKind::Decode, format!("the response does not have the documented form: {failure}"))
    })?;
    let nowhere = || {
        let place = if how.records.is_empty() {
            "the response itself".to_owned()
        } else {
            format!("'{}'", how.records)
        };
        response
            .error(ErrorKind::Decode, format!("the response has no list of records at {place}"))
            .with_hint("compare `records` of the definition with a response of the service")
    };
    let records = match list.found {
        Found::List => list.records,
        Found::Nothing | Found::Null if is_empty_page(&around, how.empty_if) => Vec::new(),
        Found::Null if says_none(&around, how.total) => Vec::new(),
        Found::Nothing | Found::Null => return Err(nowhere()),
    };
    Ok(PageRecords { around, records })
}

/// Returns whether a response without records is a page all the same: a response of another sort has not what the page has.
fn is_empty_page(around: &Captured, shown_by: Option<&SlotRef>) -> bool {
    shown_by.is_some_and(|place| !matches!(around.look(place), Look::Absent | Look::Null))
}

fn says_none(around: &Captured, total: Option<usize>) -> bool {
    matches!(total.and_then(|slot| around.slots.get(slot)), Some(Slot::Integer(0)))
}

/// Reads one record at a pointer of the response; `None` if there is none, or null.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response is no JSON, or what is at the place is no record.
pub(crate) fn read_record(response: &Response, pointer: &str, shape: &Shape) -> Result<Option<ReadRecord>> {
    response.acknowledged()?;
    let body = response.json()?;
    let text = if pointer.is_empty() { None } else { Some(text_at(response, body, pointer)?) };
    let text = match text {
        Some(None) => return Ok(None),
        Some(Some(raw)) => Cow::Owned(raw.get().to_owned()),
        None => String::from_utf8_lossy(body),
    };
    if text.trim() == "null" {
        return Ok(None);
    }
    let mut captured = Captured::of(shape);
    let read = read_text(&text, shape, &mut captured).map_err(|error| {
        response.error(
            ErrorKind::Decode,
            format!("the response does not have the documented form: {}", decode_failure(&error)),
        )
    });
    read?;
    let raw = if response.keeps_raw() {
        RawValue::from_string(text.into_owned()).ok().map(RawJson::from)
    } else {
        None
    };
    Ok(Some(ReadRecord { captured, raw }))
}

/// Returns the text of the value at a pointer of a body.
fn text_at<'a>(response: &Response, body: &'a [u8], pointer: &str) -> Result<Option<Cow<'a, RawValue>>> {
    let failed = |error: serde_json::Error| {
        response.error(
            ErrorKind::Decode,
            format!("the response does not have the documented form: {}", decode_failure(&error)),
        )
    };
    let mut here: &RawValue = serde_json::from_slice(body).map_err(failed)?;
    let path = tokens(pointer);
    for token in &path {
        let next = if let Ok(index) = token.parse::<usize>() {
            let items: Option<Vec<&RawValue>> = serde_json::from_str(here.get()).ok();
            items.and_then(|items| items.get(index).copied())
        } else {
            let fields: Option<std::collections::BTreeMap<Cow<'_, str>, &RawValue>> =
                serde_json::from_str(here.get()).ok();
            fields.and_then(|fields| fields.get(token.as_str()).copied())
        };
        match next {
            Some(next) => here = next,
            None => return Ok(None),
        }
    }
    Ok(Some(Cow::Borrowed(here)))
}

/// Reads the value at a pointer of a response; null if there is none.
///
/// # Errors
/// [`ErrorKind::Decode`] if the response is no JSON.
pub(crate) fn read_value(response: &Response, pointer: &str) -> Result<Value> {
    response.acknowledged()?;
    let value: Value = response.decode()?;
    Ok(value.pointer(pointer).cloned().unwrap_or_default())
}

/// Reads a record from its text; `None` if it is none.
#[cfg(feature = "server")]
pub(crate) fn read_of_text(text: &str, shape: &Shape) -> Option<ReadRecord> {
    let mut captured = Captured::of(shape);
    read_text(text, shape, &mut captured).ok()?;
    Some(ReadRecord { captured, raw: None })
}

/// Reads a few values of a body, and skips the rest; `None` if it is no JSON.
pub(crate) fn peek(body: &[u8], shape: &Shape) -> Option<Captured> {
    let nothing = Shape::default();
    let how =
        ReadAs { page: shape, record: &nothing, records: "", is_keyed: false, empty_if: None, total: None };
    walk(body, how, 0, false, false).ok().map(|(captured, _)| captured)
}

/// What was found at the place of the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found {
    #[default]
    Nothing,
    Null,
    List,
}

/// The list of records, while a page is read.
struct List<'a> {
    how: ReadAs<'a>,
    most: usize,
    keeps_raw: bool,
    is_loose: bool,
    found: Found,
    records: Vec<Result<ReadRecord, String>>,
}

impl List<'_> {
    fn add<E: de::Error>(&mut self, record: Result<ReadRecord, String>) -> Result<(), E> {
        if self.records.len() >= self.most {
            return Err(E::custom(format_args!("{TOO_MANY} ({})", self.most)));
        }
        self.records.push(record);
        Ok(())
    }

    /// Reads a record from its text. Any failure is that of the record.
    fn read_loosely(&self, raw: &RawValue) -> Result<ReadRecord, String> {
        let mut captured = Captured::of(self.how.record);
        read_text(raw.get(), self.how.record, &mut captured)
            .map_err(|error| decode_failure(&error).reason)?;
        let raw = self.keeps_raw.then(|| RawJson::from(raw.to_owned()));
        Ok(ReadRecord { captured, raw })
    }
}

fn walk<'a>(
    body: &[u8],
    how: ReadAs<'a>,
    most: usize,
    keeps_raw: bool,
    is_loose: bool,
) -> serde_json::Result<(Captured, List<'a>)> {
    let mut around = Captured::of(how.page);
    let mut list = List {
        how,
        most,
        keeps_raw,
        is_loose,
        found: Found::Nothing,
        records: Vec::with_capacity(100.min(most)),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let seed = Walk {
        node: &how.page.root,
        into: &mut around,
        list: Some(&mut list),
        path: None,
        keeps: Keeps::Nothing,
    };
    seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((around, list))
}

/// Reads a record from its text, which is repaired if it must be.
fn read_text(text: &str, shape: &Shape, captured: &mut Captured) -> serde_json::Result<()> {
    let read = |text: &str, captured: &mut Captured| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Walk::of_record(&shape.root, captured).deserialize(&mut deserializer)?;
        deserializer.end()
    };
    read(text, captured).or_else(|error| match repaired(text) {
        Some(repaired) => {
            *captured = Captured::of(shape);
            read(&repaired, captured)
        }
        None => Err(error),
    })
}
