//! Providers whose service answers everything alike.

use std::{
    cell::RefCell,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyprofile::{
    ProfileId, ProfileProvider,
    anthropic::{AnthropicConfig, BETA_2026_03_24, BETA_2026_09_04},
    async_trait,
    declared::{DeclaredConfig, Service},
    http_client::{HttpOptions, ResponseBody, Transport, TransportError},
    probely::ProbelyConfig,
    scim::{Paging, Quirks, ScimConfig},
    upsun::{ListedOrganizations, UpsunConfig},
};
use anyprofile_declared::MockService;
use bytes::Bytes;

/// What the service answers.
#[derive(Debug, Default)]
struct Response {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Bytes,
}

#[derive(Debug, Default)]
struct Scripted(Mutex<Response>);

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<ResponseBody>, TransportError> {
        let response = self.0.lock().unwrap();
        let mut sent = http::Response::new(ResponseBody::from_bytes(response.body.clone()));
        *sent.status_mut() = http::StatusCode::from_u16(response.status).unwrap_or_default();
        for (name, value) in &response.headers {
            if let Ok(value) = http::HeaderValue::from_bytes(value) {
                sent.headers_mut().append(*name, value);
            }
        }
        Ok(sent)
    }
}

/// Services from files, each with another way of paging.
const DEFINITIONS: [&str; 6] = ["okta", "slack", "airflow-fab", "heroku-team", "stytch", "supabase-auth"];

type Made = (Arc<Scripted>, Arc<dyn ProfileProvider>, ProfileId);

struct Fixture {
    runtime: tokio::runtime::Runtime,
    providers: Vec<Made>,
}

thread_local! {
    static FIXTURE: RefCell<Option<Fixture>> = const { RefCell::new(None) };
}

fn make(choice: u8) -> Made {
    let scripted = Arc::new(Scripted::default());
    // What the service asks to be waited for is not waited for here.
    let http = HttpOptions::default()
        .with_max_attempts(2)
        .with_operation_timeout(Duration::from_secs(300))
        .with_transport(Arc::clone(&scripted) as _);
    let anthropic = |beta: Option<&str>| {
        let mut config = AnthropicConfig::with_api_key("a".parse().unwrap(), "key").with_http(http.clone());
        config.beta = beta.map(str::to_owned);
        Arc::new(config.connect().unwrap()) as Arc<dyn ProfileProvider>
    };
    let upsun = |organizations| {
        let config = UpsunConfig::with_access_token("a".parse().unwrap(), "token")
            .with_organizations(organizations)
            .with_http(http.clone());
        Arc::new(config.connect().unwrap()) as Arc<dyn ProfileProvider>
    };
    let (provider, id) = match choice {
        0 => (upsun(ListedOrganizations::None), "upsun:a/user/u"),
        1 => (upsun(ListedOrganizations::Discovered), "upsun:a/organization/o"),
        2 => {
            let config = ProbelyConfig::new("a".parse().unwrap(), "key").with_http(http.clone());
            (Arc::new(config.connect().unwrap()) as _, "probely:a/user/u")
        }
        3 => (anthropic(Some(BETA_2026_03_24)), "anthropic:a/user/u"),
        4 => (anthropic(Some(BETA_2026_09_04)), "anthropic:a/user/u"),
        5 => (anthropic(None), "anthropic:a/user/u"),
        6 => {
            let config = AnthropicConfig::with_admin_key("a".parse().unwrap(), "key").with_http(http.clone());
            (Arc::new(config.connect_organization().unwrap()) as _, "anthropic:a/organization_user/u")
        }
        9.. => {
            let name = DEFINITIONS[usize::from(choice - 9)];
            let service = Service::builtin(name).unwrap();
            let account = MockService::new(&service, 0);
            let mut config =
                DeclaredConfig::new("a".parse().unwrap(), service, account.secrets()).with_http(http);
            config.variables = account.variables();
            let id = format!("{name}:a/user/u").parse().unwrap();
            return (scripted, Arc::new(config.connect().unwrap()), id);
        }
        _ => {
            let mut quirks = Quirks::default();
            quirks.paging = Some(if choice == 7 { Paging::Index } else { Paging::Cursor });
            quirks.filter = Some(true);
            quirks.me = Some(true);
            let config = ScimConfig::with_token("a".parse().unwrap(), "https://scim.example.com/v2", "token")
                .with_quirks(quirks)
                .with_http(http);
            (Arc::new(config.connect().unwrap()) as _, "scim:a/user/u")
        }
    };
    (scripted, provider, id.parse().unwrap())
}

/// The number of providers.
const CHOICES: u8 = 9 + DEFINITIONS.len() as u8;

/// Has a provider asked, whose service answers everything so.
pub fn ask(
    choice: u8,
    status: u16,
    headers: &[(&'static str, Vec<u8>)],
    body: &[u8],
    work: impl AsyncFnOnce(Arc<dyn ProfileProvider>, ProfileId),
) {
    let choice = choice % CHOICES;
    FIXTURE.with_borrow_mut(|fixture| {
        let fixture = fixture.get_or_insert_with(|| Fixture {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                // Waits cost nothing.
                .start_paused(true)
                .build()
                .unwrap(),
            providers: (0..CHOICES).map(make).collect(),
        });
        // A limiter that was told to wait is of no use to the next one.
        fixture.providers[usize::from(choice)] = make(choice);
        let (scripted, provider, id) = &fixture.providers[usize::from(choice)];
        *scripted.0.lock().unwrap() =
            Response { status, headers: headers.to_vec(), body: Bytes::copy_from_slice(body) };
        fixture.runtime.block_on(work(Arc::clone(provider), id.clone()));
    });
}
