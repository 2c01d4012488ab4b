//! Lists and writes at a real server that speaks SCIM, or runs the conformance suite there: what `cargo xtask real scim` runs. The
//! arguments are `listing` or `conformance`, the name of the server, its base URL, and the file to which the bodies of requests are added.

mod conformance;

use std::{
    collections::BTreeSet,
    error::Error,
    fs::OpenOptions,
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use anyprofile::{
    ErrorKind, ExecuteOptions, Executed, FieldPath, IdKind, ListQuery, PlanOptions, Profile, ProfileChange,
    ProfileDraft, ProfileId, ProfileProvider as _, ProfileProviderExt as _, Status, Write, async_trait,
    engine::Connection,
    http_client::{HttpOptions, ResponseBody, Transport, TransportError},
    scim::{ClientCredentials, ListUsers, Patching, Quirks, ScimClient, ScimConfig},
};
use bytes::Bytes;
use futures_util::TryStreamExt as _;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Writes the body of each request to a file.
#[derive(Debug)]
struct Recorded {
    inner: Arc<dyn Transport>,
    file: Arc<Mutex<std::fs::File>>,
}

#[async_trait]
impl Transport for Recorded {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        if let Ok(body) = serde_json::from_slice::<serde_json::Value>(request.body()) {
            let (method, path) = (request.method().as_str(), request.uri().path());
            let line = serde_json::json!({ "method": method, "path": path, "body": body });
            let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Err(error) = writeln!(file, "{line}") {
                eprintln!("a body is not recorded: {error}");
            }
        }
        self.inner.send(request).await
    }
}

/// Returns the settings of an account at a server.
fn config(server: &str, base_url: &str, bodies: &PathBuf) -> Outcome<ScimConfig> {
    let file = Arc::new(Mutex::new(OpenOptions::new().append(true).create(true).open(bodies)?));
    let http = HttpOptions::default()
        .with_transport_layer(move |inner| Arc::new(Recorded { inner, file: Arc::clone(&file) }));
    let account = server.parse()?;
    let config = if server == "canaille" {
        let origin = base_url.strip_suffix("/scim/v2").ok_or("the base URL is not canaille's")?;
        let client = ClientCredentials::new(format!("{origin}/oauth/token"), "scim-client", "scim-secret");
        ScimConfig::with_client(account, base_url, client)
    } else {
        ScimConfig::with_token(account, base_url, "scim-token")
    };
    Ok(config.with_http(http))
}

fn check(is_so: bool, what: &str) -> Outcome {
    if is_so { Ok(()) } else { Err(format!("not so: {what}").into()) }
}

async fn ids(provider: &Connection) -> Outcome<BTreeSet<ProfileId>> {
    let mut stream = provider.list(ListQuery::new().with_page_size(50));
    let mut ids = BTreeSet::new();
    while let Some(profile) = stream.try_next().await? {
        check(ids.insert(profile.id), "each user is listed once")?;
    }
    check(stream.report().is_complete(), "the listing is complete")?;
    Ok(ids)
}

async fn write(provider: &Connection, write: Write) -> Outcome<Executed> {
    let plan = provider.plan(&write, &PlanOptions::new()).await?;
    let executed = provider.execute(&plan, &ExecuteOptions::new()).await?.into_result()?;
    check(executed.ignored.is_empty(), &format!("the server ignores {:?}", executed.ignored))?;
    Ok(executed)
}

async fn create(provider: &Connection, name: &str) -> Outcome<Profile> {
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::USERNAME, name)
        .set(FieldPath::STATUS, "active")
        .set(FieldPath::NAME_GIVEN, "Kari")
        .set(FieldPath::NAME_FAMILY, "Nordmann")
        .set(FieldPath::NAME_FORMATTED, "Kari Nordmann")
        .set(FieldPath::NAME_DISPLAY, "Kari")
        .set(FieldPath::EMAILS, format!("{name}@example.com"));
    let executed = write(provider, Write::create(draft)).await?;
    executed.profile.ok_or_else(|| "the created user is not shown".into())
}

/// One life of a user.
async fn life(provider: &Connection) -> Outcome {
    let id = create(provider, "kari").await?.id;
    let found: Vec<_> = {
        let mut query = ListQuery::new();
        query.filter.email = Some("kari@example.com".to_owned());
        provider.list(query).map_ok(|profile| profile.id).try_collect().await?
    };
    check(found == [id.clone()], "the user is found by the address, and nobody else")?;
    let change =
        ProfileChange::new().set(FieldPath::NAME_DISPLAY, "K. N.").set(FieldPath::EMAILS, "k@example.com");
    write(provider, Write::update(id.clone(), change)).await?;
    let user = provider.get(&id).await?;
    check(user.name.display.is_known_to_be("K. N."), "the name is changed")?;
    let addresses: Vec<_> = user.emails.value().into_iter().flatten().map(|email| &email.address).collect();
    check(addresses.iter().any(|address| address.is_known_to_be("k@example.com")), "the address is changed")?;
    write(provider, Write::deactivate(id.clone())).await?;
    check(provider.get(&id).await?.status.value() == Some(&Status::Suspended), "the user is suspended")?;
    write(provider, Write::delete(id.clone())).await?;
    let gone = provider.get(&id).await.err().map(|error| error.kind());
    check(gone == Some(ErrorKind::NotFound), "the user is gone")
}

/// Lists while others write: nobody who is there all the time is lost or doubled, or it is said.
async fn changes_while_listing(provider: &Connection) -> Outcome<[&'static str; 2]> {
    let before = ids(provider).await?;
    let mut said = Vec::new();
    for is_deletion in [false, true] {
        let mut stream = provider.list(ListQuery::new().with_page_size(50));
        let mut seen = Vec::new();
        let mut stays = before.clone();
        while let Some(profile) = stream.try_next().await? {
            seen.push(profile.id);
            if seen.len() == 50 {
                if is_deletion {
                    let first = seen.first().cloned().ok_or("nobody is listed")?;
                    stays.remove(&first);
                    write(provider, Write::delete(first)).await?;
                } else {
                    stays.remove(&create(provider, "amid").await?.id);
                }
            }
        }
        let all: BTreeSet<_> = seen.iter().cloned().collect();
        let (is_lost, is_doubled) = (!stays.is_subset(&all), all.len() < seen.len());
        let report = stream.report();
        check(!is_lost || !report.is_complete(), "a listing that lost somebody is not called complete")?;
        check(!is_doubled || report.duplicates > 0, "who is doubled is counted")?;
        let is_whole = !is_lost && !is_doubled;
        said.push(if is_whole { "nobody lost or doubled" } else { "said that the list changed" });
    }
    Ok([said[0], said[1]])
}

/// Says what the server can do, and runs the conformance suite.
async fn conform(server: &str, config: ScimConfig) -> Outcome {
    for finding in config.clone().connect()?.examine().await? {
        println!("{server}: {finding}");
    }
    println!("{server}: {}", conformance::conforms(server, config).await?);
    Ok(())
}

async fn list_and_write(server: &str, config: ScimConfig) -> Outcome {
    let client = ScimClient::new(config.clone())?;
    let replacing = config.clone();
    let provider = config.connect()?;
    let own = client.list_users(&ListUsers::default()).await?.list.total_results;
    let listed = ids(&provider).await?.len();
    check(own.value() == u64::try_from(listed).ok().as_ref(), "as many are listed as the server has")?;
    life(&provider).await?;
    let mut quirks = Quirks::default();
    quirks.patch = Some(Patching::None);
    life(&replacing.with_quirks(quirks).connect()?).await?;
    let [inserted, deleted] = changes_while_listing(&provider).await?;
    println!(
        "{server}: {listed} listed of its own {listed}; created, found, changed, suspended, deleted, by PATCH and by PUT; inserted amid a listing: \
         {inserted}; deleted amid one: {deleted}"
    );
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [part, server, base_url, bodies] = &arguments[..] else {
        eprintln!(
            "the arguments are: `listing` or `conformance`, the server's name, its base URL, and the file for bodies"
        );
        return ExitCode::FAILURE;
    };
    let outcome = match (part.as_str(), config(server, base_url, &bodies.into())) {
        (_, Err(error)) => Err(error),
        ("conformance", Ok(config)) => conform(server, config).await,
        (_, Ok(config)) => list_and_write(server, config).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{server}: {error}");
            ExitCode::FAILURE
        }
    }
}
