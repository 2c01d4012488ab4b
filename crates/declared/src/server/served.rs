//! A local server of a service, with an account of it.

use std::{fmt, io, sync::Arc};

use anyprofile_conformance::{Connect, Disturbance, FixtureServer};
use anyprofile_core::{AccountName, ProfileProvider, Result};
use anyprofile_http::HttpOptions;

use super::MockService;
use crate::{
    DeclaredConfig, Service,
    definition::{PagingStyle, Place},
};

/// The page size of an account that the conformance suite checks: its checks need several pages.
const PAGE_SIZE: u32 = 10;

/// A [`MockService`] that is served on 127.0.0.1. It stops when it is dropped.
///
/// ```
/// use anyprofile_core::{ListQuery, ProfileProvider as _};
/// use anyprofile_declared::{MockServer, Service};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let okta = MockServer::start(&Service::builtin("okta")?, 12, 0).await?;
/// let provider = okta.config().connect()?;
/// let people = provider.list_page(&ListQuery::new(), None).await?;
/// assert_eq!(people.items.len(), 12);
/// # Ok(())
/// # }
/// ```
pub struct MockServer {
    mock: MockService,
    server: FixtureServer,
}

impl MockServer {
    /// Serves a service with this many people in each part of each list on a port; 0 selects a free port.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn start(service: &Service, people: u64, port: u16) -> io::Result<Self> {
        Self::serve(MockService::new(service, people), port).await
    }

    /// Serves a service on a port; 0 selects a free port.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn serve(mock: MockService, port: u16) -> io::Result<Self> {
        let service = mock.service.clone();
        let (of_pages, of_records, of_reads) = (mock.clone(), mock.clone(), mock.clone());
        let server = FixtureServer::start(port, mock.routes())
            .await?
            .with_further_pages(move |request| {
                of_pages.is_further_page(&request.method, &request.url, &request.headers, &request.body)
            })
            .with_another_record(move |path| of_records.another_record(path))
            .with_reads(move |request| of_reads.is_read(&request.method, &request.url, &request.body))
            .with_records(mock.records())
            .without(impossible(&service));
        Ok(Self { mock, server })
    }

    /// Returns the server, for the conformance suite.
    pub fn server(&self) -> &FixtureServer {
        &self.server
    }

    /// Returns the service.
    pub fn mock(&self) -> &MockService {
        &self.mock
    }

    /// Returns the settings of an account at this server.
    pub fn config(&self) -> DeclaredConfig {
        let base_url = self.server.base_url();
        let mut http = HttpOptions::default();
        http.allow_insecure_http = true;
        let config = DeclaredConfig::new(
            AccountName::from_static("mock"),
            self.mock.service.clone(),
            self.mock.secrets(),
        );
        let mut config = config.at(base_url.clone()).with_http(http);
        config.variables = self.mock.variables();
        config.token_url = self.mock.token_url(&base_url);
        config
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MockServer({})", self.mock.service.definition().name)
    }
}

impl Connect for MockServer {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok(Arc::new(self.config().with_page_size(PAGE_SIZE).connect()?))
    }
}

/// Returns what cannot happen in a list that is paged like this.
fn impossible(service: &Service) -> Vec<Disturbance> {
    let paging = service.definition().collections.first().map(|collection| &collection.paging);
    let style = paging.map(|paging| paging.style);
    let is_in_body = paging.is_some_and(|paging| paging.place == Place::Body);
    match style {
        // A number leads nowhere but to the next page.
        Some(PagingStyle::Page) => vec![Disturbance::Cycle],
        // The next page begins behind the records that came, so that what a page left out comes then.
        Some(PagingStyle::Offset) => vec![Disturbance::Cycle, Disturbance::LostRecord],
        // The record that has the position cannot be read, and comes again.
        Some(PagingStyle::LastRecord) => vec![Disturbance::BadRecord],
        // The URL does not say which page it is.
        Some(PagingStyle::Header) => vec![Disturbance::Cycle],
        _ if is_in_body => vec![Disturbance::Cycle],
        _ => Vec::new(),
    }
}
