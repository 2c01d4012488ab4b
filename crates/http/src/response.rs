//! Answers that came through.

use std::{borrow::Cow, sync::Arc};

use anyprofile_core::{
    Error, ErrorKind, ProfileId, ProviderInfo, RequestStats, Result, Timestamp,
    error::Effect,
    listing::{Page, Quarantined},
    wire::{self, DecodeFailure, DecodedPage, MOST_RECORDS, OpaqueId, Tolerant},
};
use bytes::Bytes;
use http::HeaderMap;
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::{
    account::Account,
    dialect::{Dialect, ErrorDetails, Failure, is_html},
    failure::with_words,
    outbound::{MAX_ERROR_BYTES, Place},
    retry::response_date,
};

/// A page of a listing in the very form of the service, and what came with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listed<L> {
    /// The page, with all it says of the others.
    pub list: L,
    /// Records of the page that did not decode.
    pub quarantined: Vec<Quarantined>,
    /// Fields around the records that have another type than was published, and whose meaning is plain all the same.
    pub changed_types: Vec<&'static str>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock, to the second.
    pub date: Option<Timestamp>,
    /// What it took.
    pub stats: RequestStats,
}

impl<L> Listed<L> {
    /// The page for the trait: its records, and how many there are of them on all pages where the service says
    /// so. Its way on is left at the end.
    pub fn into_page<T>(self, records: impl FnOnce(L) -> (Vec<T>, Option<u64>)) -> Page<T> {
        let (items, declared_total) = records(self.list);
        Page::last(items)
            .with_declared_total(declared_total)
            .with_quarantined(self.quarantined)
            .with_changed_types(self.changed_types)
            .with_request(self.request_id, self.stats)
            .with_date(self.date)
    }
}

/// How many values a record is taken to have at the most, on the average of a page.
const VALUES_A_RECORD: usize = 64;

const MAY_BE_MADE: &str = "the change may have been made all the same: read the record before trying again, and check what stands between here and the service";

/// A response with a success status and its whole body.
///
/// `Debug` shows no body.
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// What it took.
    pub stats: RequestStats,
    pub(crate) account: Arc<Account>,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) url: Url,
    /// Whether the request was a write that may not be repeated.
    pub(crate) is_write: bool,
    pub(crate) place: Place,
    /// How many records a page is read with.
    pub(crate) most_records: usize,
    /// Whether the texts of records are kept.
    pub(crate) keeps_raw: bool,
}

impl Response {
    /// The URL that was asked, before redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Who is spoken to.
    pub fn info(&self) -> &ProviderInfo {
        &self.account.info
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is something else, a web page or nothing.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        let body = self.json()?;
        let read = wire::keeping_raw(self.keeps_raw, || serde_json::from_slice(body));
        read.map_err(|error| self.undecodable(&wire::decode_failure(&error)))
    }

    /// The body as one record, also if a field of it has another type than expected; see [`Tolerant`].
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is no JSON object, or has the form of the service's errors in spite of its status: every
    /// field of a record is optional, so that it would be read as one that says nothing.
    pub fn decode_record<T: Tolerant>(&self) -> Result<T> {
        let body = self.json()?;
        self.no_error()?;
        let read = || {
            serde_json::from_slice(body)
                .or_else(|error| std::str::from_utf8(body).map_or(Err(error), T::recover))
        };
        wire::keeping_raw(self.keeps_raw, read)
            .map_err(|error| self.undecodable(&wire::decode_failure(&error)))
    }

    /// The body as one record, where the service may also answer with nothing.
    ///
    /// # Errors
    /// As [`decode_record`](Self::decode_record), but for an empty body.
    pub fn decode_record_if_any<T: Tolerant>(&self) -> Result<Option<T>> {
        if self.is_empty() { Ok(None) } else { self.decode_record().map(Some) }
    }

    /// That there is a response of the service's, whatever it says: nothing, JSON or words; no web page, and no error.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is a web page, or has the form of the service's errors in spite of its status.
    pub fn acknowledged(&self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        self.json()?;
        self.no_error()
    }

    fn no_error(&self) -> Result<()> {
        if self.is_error() {
            return Err(self.error(ErrorKind::Decode, "the service reports an error with a success status"));
        }
        Ok(())
    }

    /// Whether the body has the form of the service's errors. A record has an id, whatever further fields it comes to have.
    fn is_error(&self) -> bool {
        if self.body.len() > MAX_ERROR_BYTES {
            return false;
        }
        let failure = Failure::new(&self.operation, self.status, &self.headers, &self.body);
        let has_id = failure.json.as_ref().is_some_and(|json| json.get("id").is_some());
        !failure.is_empty && !failure.is_html && !has_id && self.dialect.is_own_form(&failure)
    }

    /// That there is a response of the service's about this profile: nothing, words, or a record, which must not be somebody
    /// else's.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is a web page, or has the id of another profile.
    pub fn acknowledges(&self, asked: &ProfileId) -> Result<()> {
        #[derive(Deserialize)]
        struct Identified {
            id: OpaqueId,
        }

        self.acknowledged()?;
        match serde_json::from_slice::<Identified>(self.body.trim_ascii()) {
            Ok(Identified { id }) => self.is_of(asked, Some(&id)),
            // Nothing, words, or a record that does not say whose it is.
            Err(_) => Ok(()),
        }
    }

    /// That a record with this id is that of the profile that was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it has no id, or another one; of a write, that it is not known whom it was made to.
    pub fn is_of(&self, asked: &ProfileId, id: Option<&OpaqueId>) -> Result<()> {
        let Some(id) = id else {
            return Err(
                self.error(ErrorKind::Decode, "the record has no id, so that nobody knows whose it is")
            );
        };
        let came =
            ProfileId::new(asked.service.clone(), asked.account.clone(), asked.kind.clone(), id.as_str());
        let Ok(came) = came else {
            return Err(self
                .error(ErrorKind::Decode, "the record has no usable id, so that nobody knows whose it is"));
        };
        if came.is_same_as(asked) {
            return Ok(());
        }
        let error = self
            .account
            .info
            .somebody_else(asked, &came)
            .with_operation(self.operation.clone())
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_response_date(self.date())
            .with_stats(self.stats);
        Err(if self.is_write { error.as_written_to_somebody_else() } else { error })
    }

    /// The time of the response by the clock of the server that sent it (its `Date` header), to the second. `None` where
    /// it has no readable date.
    pub fn date(&self) -> Option<Timestamp> {
        response_date(&self.headers)
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// The body as a page of a listing; see [`wire::decode_page`].
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is no such page at all; [`ErrorKind::TooLarge`] if it has far more records than
    /// [were asked for](crate::Request::asking_for).
    pub fn decode_list<Whole: DeserializeOwned, Loose: DeserializeOwned>(
        &self,
        each: impl Fn(Loose) -> DecodedPage<Whole>,
    ) -> Result<Listed<Whole>> {
        let body = self.json()?;
        let decode = || wire::decode_page_of(self.most_records, body, each);
        let decoded =
            wire::keeping_raw(self.keeps_raw, decode).map_err(|failure| self.undecodable(&failure))?;
        Ok(Listed {
            list: decoded.page,
            quarantined: decoded.quarantined,
            changed_types: decoded.changed_types,
            request_id: self.request_id.clone(),
            date: self.date(),
            stats: self.stats,
        })
    }

    /// The body as a page of a listing whose records are in an envelope: [`decode_list`](Self::decode_list) of an object.
    /// serde would read the members of an envelope from an array too, one after the other.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is no such page at all.
    pub fn decode_envelope<Whole: DeserializeOwned, Loose: DeserializeOwned>(
        &self,
        each: impl Fn(Loose) -> DecodedPage<Whole>,
    ) -> Result<Listed<Whole>> {
        if self.json()?.trim_ascii_start().first() != Some(&b'{') {
            return Err(self.error(ErrorKind::Decode, "the response is no JSON object"));
        }
        self.decode_list(each)
    }

    /// An error about this response, with all that is known of its request: of a write that was answered with a success
    /// status, that it may have been made.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = Error::new(kind, message)
            .with_provider(&self.account.info)
            .with_operation(self.operation.clone())
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_response_date(self.date())
            .with_stats(self.stats);
        let error = if kind == ErrorKind::Decode { self.with_words(error) } else { error };
        if self.is_write { error.with_effect(Effect::Possible).with_hint(MAY_BE_MADE) } else { error }
    }

    /// The error with what the service says, where it has put an error into a response with a success status.
    fn with_words(&self, error: Error) -> Error {
        if !self.is_error() {
            return error;
        }
        let failure = Failure::new(&self.operation, self.status, &self.headers, &self.body);
        let mut details = ErrorDetails::default();
        self.dialect.describe(&failure, &mut details);
        with_words(error, &mut details, &self.account.credential).with_from_service(true)
    }

    /// The body's bytes, if they can be JSON: not empty, no web page, without a byte order mark.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] otherwise; [`ErrorKind::TooLarge`] if it holds so many values that decoding it would take far
    /// more memory than a page of as many records as were asked for.
    pub fn json(&self) -> Result<&[u8]> {
        // A byte order mark is no JSON, and harmless.
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        let not_json = |message| {
            let error = self.error(ErrorKind::Decode, message);
            if self.is_write {
                return error;
            }
            let setting = self.place.setting();
            error.with_hint(format!("check {setting}, and what stands between here and the service"))
        };
        if body.trim_ascii().is_empty() {
            return Err(not_json("the response is empty where JSON was expected"));
        }
        if is_html(&self.headers, body) {
            return Err(not_json("the response is a web page where JSON was expected"));
        }
        // A value takes two bytes and a comma on its way, and hundreds of bytes once it is decoded.
        let most_values = self.most_records.max(MOST_RECORDS).saturating_mul(VALUES_A_RECORD);
        if body.len() > most_values && memchr::memchr_iter(b',', body).count() > most_values {
            return Err(self
                .error(ErrorKind::TooLarge, format!("the response holds more than {most_values} values"))
                .with_hint("ask for pages of fewer records; if the service does not heed it, report it to the service"));
        }
        Ok(body)
    }

    fn undecodable(&self, failure: &DecodeFailure) -> Error {
        if failure.is_too_large {
            return self.error(ErrorKind::TooLarge, format!("the response has {}", failure.reason)).with_hint(
                "ask for pages of fewer records; if the service does not heed it, report it to the service",
            );
        }
        self.error(ErrorKind::Decode, format!("the response does not have the documented form: {failure}"))
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Response")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
