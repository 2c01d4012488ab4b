//! Operations: requests of an API as values, with how their responses are read.

use std::{fmt, sync::Arc};

use anyprofile_core::{Error, RequestStats, Result, Timestamp};

use crate::{HttpClient, Request, Response};

type Reader<T> = Arc<dyn Fn(&Response) -> Result<T> + Send + Sync>;

/// One request of an API, and how its response is read. To build one sends nothing; reading is a pure function of the
/// response.
///
/// [`HttpClient::call`] sends it. Who wants something else of the same response reads it [otherwise](Self::read_as): a native
/// client and a provider send the same requests. `Debug` shows no content.
pub struct Operation<T> {
    request: Request,
    read: Reader<T>,
    read_back: Option<ReadBack>,
    hint: Option<&'static str>,
}

/// What is read after a write whose response does not show the record.
#[derive(Clone)]
struct ReadBack {
    request: Request,
    shows_record: fn(&Response) -> bool,
}

impl<T> Operation<T> {
    /// A request, and what its response says.
    pub fn new(request: Request, read: impl Fn(&Response) -> Result<T> + Send + Sync + 'static) -> Self {
        Self { request, read: Arc::new(read), read_back: None, hint: None }
    }

    /// The same request, read otherwise.
    pub fn read_as<U>(self, read: impl Fn(&Response) -> Result<U> + Send + Sync + 'static) -> Operation<U> {
        Operation { request: self.request, read: Arc::new(read), read_back: self.read_back, hint: self.hint }
    }

    /// The same request, with what is read of it turned into something else.
    pub fn map<U: 'static>(self, map: impl Fn(T) -> U + Send + Sync + 'static) -> Operation<U>
    where
        T: 'static,
    {
        let read = Arc::clone(&self.read);
        self.read_as(move |response| read(response).map(&map))
    }

    /// Of a write: reads the record by another operation's request where the response has no body.
    pub fn reading_back<U>(self, operation: &Operation<U>) -> Self {
        self.reading_back_unless(|response| !response.is_empty(), operation)
    }

    /// Of a write: reads the record by another operation's request where the response does not show it.
    pub fn reading_back_unless<U>(
        mut self,
        shows_record: fn(&Response) -> bool,
        operation: &Operation<U>,
    ) -> Self {
        self.read_back = Some(ReadBack { request: operation.request.clone(), shows_record });
        self
    }

    /// The same operation, of which it does not matter whether the response shows the record.
    pub fn without_reading_back(mut self) -> Self {
        self.read_back = None;
        self
    }

    /// Of a write: says what to do where it may have been made although it failed.
    pub fn with_hint_if_made(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What a response says.
    ///
    /// # Errors
    /// What is wrong with it.
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

/// What came of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What was read of the response.
    pub value: T,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// The time of the response by the service's clock (its `Date` header), in whole seconds.
    pub date: Option<Timestamp>,
    /// What it took.
    pub stats: RequestStats,
}

impl HttpClient {
    /// Sends an operation's request, repeats it where that may help and does no harm, and reads the response.
    ///
    /// The request is under way by itself: it goes on while nobody polls, and is given up when the future is dropped.
    ///
    /// # Errors
    /// As [`send`](Self::send), and those of reading. Where the record was read back, that the write was made.
    pub async fn call<T>(&self, operation: &Operation<T>) -> Result<Reply<T>> {
        self.call_once(operation).await.map_err(|error| match operation.hint {
            Some(hint) => error.with_hint_if_effect(hint),
            None => error,
        })
    }

    async fn call_once<T>(&self, operation: &Operation<T>) -> Result<Reply<T>> {
        let written = self.send(operation.request.clone()).await?;
        let Some(read_back) = operation.read_back.as_ref().filter(|it| !(it.shows_record)(&written)) else {
            return reply(written, operation);
        };
        // What is not there is not shown, and what is an error of the service's says so.
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
