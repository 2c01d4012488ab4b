//! Requests as a plan shows them.

use anyprofile_core::{Result, plan::PlannedRequest};

use crate::{HttpClient, Request};

/// Headers that a plan does not show, since every request has them.
const OF_EVERY_REQUEST: [&str; 2] = ["accept", "user-agent"];

impl HttpClient {
    /// Returns the request as it would be sent, for a plan. A body that is not JSON, such as a file, is shown by its type and size.
    ///
    /// # Errors
    /// Those of [`url`](Self::url).
    pub fn planned(&self, request: &Request) -> Result<PlannedRequest> {
        let body: Option<serde_json::Value> = serde_json::from_slice(&request.body).ok();
        let content_type = request.headers.get(http::header::CONTENT_TYPE);
        let described = (body.is_none() && !request.body.is_empty()).then(|| {
            let media_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("unknown type");
            format!("{media_type}, {} bytes", request.body.len())
        });
        let is_json = body.is_some();
        let method = request.method.as_str().to_owned();
        let mut planned = PlannedRequest::new(method, self.url(request)?, body);
        planned.body_description = described;
        let headers = self.headers().iter().filter(|(name, _)| !request.headers.contains_key(*name));
        for (name, value) in headers.chain(&request.headers) {
            let says_nothing =
                OF_EVERY_REQUEST.contains(&name.as_str()) || (is_json && *name == http::header::CONTENT_TYPE);
            if let (false, Ok(value)) = (says_nothing, value.to_str()) {
                planned = planned.with_header(name.as_str(), value);
            }
        }
        Ok(planned)
    }
}
