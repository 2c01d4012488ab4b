//! Responses in a folder, in place of a service.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyprofile_core::{Error, Result, async_trait};
use anyprofile_http::{
    RequestContext, ResponseBody, Transport, TransportError, TransportErrorKind, bytes, http,
};
use serde_json::json;

use crate::Service;

/// The operation of a token request, as the client names it.
const TOKEN_OPERATION: &str = "oauth2-token";

/// Sends no request, and returns the responses that a folder has.
///
/// `OPERATION.json` has the body of the response to the definition's operation with this name, and `OPERATION.2.json` that of the second
/// request for it, such as the second page. `OPERATION.headers`, as `curl --dump-header` writes it, has the status and the headers; without it,
/// the status is 200. A request without a file fails, and the error names the file.
///
/// ```
/// use std::sync::Arc;
///
/// use anyprofile_declared::{RecordedResponses, Service};
///
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("listUsers.json"), "[]")?;
/// // With listUsers.json, listUsers.2.json, listUsers.2.headers.
/// let responses = Arc::new(RecordedResponses::open(folder.path(), &Service::builtin("okta")?)?);
/// assert_eq!(responses.operations(), ["listUsers"]);
/// // Give it to an account: `HttpOptions::with_transport(responses)`.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RecordedResponses {
    folder: PathBuf,
    files: BTreeMap<(String, u32), Recorded>,
    /// Where an access token is in a response.
    token: String,
    requests: Mutex<BTreeMap<String, u32>>,
    missing: Mutex<Vec<String>>,
}

#[derive(Default)]
struct Recorded {
    body: Vec<u8>,
    headers: String,
}

impl RecordedResponses {
    /// Reads the files of a folder.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if the folder or a file cannot be read, has no response, or has one for an operation
    /// that the definition does not use.
    pub fn open(folder: &Path, service: &Service) -> Result<Self> {
        let known = service.operations();
        let failed =
            |path: &Path, error: std::io::Error| Error::config(format!("{}: {error}", path.display()));
        let mut files: BTreeMap<(String, u32), Recorded> = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            let (operation, number) = match stem.rsplit_once('.').map(|(name, number)| (name, number.parse()))
            {
                Some((operation, Ok(number))) => (operation, number),
                _ => (stem, 1),
            };
            let recorded = || std::fs::read(&path).map_err(|error| failed(&path, error));
            if !matches!(ending, "json" | "headers") {
                continue;
            }
            if !known.contains(&operation) && operation != TOKEN_OPERATION {
                return Err(Error::config(format!(
                    "{}: the definition has no operation '{operation}'",
                    path.display()
                ))
                .with_hint(format!("its operations: {}", known.join(", "))));
            }
            let key = (operation.to_owned(), number);
            match ending {
                "json" => files.entry(key).or_default().body = recorded()?,
                _ => {
                    files.entry(key).or_default().headers =
                        String::from_utf8_lossy(&recorded()?).into_owned();
                }
            }
        }
        if files.is_empty() {
            return Err(Error::config(format!("{}: the folder has no recorded response", folder.display()))
                .with_hint("put the response to each operation of the definition into OPERATION.json, and its second page into OPERATION.2.json"));
        }
        let token = service.definition().auth.first().and_then(|auth| auth.token.clone());
        let token = token.unwrap_or_else(|| "/access_token".to_owned());
        Ok(Self {
            folder: folder.to_owned(),
            files,
            token,
            requests: Mutex::default(),
            missing: Mutex::default(),
        })
    }

    /// Returns the operations that have a response, in alphabetical order.
    pub fn operations(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.files.keys().map(|(operation, _)| operation.as_str()).collect();
        names.dedup();
        names
    }

    /// Returns the number of responses.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns which responses were asked for and are not there, each with the file that it belongs into.
    pub fn missing(&self) -> Vec<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins again with the first response of each operation.
    pub fn rewind(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the response to a token request that nobody recorded: no token is needed here.
    fn token_response(&self) -> String {
        let token = json!("recorded");
        let names = self.token.rsplit('/').filter(|name| !name.is_empty());
        names
            .fold(token, |value, name| json!({ name: value, "expires_in": 3600, "token_type": "Bearer" }))
            .to_string()
    }

    fn next(&self, operation: &str) -> Result<&Recorded, String> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let number = requests.entry(operation.to_owned()).or_default();
        *number += 1;
        self.files.get(&(operation.to_owned(), *number)).ok_or_else(|| {
            let file =
                if *number == 1 { format!("{operation}.json") } else { format!("{operation}.{number}.json") };
            format!(
                "no response is recorded for request {number} of {operation}: put it into {}",
                self.folder.join(file).display()
            )
        })
    }
}

impl fmt::Debug for RecordedResponses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecordedResponses({})", self.folder.display())
    }
}

#[async_trait]
impl Transport for RecordedResponses {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let operation =
            request.extensions().get::<RequestContext>().map(|context| context.operation.name.to_string());
        let failed = |message: String| TransportError::new(TransportErrorKind::Request).with_source(message);
        let operation = operation.unwrap_or_default();
        if operation == TOKEN_OPERATION && !self.files.contains_key(&(operation.clone(), 1)) {
            return Ok(http::Response::new(ResponseBody::from_bytes(self.token_response())));
        }
        let recorded = self.next(&operation).map_err(|message| {
            let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
            if !missing.contains(&message) {
                missing.push(message.clone());
            }
            failed(message)
        })?;
        let mut response = http::Response::builder().status(200).header("content-type", "application/json");
        for line in recorded.headers.lines().map(str::trim) {
            if let Some(status) = line.strip_prefix("HTTP/") {
                // A redirect or a `100 Continue` is before the response that counts.
                response = http::Response::builder().status(status.split(' ').nth(1).unwrap_or("200"));
            } else if let Some((name, value)) = line.split_once(':') {
                // They are about the bytes on the way, and the body is what was in them.
                let of_transfer = ["content-encoding", "content-length", "transfer-encoding", "connection"];
                if !of_transfer.contains(&name.trim().to_ascii_lowercase().as_str()) {
                    response = response.header(name.trim(), value.trim());
                }
            }
        }
        response
            .body(ResponseBody::from_bytes(recorded.body.clone()))
            .map_err(|error| failed(error.to_string()))
    }
}
