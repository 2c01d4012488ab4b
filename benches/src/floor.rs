//! The floor: what a program would write that needs one service and no library. It keeps every documented field as a
//! plain value, leaves out what it does not know, checks nothing, tries nothing again and normalizes nothing.

use std::{collections::BTreeMap, fmt, time::Duration};

use reqwest::header::{HeaderMap, HeaderValue};
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::{Outcome, engine::PAGE_SIZE, service::Service};

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
pub(crate) struct AnthropicPage {
    data: Vec<AnthropicUserProfile>,
    next_page: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct AnthropicUserProfile {
    id: String,
    r#type: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    metadata: Option<BTreeMap<String, String>>,
    trust_grants: Option<BTreeMap<String, TrustGrant>>,
    name: Option<String>,
    external_id: Option<String>,
    relationship: Option<String>,
    access_type: Option<String>,
    external_user_onboarded_at: Option<String>,
    external_user_details: Option<ExternalUserDetails>,
    enforcement_status: Option<String>,
    enforcement_actions: Option<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct TrustGrant {
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct ExternalUserDetails {
    account_status: Option<String>,
    country: Option<String>,
    email_hash: Option<String>,
    name_hash: Option<String>,
    entity_type: Option<String>,
    onboarded_at: Option<String>,
    reference_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
pub(crate) struct ProbelyPage {
    count: Option<u64>,
    page_total: Option<u64>,
    page: Option<u64>,
    length: Option<u64>,
    results: Vec<ProbelyUser>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct ProbelyUser {
    id: String,
    email: Option<String>,
    name: Option<String>,
    title: Option<String>,
    is_billing_admin: Option<bool>,
    changed_by: Option<ChangedBy>,
    changed: Option<String>,
    active: Option<bool>,
    labels: Option<Vec<Label>>,
    user_roles: Option<UserRoles>,
    last_login: Option<String>,
    is_apiuser: Option<bool>,
    mfa_enabled: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct ChangedBy {
    id: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct Label {
    id: Option<String>,
    name: Option<String>,
    color: Option<String>,
    changed_by: Option<ChangedBy>,
    changed: Option<String>,
}

/// The service sends a list or one word. serde's `untagged` would double the whole page's time.
#[derive(Debug)]
#[allow(dead_code, reason = "decoding is what is measured")]
enum UserRoles {
    List(Vec<UserRole>),
    Word(String),
}

impl<'de> Deserialize<'de> for UserRoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListOrWord;

        impl<'de> Visitor<'de> for ListOrWord {
            type Value = UserRoles;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list or a word")
            }

            fn visit_str<E>(self, word: &str) -> Result<UserRoles, E> {
                Ok(UserRoles::Word(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<UserRoles, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(UserRoles::List)
            }
        }

        deserializer.deserialize_any(ListOrWord)
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct UserRole {
    id: Option<String>,
    role: Option<Named>,
    scope: Option<Scope>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct Scope {
    tier: Option<String>,
    team: Option<Named>,
    target: Option<Named>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
pub(crate) struct UpsunPage {
    count: Option<u64>,
    profiles: Vec<UpsunProfile>,
    #[serde(rename = "_links")]
    links: Option<UpsunLinks>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct UpsunLinks {
    next: Option<UpsunLink>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct UpsunLink {
    href: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "decoding is what is measured")]
struct UpsunProfile {
    id: String,
    display_name: Option<String>,
    email: Option<String>,
    username: Option<String>,
    r#type: Option<String>,
    picture: Option<String>,
    company_type: Option<String>,
    company_name: Option<String>,
    currency: Option<String>,
    vat_number: Option<String>,
    company_role: Option<String>,
    website_url: Option<String>,
    new_ui: Option<bool>,
    ui_colorscheme: Option<String>,
    default_catalog: Option<String>,
    project_options_url: Option<String>,
    marketing: Option<bool>,
    created_at: Option<String>,
    updated_at: Option<String>,
    billing_contact: Option<String>,
    /// An object, a list or null, with numbers as text and as numbers: kept as it came.
    current_trial: Option<Box<RawValue>>,
    invoiced: Option<bool>,
    customer_type: Option<String>,
    legal_entity_name: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// Lists all profiles and gives how many there were.
pub(crate) async fn list(service: Service, origin: &str) -> Outcome<u64> {
    // reqwest's rustls has no cryptography of its own where aws-lc-rs is not wanted. It is there for the second listing already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
    let base = service.base_url(origin);
    match service {
        Service::Upsun => {
            let client = client.build()?;
            let (name, value) = service.credential();
            let form = "grant_type=api_token&api_token=sandbox-upsun-api-token";
            let token = client.post(format!("{origin}/upsun-auth/oauth2/token")).header(name, value);
            let token = token.header("content-type", "application/x-www-form-urlencoded").body(form);
            let token: Token = serde_json::from_slice(&token.send().await?.bytes().await?)?;
            let mut url = Some(reqwest::Url::parse(&format!("{base}/profiles?range={PAGE_SIZE}"))?);
            let mut seen = 0;
            while let Some(next) = url.take() {
                let response = client.get(next.clone()).bearer_auth(&token.access_token).send().await?;
                let page: UpsunPage = serde_json::from_slice(&response.error_for_status()?.bytes().await?)?;
                seen += page.profiles.len() as u64;
                // The service drops the page size from its links.
                url = match page.links.and_then(|links| links.next) {
                    Some(link) => Some(next.join(&format!("{}&range={PAGE_SIZE}", link.href))?),
                    None => None,
                };
            }
            Ok(seen)
        }
        Service::Probely => {
            let client = client.default_headers(credential(service)?).build()?;
            let mut seen = 0;
            for list in ["users", "api-users"] {
                let mut number = 1;
                loop {
                    let url = format!("{base}/{list}/?length={PAGE_SIZE}&page={number}");
                    let response = client.get(url).send().await?.error_for_status()?;
                    let page: ProbelyPage = serde_json::from_slice(&response.bytes().await?)?;
                    seen += page.results.len() as u64;
                    if page.page_total.is_none_or(|total| number >= total) {
                        break;
                    }
                    number += 1;
                }
            }
            Ok(seen)
        }
        Service::Anthropic => {
            let mut headers = credential(service)?;
            headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
            headers.insert("anthropic-beta", HeaderValue::from_static("user-profiles-2026-03-24"));
            let client = client.default_headers(headers).build()?;
            let first = format!("{base}/v1/user_profiles?beta=true&limit={PAGE_SIZE}");
            let (mut seen, mut url) = (0, Some(first.clone()));
            while let Some(next) = url.take() {
                let response = client.get(next).send().await?.error_for_status()?;
                let page: AnthropicPage = serde_json::from_slice(&response.bytes().await?)?;
                seen += page.data.len() as u64;
                url = page.next_page.map(|token| format!("{first}&page={token}"));
            }
            Ok(seen)
        }
    }
}

fn credential(service: Service) -> Outcome<HeaderMap> {
    let (name, value) = service.credential();
    Ok(HeaderMap::from_iter([(name.parse()?, HeaderValue::from_static(value))]))
}

/// Decodes a page and gives how many profiles it has.
pub(crate) fn decode(service: Service, body: &[u8]) -> Outcome<u64> {
    let records = match service {
        Service::Upsun => serde_json::from_slice::<UpsunPage>(body)?.profiles.len(),
        Service::Probely => serde_json::from_slice::<ProbelyPage>(body)?.results.len(),
        Service::Anthropic => serde_json::from_slice::<AnthropicPage>(body)?.data.len(),
    };
    Ok(records as u64)
}
