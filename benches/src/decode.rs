//! Decoding alone: bytes in, records or profiles out, without a network.

use std::{
    collections::HashMap,
    fmt::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
};

use anyprofile::{
    ListQuery, ProfileProviderExt as _,
    http_client::{ResponseBody, Transport, TransportError, TransportErrorKind},
};
use anyprofile_sandbox::{Sandbox, SandboxOptions};
use bytes::Bytes;
use futures_util::TryStreamExt as _;

use crate::{
    Outcome, engine::Engine, engine::PAGE_SIZE, floor, response::response, runtime, service::Service,
    valgrind,
};

/// Decodes the same pages again and again.
#[derive(Debug, clap::Args)]
pub(crate) struct Decode {
    /// What decodes.
    #[arg(long)]
    engine: Engine,
    /// What service's pages.
    #[arg(long)]
    service: Service,
    /// Profiles in all pages together.
    #[arg(long)]
    profiles: u64,
    /// How often.
    #[arg(long)]
    passes: u64,
}

impl Decode {
    pub(crate) fn run(&self) -> Outcome {
        runtime()?.block_on(self.decode())
    }

    async fn decode(&self) -> Outcome {
        let sandbox = Sandbox::start(SandboxOptions::new().profiles(self.profiles).seed(7)).await?;
        let origin = sandbox.description().upsun.base_url.clone();
        let is_odd = self.engine == Engine::Odd;
        let recorded = Arc::new(Recorded { sandbox, is_odd, responses: Mutex::default() });
        let transport: Arc<dyn Transport> = Arc::clone(&recorded) as Arc<dyn Transport>;
        let provider = self.engine.provider(self.service, &origin, Some(Arc::clone(&transport)))?;
        // From one end: who is on two pages would be decoded twice.
        let query = || ListQuery::new().with_page_size(PAGE_SIZE).with_concurrency(1);
        // The first listings fill the record: the native clients ask for a page otherwise than the trait.
        Arc::clone(&provider).list_owned(query()).try_collect::<Vec<_>>().await?;
        let pages = recorded.pages();
        Engine::Native.list(self.service, &origin, Some(Arc::clone(&transport))).await?;
        let mut seen = 0;
        if self.engine == Engine::Floor {
            for _ in 0..self.passes {
                for page in &pages {
                    seen += floor::decode(self.service, page)?;
                }
            }
        } else if matches!(self.engine, Engine::Trait | Engine::Odd | Engine::Definition) {
            for _ in 0..self.passes {
                let mut profiles = Arc::clone(&provider).list_owned(query());
                while let Some(profile) = profiles.try_next().await? {
                    std::hint::black_box(&profile);
                    seen += 1;
                }
            }
        } else {
            for _ in 0..self.passes {
                seen += self.engine.list(self.service, &origin, Some(Arc::clone(&transport))).await?;
            }
        }
        println!("{seen}");
        Ok(())
    }
}

/// The table.
pub(crate) fn measure(text: &mut String) -> Outcome {
    writeln!(
        text,
        "| service | | instructions a profile | of the floor's | allocations a profile | bytes allocated a profile |"
    )?;
    writeln!(text, "|---|---|---:|---:|---:|---:|")?;
    for service in Service::ALL {
        let mut floor = None;
        for engine in Engine::decoding(service) {
            let counts = valgrind::counts(engine, service)?;
            let floor = floor.get_or_insert(counts);
            writeln!(
                text,
                "| {} | {} | {:.0} | {:.2} | {:.1} | {:.0} |",
                service.name(),
                match engine {
                    Engine::Odd => "trait, one odd record a page",
                    Engine::Definition => "trait, from a definition file",
                    engine => engine.name(),
                },
                counts.instructions,
                counts.instructions / floor.instructions,
                counts.allocations,
                counts.bytes
            )?;
        }
    }
    Ok(())
}

/// A sandbox's answers, each made once.
struct Recorded {
    sandbox: Sandbox,
    /// Whether the last name of each page is a number.
    is_odd: bool,
    responses: Mutex<HashMap<String, Bytes>>,
}

impl Recorded {
    /// The pages of the listing by the trait, each once.
    fn pages(&self) -> Vec<Bytes> {
        let responses = self.responses.lock().unwrap_or_else(PoisonError::into_inner);
        responses.iter().filter(|(url, _)| !url.contains("/oauth2/")).map(|(_, body)| body.clone()).collect()
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Recorded")
    }
}

/// A page in which the last name is a number: then its whole record is read field by field.
fn odd(page: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(page);
    let Some(start) =
        ["\"display_name\":\"", "\"name\":\""].iter().find_map(|name| Some(text.rfind(name)? + name.len()))
    else {
        return page.clone();
    };
    // No name of the sandbox's holds a quotation mark.
    let length = text[start..].find('"').unwrap_or_default();
    format!("{}7{}", &text[..start - 1], &text[start + length + 1..]).into()
}

#[anyprofile::async_trait]
impl Transport for Recorded {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        let url = request.uri().to_string();
        let kept = self.responses.lock().unwrap_or_else(PoisonError::into_inner).get(&url).cloned();
        let body = if let Some(body) = kept {
            body
        } else {
            let response = response(&self.sandbox, request.map(Into::into))
                .await
                .map_err(|error| TransportError::new(TransportErrorKind::Interrupted).with_source(error))?;
            let body = if self.is_odd { odd(&response.into_body()) } else { response.into_body() };
            self.responses.lock().unwrap_or_else(PoisonError::into_inner).insert(url, body.clone());
            body
        };
        Ok(http::Response::new(ResponseBody::from_bytes(body)))
    }
}
