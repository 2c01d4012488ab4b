//! Probely.

mod assignments;
mod labels;
mod writes;

use anyprofile::{
    ErrorKind, Expected, Filter, FindKey, Kind, ListQuery, Profile, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Result, Status,
    probely::{API_USER, ListUsers, LogicalOperator, ProbelyClient, ProbelyConfig, wire},
    query::{Order, OrderField},
};
use futures_util::TryStreamExt as _;

use crate::{
    Broken,
    check::{Check, Seen, records},
};

const ID: &str = "-sDw5iRCtV_Y";
const HOLDER: &str = "2aB3cD4eF5gH";

records!(
    wire::BulkUpdated,
    wire::Label,
    wire::PasswordChanged,
    wire::Permission,
    wire::Role,
    wire::Team,
    wire::User,
    wire::UserRoleAssignment,
);

pub(crate) async fn call(check: &mut Check, base_url: &str) -> Result<(), Broken> {
    let config = ProbelyConfig::new("prism".parse()?, "an API key").at(base_url).with_http(check.http());
    let client = ProbelyClient::new(config.clone())?;
    check.operation("profile_list", async || Ok(Seen::one(&client.get_profile().await?))).await;
    check.operation("users_retrieve", async || Ok(Seen::one(&client.get_user(ID).await?))).await;
    let list = async |list: &ListUsers| {
        let page = client.list_users(list).await?;
        Ok(Seen::many("/results", &page.list.results, page.quarantined.len()))
    };
    check.operation("users_list", async || list(&ListUsers::default()).await).await;
    for (yes, operator) in [(true, LogicalOperator::And), (false, LogicalOperator::Or)] {
        let every = every_parameter(yes, operator);
        check.variant("users_list", async || list(&every).await).await;
    }
    check.operation("api_users_retrieve", async || Ok(Seen::one(&client.get_api_user(ID).await?))).await;
    let list = async |list: &ListUsers| {
        let page = client.list_api_users(list).await?;
        Ok(Seen::many("/results", &page.list.results, page.quarantined.len()))
    };
    check.operation("api_users_list", async || list(&ListUsers::default()).await).await;
    let every = every_parameter(true, LogicalOperator::And);
    check.variant("api_users_list", async || list(&every).await).await;
    writes::call(check, &client).await;
    labels::call(check, &client).await;
    assignments::call(check, &client).await;
    provider(check, &config.connect()?).await
}

fn every_parameter(yes: bool, operator: LogicalOperator) -> ListUsers {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut list = ListUsers::default();
    (list.account, list.active, list.mfa_enabled, list.no_access) =
        (Some(yes), Some(yes), Some(yes), Some(yes));
    (list.exclude, list.exclude_target) = (texts(&["labels", "changed_by"]), texts(&["t1", "t2"]));
    (list.exclude_team, list.label) = (texts(&["e1"]), texts(&["l1", "l2"]));
    list.label_logical_operator = Some(operator);
    (list.role, list.target, list.team) = (texts(&["r1"]), texts(&["t3"]), texts(&["e2", "e3"]));
    (list.length, list.page) = (Some(1000), Some(2));
    (list.ordering, list.search) = (Some("-last_login".to_owned()), Some("ada & co".to_owned()));
    list
}

/// People alone are listed: both lists have the same ids in the examples, and API users follow by themselves.
async fn provider(check: &mut Check, provider: &impl ProfileProvider) -> Result<(), Broken> {
    let filter = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        filter.kind = vec![Expected::Is(Kind::Human)];
        change(&mut filter);
        ListQuery::new().with_filter(filter)
    };
    let people = filter(|_| {});
    let list = async |query: &ListQuery| provider.list(query.clone()).try_collect::<Vec<Profile>>().await;
    for example in ["documented", "recorded_2022", "page_2_of_2", "empty"] {
        check.profiles("list", Some(example), async || list(&people).await).await;
    }
    // The server gives the first page for the second too.
    let again = async || list(&people).await;
    check.refused("trait: list", Some("page_1_of_2"), ErrorKind::Decode, again).await;
    for query in [
        filter(|filter| filter.status = vec![Expected::Is(Status::Active)]),
        filter(|filter| filter.status = vec![Expected::Is(Status::Suspended)]),
        filter(|filter| filter.mfa = Some(Expected::Is(false))),
        filter(|filter| filter.email = Some("ada@example.com".to_owned())),
        filter(|filter| filter.label = Some("Example label".to_owned())),
        people.clone().with_search("ada").with_page_size(5),
        people.clone().with_order(Order::descending(OrderField::Updated)),
    ] {
        check.profiles("list", None, async || list(&query).await).await;
    }
    check.response_for(&[ID]);
    let id: ProfileId = format!("probely:prism/user/{ID}").parse()?;
    check.profiles("get", None, async || Ok(vec![provider.get(&id).await?])).await;
    for example in check.examples("profile_list") {
        check.profiles("current", Some(&example), async || Ok(vec![provider.current().await?])).await;
    }
    let key = FindKey::Email("ada@example.com".to_owned());
    check.profiles("find by e-mail address", None, async || Ok(provider.find_by(&key).await?.profiles)).await;
    // The role assignments of the document are of this user.
    check.response_for(&[HOLDER]);
    let user = format!("probely:prism/user/{HOLDER}").parse()?;
    let examples = check.examples("users_partial_update");
    crate::writes::call(check, provider, &[user], &examples).await;
    let api_user: ProfileId = format!("probely:prism/{API_USER}/{HOLDER}").parse()?;
    let examples = check.examples("api_users_partial_update");
    crate::writes::of_profile(check, provider, &api_user, &examples).await;
    Ok(())
}
