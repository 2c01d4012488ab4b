//! Responses with a success status.

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
    outbound::{MAX_ERROR_BYTES, TargetServer},
    retry::response_date,
};

/// A page of a listing as the service sends it, with metadata of its response.
///
/// ```
/// # use serde::Deserialize;
/// # use anyprofile_core::wire::decode_records;
/// # anyprofile_core::open_record! { /// A user.
/// #     pub struct User { /// The name.
/// #         name: String, } }
/// # #[derive(Deserialize)]
/// # struct Users<R> { total: u64, users: Vec<R> }
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         let body = r#"{"total": 3, "users": [{"name": "Ada"}, 7, {"name": "Grace"}]}"#;
/// #         Ok(http::Response::new(ResponseBody::from_bytes(body)))
/// #     }
/// # }
/// # fn client() -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// #     HttpClient::new(info, credential, HeaderMap::new(), StaticDialect::new(|_| true, |_, _| {}), options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # let client = client()?;
/// let response = client.send(Request::get("list-users").path("/users")).await?;
/// // `Users` has the users of a page, and their total.
/// let listed = response.decode_envelope::<Users<User>, Users<Box<serde_json::value::RawValue>>>(|page| {
///     decode_records(page.users, |users| Users { total: page.total, users })
/// })?;
/// let page = listed.into_page(|page| (page.users, Some(page.total)));
/// // One record is no user. The page says so, and has the others.
/// assert_eq!((page.items.len(), page.quarantined.len(), page.declared_total), (2, 1, Some(3)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Listed<L> {
    /// The page, with its total and its link or token of the next page.
    pub list: L,
    /// Records of the page that could not be decoded.
    pub quarantined: Vec<Quarantined>,
    /// Fields around the records whose type is not the documented one, but whose meaning is still clear.
    pub changed_types: Vec<&'static str>,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock, to the second.
    pub date: Option<Timestamp>,
    /// Requests, attempts and time waited.
    pub stats: RequestStats,
}

impl<L> Listed<L> {
    /// Converts the page for the trait. `records` returns the records, and the total of all pages if the service reports it. The
    /// result is a last page; the caller sets what follows.
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

/// The average number of values that a record of a page may have.
const VALUES_A_RECORD: usize = 64;

const MAY_BE_MADE: &str = "the change may have been made: read the record before trying again, and check any proxy or gateway in front of the service";

/// A response with a success status and its whole body.
///
/// `Debug` shows no body.
///
/// ```
/// # use std::sync::Arc;
/// #
/// # use anyprofile_core::{ProviderInfo, Result, async_trait};
/// # use anyprofile_http::{Credential, HeaderMap, HttpClient, HttpOptions, ResponseBody, StaticDialect, Transport, TransportError};
/// # use bytes::Bytes;
/// #
/// # #[derive(Debug)]
/// # struct InMemory;
/// #
/// # #[async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         Ok(http::Response::new(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)))
/// #     }
/// # }
/// #
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", "https://api.example.com/v1");
/// # let credential = Credential::header(http::header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// # let dialect = StaticDialect::new(|_| true, |_, _| {});
/// # let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// # let client = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
/// use anyprofile_http::Request;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct User {
///     name: String,
/// }
///
/// let response = client.send(Request::get("get-user").path("/users").segment("ada")).await?;
/// // An error of decoding names the operation and the place, and repeats nothing of the record.
/// assert_eq!(response.decode::<User>()?.name, "Ada");
/// assert!(response.decode::<Vec<User>>().is_err());
/// # Ok(())
/// # }
/// ```
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
    /// Requests, attempts and time waited.
    pub stats: RequestStats,
    pub(crate) account: Arc<Account>,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) url: Url,
    /// Whether the request was a write that may not be repeated.
    pub(crate) is_write: bool,
    pub(crate) place: TargetServer,
    /// The most records that a page may have.
    pub(crate) most_records: usize,
    /// Whether records keep their JSON text.
    pub(crate) keeps_raw: bool,
}

impl Response {
    /// Returns the URL of the request, before redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the largest number of records that a page may have; see [`asking_for`](crate::Request::asking_for).
    pub fn most_records(&self) -> usize {
        self.most_records
    }

    /// Returns whether records are to keep their JSON text; see [`with_raw_records`](crate::HttpClient::with_raw_records).
    pub fn keeps_raw(&self) -> bool {
        self.keeps_raw
    }

    /// Returns the service and account that the response is from.
    pub fn info(&self) -> &ProviderInfo {
        &self.account.info
    }

    /// Decodes the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is empty, a web page, or JSON of another type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        let body = self.json()?;
        let read = wire::keeping_raw(self.keeps_raw, || serde_json::from_slice(body));
        read.map_err(|error| self.undecodable(&wire::decode_failure(&error)))
    }

    /// Decodes the body as one record. A field of an unexpected type does not fail the record; see [`Tolerant`].
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is not a JSON object, or if it has the form of the service's errors despite its success
    /// status: all fields of a record are optional, so an error would decode as an empty record.
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

    /// Decodes the body as one record, or returns `None` if it is empty.
    ///
    /// # Errors
    /// Those of [`decode_record`](Self::decode_record), except for an empty body.
    pub fn decode_record_if_any<T: Tolerant>(&self) -> Result<Option<T>> {
        if self.is_empty() { Ok(None) } else { self.decode_record().map(Some) }
    }

    /// Checks that the response is a confirmation of the service: an empty body, JSON or text.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is a web page, or has the form of the service's errors despite its success status.
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

    /// Returns whether the body has the form of the service's errors. A body with an `id` is a record.
    fn is_error(&self) -> bool {
        if self.body.len() > MAX_ERROR_BYTES {
            return false;
        }
        let failure = Failure::new(&self.operation, self.status, &self.headers, &self.body);
        let has_id = failure.json.as_ref().is_some_and(|json| json.get("id").is_some());
        !failure.is_empty && !failure.is_html && !has_id && self.dialect.is_own_form(&failure)
    }

    /// Checks that the response confirms a request for this profile: an empty body, text, or a record that is not of another
    /// profile.
    ///
    /// # Errors
    /// Those of [`acknowledged`](Self::acknowledged), and [`ErrorKind::Decode`] if the body has the id of another profile.
    pub fn acknowledges(&self, asked: &ProfileId) -> Result<()> {
        #[derive(Deserialize)]
        struct Identified {
            id: OpaqueId,
        }

        self.acknowledged()?;
        match serde_json::from_slice::<Identified>(self.body.trim_ascii()) {
            Ok(Identified { id }) => self.is_of(asked, Some(&id)),
            // Empty, text, or a record without an id.
            Err(_) => Ok(()),
        }
    }

    /// Checks that a record with this id belongs to the requested profile.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the record has no id, or the id of another profile. After a write, the error says that another
    /// profile may have been changed.
    pub fn is_of(&self, asked: &ProfileId, id: Option<&OpaqueId>) -> Result<()> {
        let Some(id) = id else {
            return Err(
                self.error(ErrorKind::Decode, "the record has no id, so it is unknown which profile it is")
            );
        };
        let received =
            ProfileId::new(asked.service.clone(), asked.account.clone(), asked.kind.clone(), id.as_str());
        let Ok(received) = received else {
            return Err(self.error(
                ErrorKind::Decode,
                "the id of the record is not valid, so it is unknown which profile it is",
            ));
        };
        if received.is_same_as(asked) {
            return Ok(());
        }
        let error = self
            .account
            .info
            .somebody_else(asked, &received)
            .with_operation(self.operation.clone())
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_response_date(self.date())
            .with_stats(self.stats);
        Err(if self.is_write { error.as_written_to_somebody_else() } else { error })
    }

    /// Returns the time of the response by the server's clock (its `Date` header), to the second. `None` if the header is missing
    /// or not valid.
    pub fn date(&self) -> Option<Timestamp> {
        response_date(&self.headers)
    }

    /// Returns whether the body is empty or white space.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    /// Decodes the body as a page of a listing; see [`wire::decode_page`].
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is not such a page; [`ErrorKind::TooLarge`] if it has far more records than
    /// [requested](crate::Request::asking_for).
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

    /// Decodes the body as a page of a listing whose records are in a JSON object.
    ///
    /// Prefer it to [`decode_list`](Self::decode_list) for such a page: serde would also read the fields of the object from an
    /// array, by position.
    ///
    /// # Errors
    /// Those of [`decode_list`](Self::decode_list), and [`ErrorKind::Decode`] if the body is not an object.
    pub fn decode_envelope<Whole: DeserializeOwned, Loose: DeserializeOwned>(
        &self,
        each: impl Fn(Loose) -> DecodedPage<Whole>,
    ) -> Result<Listed<Whole>> {
        if self.json()?.trim_ascii_start().first() != Some(&b'{') {
            return Err(self.error(ErrorKind::Decode, "the response is not a JSON object"));
        }
        self.decode_list(each)
    }

    /// Creates an error about this response, with everything known about its request. The error of a write says that the change may
    /// have been made, since the status was a success.
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

    /// Adds the service's own words, if it reports an error with a success status.
    fn with_words(&self, error: Error) -> Error {
        if !self.is_error() {
            return error;
        }
        let failure = Failure::new(&self.operation, self.status, &self.headers, &self.body);
        let mut details = ErrorDetails::default();
        self.dialect.describe(&failure, &mut details);
        with_words(error, &mut details, &self.account.credential).with_from_service(true)
    }

    /// Returns the body's bytes without a byte order mark, if they may be JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is empty or a web page; [`ErrorKind::TooLarge`] if decoding its many values would take far
    /// more memory than the requested number of records.
    pub fn json(&self) -> Result<&[u8]> {
        // A byte order mark is not JSON, but harmless.
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        let not_json = |message| {
            let error = self.error(ErrorKind::Decode, message);
            if self.is_write {
                return error;
            }
            let setting = self.place.setting();
            error.with_hint(format!("check {setting}, and any proxy or gateway in front of the service"))
        };
        if body.trim_ascii().is_empty() {
            return Err(not_json("the response is empty where JSON was expected"));
        }
        if is_html(&self.headers, body) {
            return Err(not_json("the response is a web page where JSON was expected"));
        }
        // A value takes as little as two bytes in the body, and hundreds of bytes when it is decoded.
        let most_values = self.most_records.max(MOST_RECORDS).saturating_mul(VALUES_A_RECORD);
        if body.len() > most_values && memchr::memchr_iter(b',', body).count() > most_values {
            return Err(self
                .error(ErrorKind::TooLarge, format!("the response holds more than {most_values} values"))
                .with_hint(
                    "request smaller pages; if the service ignores the page size, report it to the service",
                ));
        }
        Ok(body)
    }

    fn undecodable(&self, failure: &DecodeFailure) -> Error {
        if failure.is_too_large {
            return self
                .error(ErrorKind::TooLarge, format!("the response has {}", failure.reason))
                .with_hint(
                    "request smaller pages; if the service ignores the page size, report it to the service",
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
