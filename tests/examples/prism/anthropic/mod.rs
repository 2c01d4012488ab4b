//! Anthropic: user profiles and the Admin API.

mod admin;
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

records!(
    wire::ActionUrl,
    wire::Deleted,
    wire::DeletedMembership,
    wire::EnrollmentUrl,
    wire::GoogleDataControls,
    wire::Invite,
    wire::Organization,
    wire::OrganizationUser,
    wire::RbacGroup,
    wire::RbacGroupMember,
    wire::RbacRole,
    wire::RbacRolePermission,
    wire::ServiceAccount,
    wire::ServiceAccountWorkspaceMember,
    wire::UserProfile,
    wire::Workspace,
    wire::WorkspaceMember,
);

/// The betas, which their document asks for.
pub(crate) async fn call_with_betas(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    // The published page of the betas does not have it; the official clients do.
    check.leave_out("trait: delete user");
    for beta in [BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04] {
        for config in configs()? {
            every(check, config.at(base_url).with_beta(beta)).await?;
        }
    }
    Ok(())
}

/// The generally available API, which sends no beta of user profiles, and the Admin API.
pub(crate) async fn call(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    for (config, is_token) in configs()?.into_iter().zip([false, true]) {
        let config = config.at(base_url).without_beta().with_http(check.http());
        every(check, config.clone()).await?;
        admin::call(check, &AnthropicClient::new(config)?, is_token).await;
    }
    Ok(())
}

/// What the document of an API calls the operations of user profiles.
struct Names {
    list: &'static str,
    get: &'static str,
    create: &'static str,
    update: &'static str,
}

impl Names {
    const fn of(beta: Option<&str>) -> Self {
        match beta {
            Some(_) => Self {
                list: "BetaListUserProfiles",
                get: "BetaGetUserProfile",
                create: "BetaCreateUserProfile",
                update: "BetaUpdateUserProfile",
            },
            None => Self {
                list: "list_user_profiles",
                get: "retrieve_user_profile",
                create: "create_user_profile",
                update: "update_user_profile",
            },
        }
    }
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
    let names = Names::of(config.beta.as_deref());
    native(check, &client, config.beta.as_deref(), &names).await;
    writes::call(check, &client, config.beta.as_deref(), &names).await;
    provider(check, &config.connect()?, &names).await
}

async fn native(check: &mut Check, client: &AnthropicClient, beta: Option<&str>, names: &Names) {
    check.operation(names.get, async || Ok(Seen::one(&client.get_user_profile(ID).await?))).await;
    let list = async |list: &ListUserProfiles| {
        let page = client.list_user_profiles(list).await?;
        Ok(Seen::many("/data", &page.list.data, page.quarantined.len()))
    };
    check.operation(names.list, async || list(&ListUserProfiles::default()).await).await;
    for (order, by, limit) in
        [(SortDirection::Ascending, OrderBy::Name, 1), (SortDirection::Descending, OrderBy::CreatedAt, 100)]
    {
        let mut every = ListUserProfiles::default();
        (every.order, every.order_by, every.paging.limit) = (Some(order), Some(by), Some(limit));
        if beta.is_none() {
            every.enforcement_status = EnforcementStatus::WORDS.iter().map(|word| (*word).into()).collect();
        }
        every.paging.page = Some("page_MjAyNS0wNS0xNFQwMDowMDowMFo=".to_owned());
        check.variant(names.list, async || list(&every).await).await;
    }
}

async fn provider(check: &mut Check, provider: &impl ProfileProvider, names: &Names) -> Result<(), Broken> {
    let query = ListQuery::new().with_page_size(50).with_order(Order::ascending(OrderField::Created));
    let all = async || provider.list(query.clone()).try_collect::<Vec<Profile>>().await;
    let examples = check.examples(names.list);
    let is_end = |example: &str| ["last-page", "last_page", "empty"].contains(&example);
    for example in examples.iter().filter(|it| is_end(it)) {
        check.profiles("list", Some(example.as_str()), all).await;
    }
    // The server gives the same cursor again and again.
    let is_endless = |example: &str| {
        ["user-profiles-2026-09-04", "empty-page-with-cursor", "page", "empty_page_with_cursor"]
            .contains(&example)
    };
    for example in examples.iter().filter(|it| is_endless(it)) {
        check.refused("trait: list", Some(example.as_str()), ErrorKind::Decode, all).await;
    }
    check.response_for(&[ID]);
    let id: ProfileId = format!("anthropic:prism/user/{ID}").parse()?;
    for example in check.examples(names.get) {
        check.profiles("get", Some(&example), async || Ok(vec![provider.get(&id).await?])).await;
    }
    let key = FindKey::NativeId(ID.to_owned());
    check.profiles("find by id", None, async || Ok(provider.find_by(&key).await?.profiles)).await;
    let key = FindKey::ExternalId("user_12345".to_owned());
    let find = async || Ok(provider.find_by(&key).await?.profiles);
    let last = examples.iter().find(|it| it.starts_with("last"));
    check.profiles("find by external id", last.map(String::as_str), find).await;
    check.refused("trait: current", None, ErrorKind::Unsupported, async || provider.current().await).await;
    let examples = check.examples(names.create);
    crate::writes::call(check, provider, &[id], &examples).await;
    Ok(())
}
