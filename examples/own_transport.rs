//! A transport of one's own: it answers from memory, so that code which uses a service can be tested without a network.

use std::sync::Arc;

use anyprofile::{
    ListQuery, ProfileProviderExt as _, Result, async_trait,
    http_client::{
        HttpOptions, ResponseBody, Transport, TransportError,
        bytes::Bytes,
        http::{Request, Response},
    },
    scim::ScimConfig,
};

/// A SCIM server with one user.
#[derive(Debug)]
struct InMemory;

#[async_trait]
impl Transport for InMemory {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ResponseBody>, TransportError> {
        let body = match request.uri().path() {
            "/v2/ServiceProviderConfig" => r#"{"patch":{"supported":true}}"#,
            _ => r#"{"totalResults":1,"Resources":[{"id":"7","userName":"ada","displayName":"Ada"}]}"#,
        };
        Ok(Response::new(ResponseBody::from_bytes(body)))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = ScimConfig::with_token("test".parse()?, "https://scim.example.com/v2", "the-token")
        .with_http(HttpOptions::default().with_transport(Arc::new(InMemory)))
        .connect()?;
    for profile in provider.list_all(ListQuery::new()).await?.profiles {
        println!("{}  {}", profile.id, profile.label());
    }
    Ok(())
}
