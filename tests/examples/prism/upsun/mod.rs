//! Upsun.

mod organizations;
mod teams;
mod writes;

use anyprofile::{
    Error, ErrorKind, FindKey, GetOptions, ListQuery, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Result, Timestamp,
    upsun::{
        CursorPage, DateTimeFilter, ListProfiles, ListUserExtendedAccess, ListUserOrganizations,
        ListUserProjectAccess, ListUserTeams, ListedOrganizations, OrganizationSort, ProjectAccessSort, Sort,
        StringFilter, TimeSort, UpsunClient, UpsunConfig,
        wire::{self, SignedLink},
    },
};
use futures_util::TryStreamExt as _;

use crate::{
    Broken,
    check::{Check, Record, Seen, records},
};

const USER: &str = "d81c8ee2-44b3-429f-b944-a33ad7437690";
const ORGANIZATION: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const PROJECT: &str = "abcdefghijklm";

records!(
    wire::Address,
    wire::ApiToken,
    wire::Connection,
    wire::CurrentUser,
    wire::ExtendedAccess,
    wire::MfaEnforcement,
    wire::MfaReminder,
    wire::Organization,
    wire::OrganizationInvitation,
    wire::OrganizationMember,
    wire::ProjectInvitation,
    wire::PhoneVerification,
    wire::Profile,
    wire::ProfilePicture,
    wire::ProjectAccess,
    wire::RecoveryCodes,
    wire::Team,
    wire::TeamMember,
    wire::TeamProjectAccess,
    wire::TotpEnrollment,
    wire::User,
    wire::UserReference,
    wire::Verification,
);

fn page<T: Record>(page: &CursorPage<T>) -> Seen {
    Seen::many("/items", &page.items, page.quarantined.len())
}

pub(crate) async fn call(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    // The mock server exchanges no API token.
    let config = UpsunConfig::with_access_token("prism".parse()?, "an access token").at(base_url);
    let config = config.with_http(check.http()).with_organizations(ListedOrganizations::Discovered);
    let client = UpsunClient::new(config.clone())?;
    profiles(check, &client).await;
    users(check, &client).await;
    lists(check, &client).await?;
    writes::call(check, &client, base_url).await;
    organizations::call(check, &client).await;
    teams::call(check, &client).await?;
    provider(check, &config.connect()?).await?;
    Ok(())
}

async fn profiles(check: &mut Check, client: &UpsunClient) {
    let list = async |list: &ListProfiles| {
        let page = client.list_profiles(list).await?;
        Ok(Seen::many("/profiles", &page.list.profiles, page.quarantined.len()))
    };
    check.operation("list-profiles", async || list(&ListProfiles::default()).await).await;
    let mut narrowed = ListProfiles::default();
    narrowed.username = Some("ada".to_owned());
    (narrowed.range, narrowed.page) = (Some(50), Some(2));
    check.variant("list-profiles", async || list(&narrowed).await).await;
    check.operation("get-profile", async || Ok(Seen::one(&client.get_profile(USER).await?))).await;
    check.operation("get-address", async || Ok(Seen::one(&client.get_profile_address(USER).await?))).await;
    let profile = async |organization| Ok(Seen::one(&client.get_organization_profile(organization).await?));
    let address = async |organization| Ok(Seen::one(&client.get_organization_address(organization).await?));
    check.operation("get-org-profile", async || profile(ORGANIZATION).await).await;
    check.variant("get-org-profile", async || profile("name=acme").await).await;
    check.operation("get-org-address", async || address(ORGANIZATION).await).await;
    check.variant("get-org-address", async || address("name=acme").await).await;
}

async fn users(check: &mut Check, client: &UpsunClient) {
    check.operation("get-current-user", async || Ok(Seen::one(&client.get_current_user().await?))).await;
    check.operation("get-user", async || Ok(Seen::one(&client.get_user(USER).await?))).await;
    let by_email = async || Ok(Seen::one(&client.get_user_by_email("ada+x@example.com").await?));
    check.operation("get-user-by-email-address", by_email).await;
    let by_name = async || Ok(Seen::one(&client.get_user_by_username("a/../b?c=d").await?));
    check.operation("get-user-by-username", by_name).await;
    check.operation("get-current-user-deprecated", async || Ok(Seen::one(&client.get_me().await?))).await;

    let phone = async |refresh| Ok(Seen::one(&client.get_phone_verification(refresh).await?));
    check.operation("get-current-user-verification-status", async || phone(false).await).await;
    check.variant("get-current-user-verification-status", async || phone(true).await).await;
    let verification = async |refresh| Ok(Seen::one(&client.get_verification(refresh).await?));
    check.operation("get-current-user-verification-status-full", async || verification(false).await).await;
    check.variant("get-current-user-verification-status-full", async || verification(true).await).await;

    let link = SignedLink::new(format!("/ref/users?in={USER},{USER}&sig=x%2By%2Fz"));
    let referenced = async || {
        let referenced = client.get_referenced_users(&link).await?;
        Ok(Seen::named(&referenced.users, referenced.quarantined.len()))
    };
    check.operation("list-referenced-users", referenced).await;

    let connections = async || {
        let page = client.list_user_connections(USER).await?;
        Ok(Seen::many("", &page.items, page.quarantined.len()))
    };
    check.operation("list-login-connections", connections).await;
    let connection = async || Ok(Seen::one(&client.get_user_connection(USER, "google").await?));
    check.operation("get-login-connection", connection).await;
    let tokens = async || {
        let page = client.list_user_api_tokens(USER).await?;
        Ok(Seen::many("", &page.items, page.quarantined.len()))
    };
    check.operation("list-api-tokens", tokens).await;
    let token = async || Ok(Seen::one(&client.get_user_api_token(USER, USER).await?));
    check.operation("get-api-token", token).await;
}

fn every_text() -> StringFilter {
    StringFilter::new()
        .eq("a")
        .ne("b")
        .any_of(["c", "d"])
        .none_of(["e"])
        .between("f", "g")
        .contains("h & i")
        .starts_with("j")
        .ends_with("k")
}

fn every_time() -> Result<DateTimeFilter, Broken> {
    let (from, to): (Timestamp, Timestamp) =
        ("2024-01-01T00:00:00Z".parse()?, "2024-02-01T00:00:00.683264Z".parse()?);
    Ok(DateTimeFilter::new().eq(from).ne(to).between(from, to).after(from).since(from).before(to).until(to))
}

async fn lists(check: &mut Check, client: &UpsunClient) -> Result<(), Broken> {
    let organizations = async |list: &ListUserOrganizations| {
        client.list_user_organizations(USER, list).await.map(|listed| page(&listed))
    };
    check.operation("list-user-orgs", async || organizations(&ListUserOrganizations::default()).await).await;
    let mut list = ListUserOrganizations::default();
    (list.id, list.organization_type, list.vendor) = (every_text(), every_text(), every_text());
    (list.status, list.updated_at) = (every_text(), every_time()?);
    (list.page_size, list.sort) = (Some(100), Some(Sort::descending(OrganizationSort::Label)));
    check.variant("list-user-orgs", async || organizations(&list).await).await;
    for cursor in ["page[before]=WyIx", "page%5Bafter%5D=WyIy%3D"] {
        list.position = Some(format!("/users/{USER}/organizations?{cursor}").into());
        check.variant("list-user-orgs", async || organizations(&list).await).await;
    }
    let follow = async || {
        let mut page = client.list_user_organizations(USER, &ListUserOrganizations::default()).await?;
        while let Some(next) = page.next {
            page = client.follow(&next).await?;
        }
        Ok(())
    };
    check.refused("list-user-orgs", None, ErrorKind::Decode, follow).await;

    let teams =
        async |list: &ListUserTeams| client.list_user_teams(USER, list).await.map(|listed| page(&listed));
    check.operation("list-user-teams", async || teams(&ListUserTeams::default()).await).await;
    let mut list = ListUserTeams::default();
    (list.organization_id, list.updated_at) = (every_text(), every_time()?);
    (list.page_size, list.sort) = (Some(1), Some(Sort::ascending(TimeSort::UpdatedAt)));
    check.variant("list-user-teams", async || teams(&list).await).await;
    for cursor in ["page[before]=WyIx", "page[after]=WyIy"] {
        list.position = Some(format!("?{cursor}").into());
        check.variant("list-user-teams", async || teams(&list).await).await;
    }

    let access = async |list: &ListUserProjectAccess| {
        client.list_user_project_access(USER, list).await.map(|listed| page(&listed))
    };
    let plain = async || access(&ListUserProjectAccess::default()).await;
    check.operation("list-user-project-access", plain).await;
    let mut list = ListUserProjectAccess::default();
    list.organization_id = Some(ORGANIZATION.to_owned());
    (list.page_size, list.sort) = (Some(200), Some(Sort::descending(ProjectAccessSort::GrantedAt)));
    check.variant("list-user-project-access", async || access(&list).await).await;
    for cursor in ["page[before]=WyIx", "page[after]=WyIy"] {
        list.position = Some(format!("?{cursor}").into());
        check.variant("list-user-project-access", async || access(&list).await).await;
    }
    let one = async || Ok(Seen::one(&client.get_user_project_access(USER, PROJECT).await?));
    check.operation("get-user-project-access", one).await;

    let extended = async |list: &ListUserExtendedAccess| {
        client.list_user_extended_access(USER, list).await.map(|listed| page(&listed))
    };
    let plain = async || extended(&ListUserExtendedAccess::default()).await;
    check.operation("list-user-extended-access", plain).await;
    let mut list = ListUserExtendedAccess::default();
    (list.resource_type, list.organization_id, list.permissions) = (every_text(), every_text(), every_text());
    check.variant("list-user-extended-access", async || extended(&list).await).await;
    Ok(())
}

/// What the document does not have is left out: organizations by themselves, and with them an organization's
/// enriched profile.
async fn provider(check: &mut Check, provider: &impl ProfileProvider) -> Result<(), Broken> {
    let id =
        |kind, native| -> Result<ProfileId, Broken> { Ok(format!("upsun:prism/{kind}/{native}").parse()?) };
    let (user, organization) = (id("user", USER)?, id("organization", ORGANIZATION)?);
    let (plain, enriched) = (GetOptions::new(), GetOptions::new().with_enrich(true));
    let query = ListQuery::new().with_page_size(50);
    // The server's example of a page links to `string`.
    let all = async || provider.list(query.clone()).try_collect::<Vec<Profile>>().await;
    check.refused("trait: list", None, ErrorKind::Decode, all).await;
    check
        .profiles("list, first page", None, async || Ok(provider.list_page(&query, None).await?.items))
        .await;
    let organizations = async || {
        let first = provider.list_page(&query, None).await?;
        let start = first.next_collection.ok_or_else(|| Error::config("no organizations are listed"))?;
        let page = provider.list_page(&query, Some(&start)).await?;
        match page.quarantined.first() {
            Some(bad) => Err(Error::new(ErrorKind::Decode, bad.reason.clone())),
            None => Ok(page.items),
        }
    };
    check.profiles("list, organizations", None, organizations).await;
    for (what, id, options) in [
        ("get user", &user, &plain),
        ("get user, enriched", &user, &enriched),
        ("get organization", &organization, &plain),
    ] {
        check.profiles(what, None, async || Ok(vec![provider.get_opts(id, options).await?])).await;
    }
    for (what, options) in [("current", &plain), ("current, enriched", &enriched)] {
        check.profiles(what, None, async || Ok(vec![provider.current_opts(options).await?])).await;
    }
    for (what, key) in [
        ("find by e-mail address", FindKey::Email("aase@example.com".to_owned())),
        ("find by user name", FindKey::Username("aase-berg".to_owned())),
        ("find user by id", FindKey::NativeId(USER.to_owned())),
        ("find organization by id", FindKey::NativeId(ORGANIZATION.to_owned())),
    ] {
        check.profiles(what, None, async || Ok(provider.find_by(&key).await?.profiles)).await;
    }
    // The example of a member is somebody else, so that it is removed and not read.
    let member = id("member", &format!("{ORGANIZATION}/{USER}"))?;
    crate::writes::call(check, provider, &[user, organization, member], &[]).await;
    Ok(())
}
