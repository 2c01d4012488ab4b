//! `anyprofile push`

use anyprofile::{
    AccountName, Error, ErrorKind, Profile, ProviderInfo, Status,
    http_client::{
        Credential, HeaderMap, HttpClient, HttpOptions, Request, StaticDialect, TokenExchange, Url,
    },
    snapshot::{Manifest, Snapshot},
};
use futures_util::TryStreamExt as _;
use serde_json::{Map, Value, json};

use super::verify;
use crate::{
    args::{Global, Push, PushVanta},
    exit::{Exit, Failure},
    progress::Progress,
    summary::counted,
    writes::confirmed,
};

/// Where Vanta is asked, unless `VANTA_API_URL` says otherwise.
const VANTA: &str = "https://api.vanta.com";

/// The scope of a token that may send resources (Vanta's page "Authorize using OAuth", seen 2026-11).
const SCOPE: &str = "connectors.self:write-resource";

/// How many people are named of whom something is not known.
const NAMED: usize = 20;

pub(crate) async fn run(global: &Global, push: Push) -> Result<Exit, Failure> {
    match push {
        Push::Vanta(vanta) => push_vanta(global, &vanta).await,
    }
}

/// Replaces the list of accounts at Vanta by a snapshot. Whoever is not in the list is taken for gone there, so that it must be whole.
async fn push_vanta(global: &Global, push: &PushVanta) -> Result<Exit, Failure> {
    let snapshot = verify::open(&push.snapshot).await?;
    let manifest = snapshot.manifest();
    if let Some(why) = refusal(manifest) {
        return Err(Failure::Usage(format!("nothing was sent: {}: {why}", snapshot.place())));
    }
    let progress = Progress::waiting(global, format!("checking {}", snapshot.place()));
    let altered = snapshot.verify().await?;
    drop(progress);
    if let Some(first) = altered.first() {
        return Err(Failure::Usage(format!(
            "nothing was sent: {}: it was altered since it was written: {first}",
            snapshot.place()
        )));
    }
    let resources = resources(&snapshot, push.form.unknown_mfa).await?;
    let base_url = base_url();
    let (count, accounts) = (resources.len(), manifest.accounts.len());
    let body = json!({ "resourceId": push.resource_id, "resources": resources });
    let people = counted(count as u64, "account", "accounts");
    say!(
        "PUT {}/v1/resources/user_account: {people} of {}, which replace all that are there",
        base_url,
        counted(accounts as u64, "service", "services")
    );
    if push.confirm.dry_run {
        crate::output::print_line(&serde_json::to_string_pretty(&body)?)?;
        say!("dry run: nothing was sent");
        return Ok(Exit::Complete);
    }
    let question = format!("Replace the accounts of resource {} at Vanta by {people}?", push.resource_id);
    if !confirmed(&push.confirm, &question)? {
        return Ok(Exit::Usage);
    }
    let client = client(base_url)?;
    let request = Request::put("put-user-account", &body).path("/v1/resources/user_account");
    let response = client.send(request).await?;
    let body: Value = response.decode()?;
    if body.get("success").is_some_and(|success| *success != Value::Bool(true)) {
        return Err(Failure::Library(
            response.error(ErrorKind::Upstream, "Vanta says that it did not take the list"),
        ));
    }
    say!("{people} sent");
    Ok(Exit::Complete)
}

/// Returns why a snapshot must not be handed over as the state of the world.
fn refusal(manifest: &Manifest) -> Option<String> {
    if !manifest.complete {
        let gaps: Vec<_> =
            manifest.gaps().into_iter().map(|(account, gap)| format!("{account}: {gap}")).collect();
        return Some(format!(
            "it is not complete, and whoever is missing would be taken for gone ({})",
            gaps.join("; ")
        ));
    }
    if manifest.is_filtered() {
        return Some(
            "it is filtered, and whoever is left out would be taken for gone; export without a filter"
                .to_owned(),
        );
    }
    if !manifest.privacy.is_nothing() {
        return Some(
            "names or addresses are hidden in it; export without --redact and --pseudonymize".to_owned(),
        );
    }
    None
}

/// Returns the resources that Vanta takes.
async fn resources(snapshot: &Snapshot, unknown_mfa: Option<bool>) -> Result<Vec<Value>, Failure> {
    let (mut resources, mut unknown, mut unknown_count) = (Vec::new(), Vec::new(), 0_u64);
    let mut profiles = snapshot.read();
    while let Some(profile) = profiles.try_next().await? {
        let Some(mfa) = profile.security.mfa_enabled.value().copied().or(unknown_mfa) else {
            unknown_count += 1;
            if unknown.len() < NAMED {
                unknown.push(profile.id.to_string());
            }
            continue;
        };
        resources.push(resource(&profile, mfa));
    }
    if unknown_count == 0 {
        return Ok(resources);
    }
    let people = counted(unknown_count, "profile", "profiles");
    let rest = unknown_count - unknown.len() as u64;
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    Err(Failure::Usage(format!(
        "nothing was sent: of {people} it is not known whether sign-in needs a second factor: {}{more}; say what to send with --unknown-mfa no|yes",
        unknown.join(", ")
    )))
}

/// Returns one account as Vanta takes it. What is not known is left out.
fn resource(profile: &Profile, mfa: bool) -> Value {
    let mut fields = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(key.to_owned(), value);
        }
    };
    set("uniqueId", Some(profile.id.to_string().into()));
    set("displayName", Some(profile.label().into()));
    set(
        "fullName",
        profile.name.formatted.value().or(profile.name.display.value()).cloned().map(Value::from),
    );
    set(
        "accountName",
        profile.username.value().cloned().or_else(|| profile.email().map(str::to_owned)).map(Value::from),
    );
    set("email", profile.email().map(Value::from));
    set("createdTimestamp", profile.times.created.value().map(|time| time.to_string().into()));
    // An account of which it is not known that access is gone is not called deactivated.
    let is_gone = matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted));
    set("status", profile.status.is_known().then(|| if is_gone { "DEACTIVATED" } else { "ACTIVE" }.into()));
    set("mfaEnabled", Some(mfa.into()));
    set("authMethod", profile.security.sso.is_known_to_be(&true).then(|| "SSO".into()));
    let is_admin = profile.access.owner.is_known_to_be(&true);
    set("permissionLevel", is_admin.then(|| "ADMIN".into()));
    Value::Object(fields)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn base_url() -> String {
    variable("VANTA_API_URL").unwrap_or_else(|| VANTA.to_owned())
}

/// Creates the client, with the credential of the environment.
fn client(base_url: String) -> Result<HttpClient, Failure> {
    let required = |name: &str| {
        variable(name).ok_or_else(|| {
            Failure::Usage(format!(
                "{name} is not set; it is the credential of a private integration in Vanta's developer console"
            ))
        })
    };
    let base = Url::parse(&base_url).map_err(|error| Failure::Usage(format!("VANTA_API_URL: {error}")))?;
    let token_url =
        base.join("/oauth/token").map_err(|error| Failure::Usage(format!("VANTA_API_URL: {error}")))?;
    let exchange = TokenExchange::client_credentials(
        token_url,
        required("VANTA_CLIENT_ID")?,
        required("VANTA_CLIENT_SECRET")?.into(),
    )?;
    let exchange =
        exchange.with_client_in_form().with_json_body().with_scope(SCOPE).configured_by("VANTA_API_URL");
    let service = "vanta".parse().map_err(|_| Error::config("no service name"))?;
    let account = AccountName::from_static("vanta");
    let info = ProviderInfo::new(service, account, "Vanta", base_url);
    let dialect = StaticDialect::new(
        |_| true,
        |failure, details| {
            details.service_message =
                failure.text("/error/message").or_else(|| failure.text("/message")).map(str::to_owned);
        },
    );
    let credential = Credential::exchange(exchange);
    Ok(HttpClient::new(info, credential, HeaderMap::new(), dialect, HttpOptions::default())?)
}
