//! The requests of the client's own operations, and what they refuse.

use std::sync::Arc;

use anyprofile_core::{Error, ErrorKind, Timestamp};
use anyprofile_http::HttpOptions;
use anyprofile_upsun::{
    ArrayFilter, DateTimeFilter, ListOrganizationMembers, ListOrganizations, ListUserExtendedAccess,
    ListUserOrganizations, ListUserProjectAccess, ListUserTeams, OrganizationSort, ProjectAccessSort, Sort,
    StringFilter, TimeSort, UpsunClient, wire::SignedLink,
};

use crate::{
    client, config,
    support::{Script, Sent, json, response},
};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn organizations() -> ListUserOrganizations {
    let mut list = ListUserOrganizations::default();
    list.id = StringFilter::new().any_of(["01A", "01B"]).none_of(["01C"]);
    list.organization_type = StringFilter::new().eq("flexible").ne("fixed");
    list.vendor = StringFilter::new().starts_with("up & ").ends_with("sun").contains("s+u");
    list.status = StringFilter::new().eq("active").any_of(["active", "deleted"]);
    list.updated_at = DateTimeFilter::new()
        .eq(time("2024-01-01T00:00:00Z"))
        .ne(time("2024-01-02T00:00:00+02:00"))
        .between(time("2024-01-01T00:00:00Z"), time("2024-02-01T00:00:00.683264Z"))
        .after(time("2024-01-03T00:00:00Z"))
        .since(time("2024-01-04T00:00:00Z"))
        .before(time("2024-01-05T00:00:00Z"))
        .until(time("2024-01-06T00:00:00Z"));
    list.page_size = Some(100);
    list.sort = Some(Sort::descending(OrganizationSort::UpdatedAt));
    list
}

#[tokio::test]
async fn every_operation_of_the_client_sends_what_is_documented() {
    let script = Script::by(|sent| {
        let path = sent.target().split('?').next().unwrap().to_owned();
        let is_array = ["/connections", "/api-tokens"].iter().any(|end| path.ends_with(end));
        let lists = ["/organizations", "/teams", "/project-access", "/extended-access", "/members"];
        let is_list = lists.iter().any(|end| path.ends_with(end));
        json(
            200,
            if is_array {
                "[]"
            } else if is_list {
                r#"{"items":[]}"#
            } else {
                "{}"
            },
        )
        .into()
    });
    let client = client(&script);
    client.get_profile_address("u-1").await.unwrap();
    client.get_organization_address("01H").await.unwrap();
    client.get_organization_address("name=acme").await.unwrap();
    client.get_user("u-1").await.unwrap();
    client.get_user_by_email("ada+x@example.com").await.unwrap();
    client.get_user_by_username("a/../b?c=d").await.unwrap();

    client.list_user_organizations("u-1", &ListUserOrganizations::default()).await.unwrap();
    client.list_user_organizations("u-1", &organizations()).await.unwrap();
    let mut teams = ListUserTeams::default();
    teams.organization_id = StringFilter::new().between("01A", "01B");
    teams.updated_at = DateTimeFilter::new().since(time("2024-01-01T00:00:00Z"));
    teams.page_size = Some(1);
    teams.sort = Some(Sort::ascending(TimeSort::CreatedAt));
    client.list_user_teams("u-1", &teams).await.unwrap();
    let mut access = ListUserProjectAccess::default();
    access.organization_id = Some("01A".to_owned());
    access.page_size = Some(200);
    access.sort = Some(Sort::descending(ProjectAccessSort::ProjectTitle));
    client.list_user_project_access("u-1", &access).await.unwrap();
    client.get_user_project_access("u-1", "p-1").await.unwrap();
    let mut extended = ListUserExtendedAccess::default();
    extended.resource_type = StringFilter::new().eq("project");
    extended.organization_id = StringFilter::new().eq("01A");
    extended.permissions = StringFilter::new().contains("admin");
    client.list_user_extended_access("u-1", &extended).await.unwrap();
    client.list_user_connections("u-1").await.unwrap();
    client.get_user_connection("u-1", "acme oidc").await.unwrap();
    client.list_user_api_tokens("u-1").await.unwrap();
    client.get_user_api_token("u-1", "t-1").await.unwrap();

    let mut all = ListOrganizations::default();
    all.owner_id = StringFilter::new().eq("u-1");
    all.name = StringFilter::new().eq("acme");
    all.label = StringFilter::new().contains("Acme");
    all.capabilities = ArrayFilter::new().eq("a").ne("b").any_of(["c", "d"]).none_of(["e"]);
    all.sort = Some(Sort::ascending(OrganizationSort::Label));
    client.list_organizations(&all).await.unwrap();
    client.get_organization("name=acme").await.unwrap();
    let mut members = ListOrganizationMembers::default();
    members.permissions = ArrayFilter::new().any_of(["billing", "projects:list"]);
    members.page_size = Some(50);
    members.sort = Some(Sort::descending(TimeSort::CreatedAt));
    client.list_organization_members("01H", &members).await.unwrap();

    client.get_me().await.unwrap();
    client.get_phone_verification(false).await.unwrap();
    client.get_verification(true).await.unwrap();
    client.get_referenced_users(&SignedLink::new("/ref/users?in=a,b&sig=x%2By/z")).await.unwrap();

    // The headers are those of every request, and are shown with those of the provider.
    let sent = script.requests();
    insta::assert_snapshot!(sent.join("\n"));
    assert!(script.sent().iter().all(|sent| sent.body.is_empty()));
    let check = script.sent().into_iter().find(|sent| sent.url.contains("verification")).unwrap();
    insta::with_settings!({filters => vec![(r"anyprofile/\d+\.\d+\.\d+", "anyprofile/VERSION")]}, {
        insta::assert_snapshot!(check.text());
    });
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
    error.to_string()
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let mut told = vec![
        is_refused(client.get_user_by_email("").await),
        is_refused(client.get_user_by_username("").await),
        is_refused(client.get_organization_address("name=").await),
        is_refused(client.get_organization_profile("name=").await),
        is_refused(client.get_organization("name=").await),
        is_refused(client.get_organization("").await),
        is_refused(client.get_user("..").await),
        is_refused(client.get_user_api_token("u", "").await),
        is_refused(client.list_user_connections(".").await),
    ];
    for size in [0, 101] {
        let mut list = ListUserTeams::default();
        list.page_size = Some(size);
        told.push(is_refused(client.list_user_teams("u", &list).await));
    }
    let mut list = ListUserProjectAccess::default();
    list.page_size = Some(201);
    told.push(is_refused(client.list_user_project_access("u", &list).await));
    for id in [StringFilter::new().any_of(["a,b"]), StringFilter::new().any_of(Vec::<String>::new())] {
        let mut list = ListUserOrganizations::default();
        list.id = id;
        told.push(is_refused(client.list_user_organizations("u", &list).await));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn a_signed_link_is_followed_at_this_service_only() {
    for link in [
        "",
        "https://evil.example.com/ref/users?in=a&sig=b",
        "https://api.example.com@evil.example.com/ref/users?in=a&sig=b",
        "http://api.example.com/ref/users?in=a&sig=b",
        "//evil.example.com/ref/users?in=a&sig=b",
        "/users/me",
    ] {
        let script = Script::silent();
        let error = client(&script).get_referenced_users(&SignedLink::new(link)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{link}");
        assert!(!format!("{error} {error:?}").contains("evil"), "{error}");
    }
}

#[tokio::test]
async fn a_missing_user_is_one_although_the_response_has_no_body() {
    let script = Script::of([response(404), response(404), response(404)]);
    let client = client(&script);
    for error in [
        client.get_user("u").await.unwrap_err(),
        client.get_user_by_email("ada@example.com").await.unwrap_err(),
        client.get_user_by_username("ada").await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
        assert!(!format!("{error} {error:?}").contains("ada"), "{error}");
    }
}

#[tokio::test]
async fn a_moved_address_and_a_missing_permission_are_told_apart() {
    let moved = r#"{"title":"This organization profile has moved to the billing profile.","status":403,"detail":"Forbidden."}"#;
    let script =
        Script::of([json(403, moved), json(403, r#"{"title":"Forbidden","status":403,"detail":"No."}"#)]);
    let client = client(&script);
    assert_eq!(client.get_organization_address("01H").await.unwrap_err().kind(), ErrorKind::Unsupported);
    let error =
        client.list_organization_members("01H", &ListOrganizationMembers::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.hint().unwrap().contains("manage members"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_post_that_only_reads_is_repeated() {
    let script = Script::of([
        response(503),
        json(200, r#"{"state":true,"type":"phone"}"#),
        response(502),
        json(200, r#"{"verify_phone":true}"#),
    ]);
    let http = HttpOptions::default().with_transport(Arc::clone(&script) as _);
    let client = UpsunClient::new(config(&script).with_http(http)).unwrap();
    assert_eq!(client.get_verification(false).await.unwrap().state, true.into());
    assert_eq!(client.get_phone_verification(true).await.unwrap().verify_phone, true.into());
    let targets: Vec<_> =
        script.sent().iter().map(Sent::text).map(|text| text.lines().next().unwrap().to_owned()).collect();
    assert_eq!(targets[0], "POST https://api.example.com/me/verification");
    assert_eq!(targets[0], targets[1]);
    assert_eq!(targets[3], "POST https://api.example.com/me/phone?force_refresh=1");
}
