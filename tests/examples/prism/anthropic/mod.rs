//! Anthropic: user profiles. The organization's people are not in the document.

mod writes;

use anyprofile::{
    ErrorKind, FindKey, ListQuery, Profile, ProfileId, ProfileProvider, ProfileProviderExt as _, Result,
    anthropic::{
        AnthropicClient, AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04,
        ListUserProfiles, OrderBy, SortDirection,
        wire::{self, EnforcementStatus},
    },
    query::{Order, OrderField},
};
use futures_util::TryStreamExt as _;

use crate::{
    Broken,
    check::{Check, Seen, records},
};

const ID: &str = "uprof_011CZkZCu8hGbp5mYRQgUmz9";

records!(wire::ActionUrl, wire::Deleted, wire::EnrollmentUrl, wire::UserProfile);

/// The betas, which the document asks for.
pub(crate) async fn call(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    for beta in [BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04] {
        for config in configs()? {
            every(check, config.at(base_url).with_beta(beta)).await?;
        }
    }
    Ok(())
}

/// The generally available API, which sends no beta of user profiles.
pub(crate) async fn call_without_beta(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    for config in configs()? {
        every(check, config.at(base_url).without_beta()).await?;
    }
    Ok(())
}

fn configs() -> Result<[AnthropicConfig; 2], Broken> {
    Ok([
        AnthropicConfig::with_api_key("prism".parse()?, "an API key").with_beta_query(false),
        AnthropicConfig::with_auth_token("prism".parse()?, "a token")
            .with_other_beta("oauth-2025-04-20")
            .in_workspace("wrkspc_011CZkZaBF1tNoB5wlCeusgy"),
    ])
}

async fn every(check: &mut Check, config: AnthropicConfig) -> Result<(), Broken> {
    let config = config.with_http(check.http());
    let client = AnthropicClient::new(config.clone())?;
    native(check, &client, config.beta.as_deref()).await;
    writes::call(check, &client, config.beta.as_deref()).await;
    provider(check, &config.connect()?).await
}

async fn native(check: &mut Check, client: &AnthropicClient, beta: Option<&str>) {
    check.operation("BetaGetUserProfile", async || Ok(Seen::one(&client.get_user_profile(ID).await?))).await;
    let list = async |list: &ListUserProfiles| {
        let page = client.list_user_profiles(list).await?;
        Ok(Seen::many("/data", &page.list.data, page.quarantined.len()))
    };
    check.operation("BetaListUserProfiles", async || list(&ListUserProfiles::default()).await).await;
    for (order, by, limit) in
        [(SortDirection::Ascending, OrderBy::Name, 1), (SortDirection::Descending, OrderBy::CreatedAt, 100)]
    {
        let mut every = ListUserProfiles::default();
        (every.order, every.order_by, every.limit) = (Some(order), Some(by), Some(limit));
        if beta.is_none() {
            every.enforcement_status = EnforcementStatus::WORDS.iter().map(|word| (*word).into()).collect();
        }
        every.page = Some("page_MjAyNS0wNS0xNFQwMDowMDowMFo=".to_owned());
        check.variant("BetaListUserProfiles", async || list(&every).await).await;
    }
}

async fn provider(check: &mut Check, provider: &impl ProfileProvider) -> Result<(), Broken> {
    let query = ListQuery::new().with_page_size(50).with_order(Order::ascending(OrderField::Created));
    let all = async || provider.list(query.clone()).try_collect::<Vec<Profile>>().await;
    for example in ["last-page", "empty"] {
        check.profiles("list", Some(example), all).await;
    }
    // The server gives the same cursor again and again.
    for example in ["user-profiles-2026-09-04", "empty-page-with-cursor"] {
        check.refused("trait: list", Some(example), ErrorKind::Decode, all).await;
    }
    let id: ProfileId = format!("anthropic:prism/user/{ID}").parse()?;
    for example in check.examples("BetaGetUserProfile") {
        check.profiles("get", Some(&example), async || Ok(vec![provider.get(&id).await?])).await;
    }
    let key = FindKey::NativeId(ID.to_owned());
    check.profiles("find by id", None, async || Ok(provider.find_by(&key).await?.profiles)).await;
    let key = FindKey::ExternalId("user_12345".to_owned());
    let find = async || Ok(provider.find_by(&key).await?.profiles);
    check.profiles("find by external id", Some("last-page"), find).await;
    check.refused("trait: current", None, ErrorKind::Unsupported, async || provider.current().await).await;
    let examples = check.examples("BetaUpdateUserProfile");
    crate::writes::call(check, provider, &[id], &examples).await;
    Ok(())
}
