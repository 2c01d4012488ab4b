//! Operations: requests of an API as values, with how their responses are read.

use std::{fmt, sync::Arc};

use anyprofile_core::{Effort, Error, Result, Timestamp};

use crate::{Answer, HttpClient, Request};

type Reader<T> = Arc<dyn Fn(&Answer) -> Result<T> + Send + Sync>;

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
    shows_record: fn(&Answer) -> bool,
}

impl<T> Operation<T> {
    /// A request, and what its response says.
    pub fn new(request: Request, read: impl Fn(&Answer) -> Result<T> + Send + Sync + 'static) -> Self {
        Self { request, read: Arc::new(read), read_back: None, hint: None }
    }

    /// The same request, read otherwise.
    pub fn read_as<U>(self, read: impl Fn(&Answer) -> Result<U> + Send + Sync + 'static) -> Operation<U> {
        Operation { request: self.request, read: Arc::new(read), read_back: self.read_back, hint: self.hint }
    }

    /// The same request, with what is read of it turned into something else.
    pub fn map<U: 'static>(self, map: impl Fn(T) -> U + Send + Sync + 'static) -> Operation<U>
    where
        T: 'static,
    {
        let read = Arc::clone(&self.read);
        self.read_as(move |answer| read(answer).map(&map))
    }

    /// Of a write: reads the record by another operation's request where the response has no body.
    pub fn reading_back<U>(self, operation: &Operation<U>) -> Self {
        self.reading_back_unless(|answer| !answer.is_empty(), operation)
    }

    /// Of a write: reads the record by another operation's request where the response does not show it.
    pub fn reading_back_unless<U>(
        mut self,
        shows_record: fn(&Answer) -> bool,
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
    pub(crate) fn read(&self, answer: &Answer) -> Result<T> {
        (self.read)(answer)
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
    pub effort: Effort,
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
        let spent = written.effort;
        let read = self.send(read_back.request.clone()).await;
        read.and_then(|answer| reply(answer, operation))
            .map(|mut reply| {
                reply.effort += spent;
                reply
            })
            .map_err(|error| {
                let mut effort = error.effort();
                effort += spent;
                Error::after_write(error).with_effort(effort)
            })
    }
}

fn reply<T>(answer: Answer, operation: &Operation<T>) -> Result<Reply<T>> {
    let value = operation.read(&answer)?;
    Ok(Reply { value, date: answer.date(), effort: answer.effort, request_id: answer.request_id })
}
