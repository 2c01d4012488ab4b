//! What sends the requests: it tells the server which answer is wanted, and keeps what went over the wire.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyprofile::{
    async_trait,
    http_client::{ResponseBody, Transport, TransportError, TransportErrorKind},
    plan::PlannedRequest,
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A request and its response. `Debug` shows what is sent of a write.
pub(crate) struct Exchange {
    pub(crate) method: Method,
    url: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The names of the headers.
    pub(crate) headers: Vec<String>,
    /// The body of the request.
    pub(crate) body: Bytes,
    /// The body of the response.
    pub(crate) response: Bytes,
}

impl Exchange {
    /// Whether this is a request that was planned.
    pub(crate) fn is(&self, planned: &PlannedRequest) -> bool {
        let body: Option<Value> =
            (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body).unwrap_or_default());
        self.method.as_str() == planned.method && self.url == planned.url && body == planned.body
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.method, self.url, String::from_utf8_lossy(&self.body))
    }
}

/// The transport of all clients of a run.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    state: Mutex<State>,
    /// One exchange at a time, so that the server's log tells which request a line is about.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    prefer: Option<HeaderValue>,
    /// Whether the wish ends with the first write.
    is_for_one_write: bool,
    /// The ids of the profiles that are asked for.
    profiles: Vec<String>,
    exchanges: Vec<Exchange>,
}

impl Wire {
    /// Asks for a response (`code=404`, `example=empty`), or for the server's choice.
    pub(crate) fn prefer(&self, response: Option<&str>) {
        let mut state = self.state();
        state.prefer = response.and_then(|response| HeaderValue::from_str(response).ok());
        state.is_for_one_write = false;
    }

    /// Asks for a response to the first write: those behind it are to other operations, which have other examples.
    pub(crate) fn prefer_for_one_write(&self, response: Option<&str>) {
        self.prefer(response);
        self.state().is_for_one_write = true;
    }

    /// The response that is asked for.
    fn wish(&self, method: &Method) -> Option<HeaderValue> {
        let mut state = self.state();
        let is_last = state.is_for_one_write && method != Method::GET;
        if is_last { state.prefer.take() } else { state.prefer.clone() }
    }

    /// From now on the record of each of these ids is answered with that id. An example of a document has one id for
    /// whoever is asked for, and a provider refuses the record of somebody else.
    pub(crate) fn response_for(&self, ids: &[&str]) {
        self.state().profiles = ids.iter().map(ToString::to_string).collect();
    }

    /// The body of a response, with the id that the URL ends with if it is one of [`Self::answer_for`].
    fn with_asked_id(&self, path: &str, body: Bytes) -> Bytes {
        let asked = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if !self.state().profiles.iter().any(|id| id == asked) {
            return body;
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(mut record)) if record.get("id").is_some_and(Value::is_string) => {
                record.insert("id".to_owned(), asked.into());
                Value::Object(record).to_string().into()
            }
            _ => body,
        }
    }

    /// What went over the wire since the last call.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.state().exchanges)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, Failed> {
        let uri = request.uri().clone();
        let authority = uri.authority().ok_or("the URL has no host")?;
        let host = HeaderValue::from_str(authority.as_str())?;
        let target = uri.path_and_query().ok_or("the URL has no path")?.clone();
        *request.uri_mut() = target.into();
        request.headers_mut().insert(header::HOST, host);
        if let Some(prefer) = self.wish(request.method()) {
            request.headers_mut().insert("prefer", prefer);
        }
        let stream = TcpStream::connect(authority.as_str()).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let (mut head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        let body = self.with_asked_id(uri.path(), body.collect().await?.to_bytes());
        head.headers.remove(header::CONTENT_LENGTH);
        connection.abort();
        Ok(Response::from_parts(head, body))
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ResponseBody>, TransportError> {
        let _turn = self.turn.lock().await;
        let query = request.uri().query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let headers = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
        let (method, url, body) =
            (request.method().clone(), request.uri().to_string(), request.body().clone());
        let response = self
            .exchange(request)
            .await
            .map_err(|error| TransportError::new(TransportErrorKind::Connect).with_source(error))?;
        self.state().exchanges.push(Exchange {
            method,
            url,
            query,
            headers,
            body,
            response: response.body().clone(),
        });
        Ok(response.map(ResponseBody::from_bytes))
    }
}
