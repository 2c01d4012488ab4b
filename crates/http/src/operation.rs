//! Operations: a request as a value, with the function that reads its response.

use std::{fmt, sync::Arc};

use anyprofile_core::{Error, RequestStats, Result, Timestamp};

use crate::{HttpClient, Request, Response};

type Reader<T> = Arc<dyn Fn(&Response) -> Result<T> + Send + Sync>;

/// One request of an API, and the function that reads its response.
///
/// Creating an operation sends nothing; [`HttpClient::call`] sends it. Reading is a pure function of the response, and
/// [`read_as`](Self::read_as) replaces it, so a native client and a provider can share the request. `Debug` shows no content.
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
/// use anyprofile_http::{Operation, Request};
///
/// let get = Operation::new(Request::get("get-user").path("/users").segment("ada"), |response| {
///     response.decode::<serde_json::Value>()
/// });
/// // What was made of the response, with the request's id and what it took.
/// let reply = client.call(&get.map(|user| user["name"].clone())).await?;
/// assert_eq!((reply.value, reply.stats.requests), ("Ada".into(), 1));
/// # Ok(())
/// # }
/// ```
pub struct Operation<T> {
    request: Request,
    read: Reader<T>,
    read_back: Option<ReadBack>,
    hint: Option<&'static str>,
}

/// The request that reads the record after a write whose response does not show it.
#[derive(Clone)]
struct ReadBack {
    request: Request,
    shows_record: fn(&Response) -> bool,
}

impl<T> Operation<T> {
    /// Creates an operation from a request and the function that reads its response.
    pub fn new(request: Request, read: impl Fn(&Response) -> Result<T> + Send + Sync + 'static) -> Self {
        Self { request, read: Arc::new(read), read_back: None, hint: None }
    }

    /// Replaces the function that reads the response.
    pub fn read_as<U>(self, read: impl Fn(&Response) -> Result<U> + Send + Sync + 'static) -> Operation<U> {
        Operation { request: self.request, read: Arc::new(read), read_back: self.read_back, hint: self.hint }
    }

    /// Applies a function to the value that is read.
    pub fn map<U: 'static>(self, map: impl Fn(T) -> U + Send + Sync + 'static) -> Operation<U>
    where
        T: 'static,
    {
        let read = Arc::clone(&self.read);
        self.read_as(move |response| read(response).map(&map))
    }

    /// Reads the record with another operation's request, if the response to this write has no body.
    pub fn reading_back<U>(self, operation: &Operation<U>) -> Self {
        self.reading_back_unless(|response| !response.is_empty(), operation)
    }

    /// Reads the record with another operation's request, unless the response to this write shows it.
    pub fn reading_back_unless<U>(
        mut self,
        shows_record: fn(&Response) -> bool,
        operation: &Operation<U>,
    ) -> Self {
        self.read_back = Some(ReadBack { request: operation.request.clone(), shows_record });
        self
    }

    /// Sends no second request, even if the response does not show the record.
    pub fn without_reading_back(mut self) -> Self {
        self.read_back = None;
        self
    }

    /// Sets the hint for a failed write that may have taken effect.
    pub fn with_hint_if_made(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Returns the request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Reads a response.
    ///
    /// # Errors
    /// Those of the function that reads it.
    pub(crate) fn read(&self, response: &Response) -> Result<T> {
        (self.read)(response)
    }
}

impl<T> Clone for Operation<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            read: Arc::clone(&self.read),
            read_back: self.read_back.clone(),
            hint: self.hint,
        }
    }
}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Operation({:?})", self.request)
    }
}

/// The result of an operation.
///
/// ```
/// # use std::sync::Arc;
/// # use anyprofile_http::*;
/// # #[derive(Debug)]
/// # struct InMemory;
/// # #[anyprofile_core::async_trait]
/// # impl Transport for InMemory {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
/// #         let response = http::Response::builder().header("x-request-id", "req-7");
/// #         Ok(response.body(ResponseBody::from_bytes(r#"{"name": "Ada"}"#)).unwrap())
/// #     }
/// # }
/// # fn client() -> anyprofile_core::Result<HttpClient> {
/// #     let (service, account) = ("library".parse()?, "main".parse()?);
/// #     let info = anyprofile_core::ProviderInfo::new(service, account, "Library", "https://api.example.com/v1");
/// #     let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &"the-key".into())?;
/// #     let options = HttpOptions::default().with_transport(Arc::new(InMemory));
/// #     HttpClient::new(info, credential, HeaderMap::new(), TOKEN_DIALECT, options)
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> anyprofile_core::Result<()> {
/// # let client = client()?;
/// use anyprofile_http::{Operation, Request};
///
/// let get_name = Operation::new(Request::get("get-user").path("/users").segment("ada"), |response| {
///     Ok(response.decode::<serde_json::Value>()?["name"].clone())
/// });
/// let reply = client.call(&get_name).await?;
/// assert_eq!(reply.value, "Ada");
/// // What to tell the service's support, and what it took.
/// assert_eq!((reply.request_id.as_deref(), reply.stats.attempts), (Some("req-7"), 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The value that was read from the response.
    pub value: T,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock (its `Date` header), in whole seconds.
    pub date: Option<Timestamp>,
    /// Requests, attempts and time waited, of all requests of the operation.
    pub stats: RequestStats,
}

impl HttpClient {
    /// Sends an operation's request, retries it where that is safe and may help, and reads the response.
    ///
    /// The work runs in a task of its own, so it makes progress while the future is not polled. Dropping the future cancels it.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) and of reading. If a write succeeded and reading the record back failed, the error says that
    /// the write took effect.
    pub async fn call<T>(&self, operation: &Operation<T>) -> Result<Reply<T>> {
        self.call_once(operation).await.map_err(|error| match operation.hint {
            Some(hint) => error.with_hint_if_effect(hint),
            None => error,
        })
    }

    async fn call_once<T>(&self, operation: &Operation<T>) -> Result<Reply<T>> {
        let written = self.send(operation.request.clone()).await?;
        let read_back = operation.read_back.as_ref();
        let Some(read_back) = read_back.filter(|read_back| !(read_back.shows_record)(&written)) else {
            return reply(written, operation);
        };
        // A web page, or an error with a success status, is not a confirmation.
        written.acknowledged()?;
        let spent = written.stats;
        let read = self.send(read_back.request.clone()).await;
        read.and_then(|response| reply(response, operation))
            .map(|mut reply| {
                reply.stats += spent;
                reply
            })
            .map_err(|error| {
                let mut stats = error.stats();
                stats += spent;
                Error::after_write(error).with_stats(stats)
            })
    }
}

fn reply<T>(response: Response, operation: &Operation<T>) -> Result<Reply<T>> {
    let value = operation.read(&response)?;
    Ok(Reply { value, date: response.date(), stats: response.stats, request_id: response.request_id })
}
