//! Lists of the client with cursors.

use anyprofile_core::{ErrorKind, Field};
use anyprofile_upsun::{
    ListOrganizationMembers, ListUserOrganizations, ListUserTeams, StringFilter, wire::SignedLink,
};

use crate::{
    client,
    support::{Script, json},
};

fn page(ids: &[&str], rest: &str) -> String {
    let items: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    format!(r#"{{"items":[{}]{rest}}}"#, items.join(","))
}

fn next(href: &str) -> String {
    format!(r#","_links":{{"self":{{"href":"/x"}},"next":{{"href":"{href}"}}}}"#)
}

fn active() -> ListUserOrganizations {
    let mut list = ListUserOrganizations::default();
    list.status = StringFilter::new().any_of(["active", "suspended"]);
    list.page_size = Some(2);
    list
}

#[tokio::test]
async fn a_link_that_forgets_the_filter_is_merged_with_it_and_can_be_stored() {
    let script = Script::of([
        json(200, page(&["a"], &next("/users/u/organizations?page%5Bafter%5D=WyIy%3D&page%5Bsize%5D=50"))),
        json(200, page(&["b"], &next("https://api.example.com/users/u/organizations?page[after]=W3"))),
        json(200, page(&["c"], r#","_links":{"previous":{"href":"?page%5Bbefore%5D=W2"}}"#)),
        json(200, page(&["b"], "")),
        json(200, page(&["c"], "")),
    ]);
    let client = client(&script);
    let first = client.list_user_organizations("u", &active()).await.unwrap();
    assert!(first.previous.is_none());
    let second = client.follow(&first.next.unwrap()).await.unwrap();
    let stored = second.next.clone().unwrap();
    let third = client.follow(&second.next.unwrap()).await.unwrap();
    assert_eq!(third.items[0].id.value().unwrap().as_str(), "c");
    assert!(third.next.is_none());
    client.follow(&third.previous.unwrap()).await.unwrap();
    assert!(!format!("{stored:?} {:?}", stored.position()).contains("W3"));
    let mut later = active();
    later.position = Some(stored.position().as_str().into());
    client.list_user_organizations("u", &later).await.unwrap();

    let targets: Vec<_> = script.sent().iter().map(|sent| sent.target().to_owned()).collect();
    let filter = "/users/u/organizations?filter%5Bstatus%5D%5Bin%5D=active%2Csuspended";
    assert_eq!(
        targets,
        [
            format!("{filter}&page%5Bsize%5D=2"),
            format!("{filter}&page%5Bafter%5D=WyIy%3D&page%5Bsize%5D=50"),
            format!("{filter}&page%5Bsize%5D=2&page[after]=W3"),
            format!("{filter}&page%5Bsize%5D=2&page%5Bbefore%5D=W2"),
            format!("{filter}&page%5Bsize%5D=2&page[after]=W3"),
        ]
    );
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_or_nowhere_on_is_refused_before_anything_is_sent() {
    for href in [
        "",
        "string",
        "https://eu-2.example.com/users/u/teams?page%5Bafter%5D=x",
        "//evil.example.com/users/u/teams",
        "/users/v/teams?page%5Bafter%5D=x",
        // The page itself.
        "/users/u/teams",
        "?",
    ] {
        let script = Script::of([json(200, page(&["a"], &next(href)))]);
        let client = client(&script);
        let page = client.list_user_teams("u", &ListUserTeams::default()).await.unwrap();
        assert_eq!(page.items.len(), 1);
        let error = client.follow(&page.next.unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, None), "{href}");
        assert!(!format!("{error:?}").contains("evil"), "{error}");
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_list_that_stays_where_it_is_ends_with_an_error() {
    let script = Script::by(|_| json(200, page(&["a"], &next("?page%5Bafter%5D=x"))).into());
    let client = client(&script);
    let first = client.list_user_teams("u", &ListUserTeams::default()).await.unwrap();
    let second = client.follow(&first.next.unwrap()).await.unwrap();
    let error = client.follow(&second.next.unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), script.sent().len()), (ErrorKind::Decode, 2));
}

#[tokio::test]
async fn a_link_without_an_address_is_a_missing_page_and_not_the_end() {
    for links in [r#","_links":{"next":{}}"#, r#","_links":{"next":{"href":null}}"#] {
        let script = Script::of([json(200, page(&["a"], links))]);
        let client = client(&script);
        let page = client.list_user_teams("u", &ListUserTeams::default()).await.unwrap();
        let error = client.follow(&page.next.unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{links}");
    }
}

#[tokio::test]
async fn the_count_and_the_signed_links_come_with_the_page() {
    let links = r#","count":57,"_links":{"ref:users:10":{"href":"/ref/users?in=c&sig=z"},"curies":[{"name":"x"}],
        "ref:users:0":{"href":"/ref/users?in=a,b&sig=x%2By"},"ref:users:1":{},"ref:projects:0":{"href":"/ref/projects"}}"#;
    let script = Script::of([json(200, page(&["a"], links)), json(200, page(&[], ""))]);
    let client = client(&script);
    let list = ListOrganizationMembers::default();
    let page = client.list_organization_members("01H", &list).await.unwrap();
    assert_eq!(page.count, 57.into());
    let links: Vec<_> = page.users.iter().map(SignedLink::as_str).collect();
    assert_eq!(links, ["/ref/users?in=a,b&sig=x%2By", "/ref/users?in=c&sig=z"]);
    assert!(!format!("{page:?}").contains("sig="), "{page:?}");
    let page = client.list_organization_members("01H", &list).await.unwrap();
    assert_eq!((page.count, page.users.len(), page.next.is_none()), (Field::Absent, 0, true));
}

#[tokio::test]
async fn one_bad_record_is_set_aside() {
    let script = Script::of([
        json(200, r#"{"items":[{"id":"a"},"ada@example.com",{"id":"c","owner":"ada@example.com"}]}"#),
        json(200, r#"[{"id":"a"},["ada@example.com"]]"#),
        json(200, r#"{"profiles":[]}"#),
        json(200, r#"{"items":[]}"#),
    ]);
    let client = client(&script);
    let list = ListOrganizationMembers::default();
    let page = client.list_organization_members("01H", &list).await.unwrap();
    assert_eq!((page.items.len(), page.quarantined[0].position), (2, 1));
    assert_eq!(page.quarantined[0].reason, "invalid type: string, expected a map");
    // A field of another type affects only that field.
    assert_eq!(page.items[1].owner, Field::Absent);
    assert!(page.items[1].unknown.get("owner").is_some());
    let tokens = client.list_user_api_tokens("u").await.unwrap();
    assert_eq!((tokens.items.len(), tokens.quarantined.len()), (1, 1));
    // The other format of lists, and an object instead of an array.
    let error = client.list_organization_members("01H", &list).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(client.list_user_connections("u").await.unwrap_err().kind(), ErrorKind::Decode);
}
