//! Help for those who write a provider: records that tolerate what a service may send.
//!
//! [`open_record!`](crate::open_record) makes a struct of [`Field`](crate::Field)s that keeps what it
//! does not know; [`decode_page`] decodes a page whole and only where that fails record by record, to
//! set the bad ones aside; [`decode_failure`] says what is wrong with a body without repeating it.

mod notes;
mod opaque_id;
mod secret_text;
#[cfg(test)]
mod tests;

use std::{cell::Cell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned},
};
use serde_json::value::RawValue;

pub use self::{
    notes::{note_other_types, read_time},
    opaque_id::OpaqueId,
    secret_text::{SecretText, WITHHELD},
};
pub use crate::envelope::{MOST_RECORDS, count, named_records, records};
pub use crate::time_text::TimeText;
pub use crate::word::word;
use crate::{
    envelope::{self, TOO_MANY, rest::without_decoded},
    json::repaired,
    listing::Quarantined,
    profile::RawJson,
};

/// Why a body could not be decoded, in words that repeat nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// What was found and what was expected, such as `active: invalid type: string, expected a boolean`.
    pub reason: String,
    /// The line in the body, from 1; 0 where it is not known.
    pub line: usize,
    /// The column in that line, from 1; 0 where it is not known.
    pub column: usize,
    /// Whether there are far more records than were asked for, so that they were not read.
    pub is_too_large: bool,
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, line, column, is_too_large: _ } = self;
        write!(formatter, "{reason} (line {line}, column {column})")
    }
}

impl std::error::Error for DecodeFailure {}

/// Takes the content out of a JSON error: it repeats strings, numbers and keys of the body.
pub fn decode_failure(error: &serde_json::Error) -> DecodeFailure {
    let text = error.to_string();
    // serde writes content in quotes or back-quotes; the expectation behind it is ours.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    // Of these the name is ours: a field that we look for.
    let ours = ["missing field `", "duplicate field `"];
    if let Some(name) = ours.iter().find_map(|start| text.strip_prefix(start)?.strip_suffix('`')) {
        let (what, _) = text.split_once(" `").unwrap_or((text, ""));
        let reason = format!("{what} '{name}'");
        return DecodeFailure { reason, line: error.line(), column: error.column(), is_too_large: false };
    }
    let opening = text.find(['"', '`']);
    let closing = text.rfind(['"', '`']);
    let reason = match (opening, closing) {
        (Some(first), Some(last)) if last > first => {
            format!("{}{}", text[..first].trim_end(), &text[last + 1..])
        }
        (Some(first), _) => text[..first].trim_end().to_owned(),
        (None, _) => text.to_owned(),
    };
    let is_too_large = reason.starts_with(TOO_MANY);
    DecodeFailure { reason, line: error.line(), column: error.column(), is_too_large }
}

/// A decoded page and the records of it that did not decode.
#[derive(Debug)]
#[non_exhaustive]
pub struct DecodedPage<P> {
    /// The page with its good records.
    pub page: P,
    /// What was set aside.
    pub quarantined: Vec<Quarantined>,
    /// Fields of the envelope that have another type than was published, and whose meaning is plain all the same.
    pub changed_types: Vec<&'static str>,
}

/// Decodes a page: at once where every record is good, else record by record from the first that is not. At most
/// [`MOST_RECORDS`] are read.
///
/// `Whole` and `Loose` are the same envelope, with the records as their type and as [`RawValue`]s;
/// `each` turns one into the other, with the help of [`decode_records`].
///
/// # Errors
/// If the body is no such envelope at all, or has too many records.
pub fn decode_page<Whole, Loose>(
    body: &[u8],
    each: impl Fn(Loose) -> DecodedPage<Whole>,
) -> Result<DecodedPage<Whole>, DecodeFailure>
where
    Whole: DeserializeOwned,
    Loose: DeserializeOwned,
{
    decode_page_of(MOST_RECORDS, body, each)
}

/// As [`decode_page`], with another bound on the records that are read: a body of a few megabytes can hold millions of
/// tiny ones, each of which takes a thousand times its bytes once it is decoded.
///
/// # Errors
/// As [`decode_page`].
pub fn decode_page_of<Whole, Loose>(
    most_records: usize,
    body: &[u8],
    each: impl Fn(Loose) -> DecodedPage<Whole>,
) -> Result<DecodedPage<Whole>, DecodeFailure>
where
    Whole: DeserializeOwned,
    Loose: DeserializeOwned,
{
    envelope::forget_in_front();
    let (whole, changed_types, _) = envelope::decoding(most_records, || from_json(body));
    let place = match whole {
        Ok(page) => return Ok(DecodedPage { page, quarantined: Vec::new(), changed_types }),
        Err(error) => {
            let failure = decode_failure(&error);
            if failure.is_too_large {
                envelope::forget_in_front();
                return Err(failure);
            }
            (failure.line, failure.column)
        }
    };
    let loosely = |body: &[u8]| {
        let (loose, changed_types, lists) = envelope::decoding::<Loose>(most_records, || from_json(body));
        (loose.map(|loose| (loose, changed_types)), lists)
    };
    let by_record = |(loose, changed_types)| DecodedPage { changed_types, ..each(loose) };
    // What was decoded is not looked at again, unless whoever decodes by record has no use for it. Of several lists nobody
    // knows which one it belongs to.
    let rest = without_decoded(body, envelope::count_in_front(), place);
    let decoded = rest.and_then(|rest| {
        let (Ok(loose), 1) = loosely(&rest) else { return None };
        envelope::leave_out_in_front();
        let decoded = by_record(loose);
        (envelope::count_in_front() == 0).then_some(decoded)
    });
    let decoded = decoded.map_or_else(
        || {
            envelope::forget_in_front();
            loosely(body).0.map(by_record).map_err(|error| decode_failure(&error))
        },
        Ok,
    );
    envelope::forget_in_front();
    decoded
}

/// Decodes a body. That it is UTF-8 is checked once, which is far cheaper than to check every text of it.
///
/// # Errors
/// The decoder's own, also for a body that is no UTF-8.
pub fn from_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> serde_json::Result<T> {
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // Says where it is wrong, or reads it where that is in what nobody asks for.
        Err(_) => serde_json::from_slice(body),
    }
}

/// A record that can be read although a field of it has another type than expected.
///
/// [`open_record!`](crate::open_record) implements it: such a field is absent, and what was sent is kept among
/// the unknown ones. One field of a new type must not cost a person.
pub trait Tolerant: DeserializeOwned + 'static {
    /// Reads a record field by field.
    ///
    /// # Errors
    /// If the text is no JSON object.
    fn tolerant(text: &str) -> serde_json::Result<Self>;

    /// Reads a record at once where every field has its type, else field by field.
    ///
    /// # Errors
    /// If the text is no JSON object.
    fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).or_else(|_| Self::recover(text))
    }

    /// Reads a record field by field, and where even its keys hold what cannot be read, with that replaced.
    ///
    /// # Errors
    /// If the text is no JSON object.
    fn recover(text: &str) -> serde_json::Result<Self> {
        Self::tolerant(text).or_else(|error| match repaired(text) {
            Some(repaired) => Self::tolerant(&repaired),
            None => Err(error),
        })
    }
}

/// Decodes a page's records one by one and rebuilds the page from the good ones with `rebuild`.
pub fn decode_records<T: Tolerant, P>(
    records: Vec<Box<RawValue>>,
    rebuild: impl FnOnce(Vec<T>) -> P,
) -> DecodedPage<P> {
    // Those in front of the first bad one were decoded with the page.
    let mut good: Vec<T> = envelope::take_in_front();
    let in_front = good.len();
    good.reserve(records.len());
    let mut quarantined = Vec::new();
    for (position, record) in (in_front..).zip(records) {
        match T::read(record.get()) {
            Ok(record) => good.push(record),
            Err(error) => quarantined.push(Quarantined::new(position, decode_failure(&error).reason)),
        }
    }
    DecodedPage { page: rebuild(good), quarantined, changed_types: Vec::new() }
}

/// A record that is kept together with the text it was decoded from.
///
/// For the opt-in `raw` of a profile: `decode_page` with `WithRaw<T>` in place of `T`, within [`keeping_raw`] where that may be
/// off.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WithRaw<T> {
    /// The decoded record.
    pub record: T,
    /// Its text, where it was asked for.
    pub raw: Option<RawJson>,
}

impl<T> From<T> for WithRaw<T> {
    fn from(record: T) -> Self {
        Self { record, raw: None }
    }
}

thread_local! {
    /// Whether the texts of records are kept; see [`keeping_raw`].
    static KEEPS_RAW: Cell<bool> = const { Cell::new(true) };
}

/// Decodes with the texts of records kept in [`WithRaw`], or without: then it costs what its record does. serde hands nothing
/// down to a value, and decoding neither waits nor leaves its thread.
pub fn keeping_raw<T>(keeps_raw: bool, decode: impl FnOnce() -> T) -> T {
    let outer = KEEPS_RAW.replace(keeps_raw);
    let decoded = decode();
    KEEPS_RAW.set(outer);
    decoded
}

impl<'de, T: Tolerant> Deserialize<'de> for WithRaw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !KEEPS_RAW.get() {
            return T::deserialize(deserializer).map(Self::from);
        }
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // Without its place, which is one in the record's own text.
        let record = T::read(raw.get()).map_err(|error| de::Error::custom(decode_failure(&error).reason))?;
        Ok(Self { record, raw: Some(raw.into()) })
    }
}

impl<T: Tolerant> Tolerant for WithRaw<T> {
    fn tolerant(text: &str) -> serde_json::Result<Self> {
        if KEEPS_RAW.get() { serde_json::from_str(text) } else { T::tolerant(text).map(Self::from) }
    }
}
