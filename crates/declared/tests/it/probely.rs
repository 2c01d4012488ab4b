//! Probely in a file gives the profiles of the crate for Probely.

use std::sync::Arc;

use anyprofile_conformance::{Connect, Outcome, SandboxServer, run};
use anyprofile_core::{ListQuery, Profile, ProfileProvider, ProfileProviderExt as _, Result};
use anyprofile_declared::{DeclaredConfig, Service};
use anyprofile_engine::Secrets;
use anyprofile_http::HttpOptions;
use anyprofile_probely::ProbelyConfig;
use anyprofile_sandbox::{Sandbox, SandboxOptions};

const DEFINITION: &str = include_str!("../definitions/probely.toml");

fn options() -> HttpOptions {
    let mut options = HttpOptions::default();
    options.allow_insecure_http = true;
    options
}

fn declared(sandbox: &Sandbox, account: &str) -> Result<Arc<dyn ProfileProvider>> {
    let service = Service::parse(DEFINITION, "probely.toml")?;
    let probely = &sandbox.description().probely;
    let secrets = Secrets::new().with("api_key", probely.api_key.clone());
    let config = DeclaredConfig::new(account.parse()?, service, secrets);
    Ok(Arc::new(config.at(&probely.base_url).with_http(options()).connect()?))
}

fn compiled(sandbox: &Sandbox) -> Result<Arc<dyn ProfileProvider>> {
    let probely = &sandbox.description().probely;
    let config = ProbelyConfig::new("account".parse()?, probely.api_key.clone()).at(&probely.base_url);
    Ok(Arc::new(config.with_http(options()).connect()?))
}

async fn next(
    profiles: &mut (impl futures_util::TryStream<Ok = Profile, Error = anyprofile_core::Error> + Unpin),
) -> Option<Profile> {
    futures_util::TryStreamExt::try_next(profiles).await.unwrap()
}

/// Returns a profile as it is serialized, without the extension.
fn without_extension(mut profile: Profile) -> String {
    profile.extension = None;
    serde_json::to_string_pretty(&profile).unwrap()
}

#[tokio::test]
async fn a_file_gives_the_profiles_that_the_crate_gives() {
    let sandbox = Sandbox::start(SandboxOptions::new().profiles(300).seed(7)).await.unwrap();
    let (file, code) = (declared(&sandbox, "account").unwrap(), compiled(&sandbox).unwrap());
    let (mut of_file, mut of_code) = (file.list(ListQuery::new()), code.list(ListQuery::new()));
    let mut differences = Vec::new();
    let mut count = 0;
    loop {
        match (next(&mut of_file).await, next(&mut of_code).await) {
            (None, None) => break,
            (Some(file), Some(code)) => {
                count += 1;
                let (file, code) = (without_extension(file), without_extension(code));
                if file != code {
                    differences.push(format!("{file}\n{code}"));
                }
            }
            (file, code) => panic!("one has more: {file:?} {code:?}"),
        }
    }
    assert!(of_file.report().is_complete() && count == 300, "{count}");
    assert!(differences.is_empty(), "{} of {count}: {}", differences.len(), differences[0]);
    let mut current = file.current().await.unwrap();
    // The crate has it in its extension.
    let unknown = std::mem::take(&mut current.unknown);
    assert_eq!(unknown.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["intercom_user_id"]);
    assert_eq!(without_extension(current), without_extension(code.current().await.unwrap()));
}

/// Connects to the sandbox with the definition.
#[derive(Debug)]
struct OfFile(Arc<Sandbox>);

impl Connect for OfFile {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        declared(&self.0, "account")
    }

    fn connect_elsewhere(&self) -> Option<Result<Arc<dyn ProfileProvider>>> {
        Some(declared(&self.0, "another"))
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.0.description().probely.api_key.clone()]
    }
}

#[tokio::test]
async fn the_file_conforms() {
    let sandbox = Arc::new(Sandbox::start(SandboxOptions::new().profiles(60).seed(7)).await.unwrap());
    let server = SandboxServer::new(Arc::clone(&sandbox), "probely", true);
    let report = run(&OfFile(sandbox), &server).await;
    let failed: Vec<_> = report
        .results
        .iter()
        .filter_map(|result| match &result.outcome {
            Outcome::Failed(reason) => Some(format!("{}: {reason}", result.check.id)),
            _ => None,
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
