use std::collections::HashSet;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{access_token, array, ids, path_of_link, start, upsun};

const ACME: &str = "01HSANDB0XACME000000000001";

/// Follows the links of a list. The query is added to each, as a client must do to keep its filters.
async fn pages(sandbox: &Sandbox, token: &str, path: &str, query: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), format!("{path}?{query}"));
    loop {
        let body = upsun(sandbox, token, &next).await.ok();
        pages.push(array(&body["items"]));
        let links = &body["_links"];
        assert_eq!(links.get("previous").is_some(), pages.len() > 1);
        let Some(link) = links.get("next") else { return pages };
        let href = link["href"].as_str().unwrap();
        let absolute = &sandbox.description().upsun.base_url;
        assert_eq!(href.starts_with(absolute.as_str()), pages.len() == 1, "{href}");
        let rest = path_of_link(sandbox, link);
        assert!(!rest.contains("filter") && !rest.contains("sort"), "{rest}");
        next = format!("{rest}&{query}");
        assert!(pages.len() < 1_000);
    }
}

async fn first_user(sandbox: &Sandbox, token: &str) -> String {
    upsun(sandbox, token, "/users/me").await.ok()["id"].as_str().unwrap().to_owned()
}

fn texts(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn organizations_are_listed_page_by_page_without_the_deleted_ones() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let paged = pages(&sandbox, &token, "/organizations", "page[size]=2").await;
    assert_eq!(paged.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2]);
    let all = array(&upsun(&sandbox, &token, "/organizations").await.ok()["items"]);
    assert_eq!(paged.concat(), all);
    assert_eq!(texts(&all, "name"), ["acme", "birch", "cedar", "dune", "etna", "fjord"]);
    for (query, names) in [
        ("filter[status][in]=deleted,suspended", vec!["fjord", "grove"]),
        ("filter%5Bstatus%5D%5Beq%5D=restricted", vec!["etna"]),
        ("filter[vendor][eq]=&filter[type][ne]=fixed", vec![]),
        ("filter[type][eq]=flexible&sort=-name", vec!["dune", "acme"]),
        ("filter[updated_at][gt]=2020-01-01T00:00:00Z&filter[id][starts]=01HSANDB0XA", vec!["acme"]),
        ("filter[updated_at][lt]=2020-01-01T00:00:00Z", vec![]),
    ] {
        let body = upsun(&sandbox, &token, &format!("/organizations?{query}")).await.ok();
        assert_eq!(texts(&array(&body["items"]), "name"), names, "{query}");
    }
    for query in [
        "page[size]=0",
        "page[size]=101",
        "page[after]=x",
        "sort=vendor",
        "filter[name][eq]=x",
        "filter[id][gt]=x",
    ] {
        let response = upsun(&sandbox, &token, &format!("/organizations?{query}")).await;
        assert_eq!((response.status, &response.json()["title"]), (400, &json!("Bad Request")), "{query}");
    }
}

#[tokio::test]
async fn an_organization_links_to_what_may_be_read_of_it() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    for organization in array(&upsun(&sandbox, &token, "/organizations").await.ok()["items"]) {
        let id = organization["id"].as_str().unwrap();
        assert_eq!(upsun(&sandbox, &token, &format!("/organizations/{id}")).await.ok(), organization);
        for part in ["profile", "address", "members"] {
            let status = upsun(&sandbox, &token, &format!("/organizations/{id}/{part}")).await.status;
            let linked = organization["_links"].get(part).is_some();
            assert_eq!(status, if linked { 200 } else { 403 }, "{id} {part}");
        }
    }
    let acme = upsun(&sandbox, &token, "/organizations/name=acme").await.ok();
    assert_eq!(
        (&acme["id"], acme["owner_id"].as_str().unwrap()),
        (&json!(ACME), &*first_user(&sandbox, &token).await)
    );
    for unknown in ["grove", "nonesuch"] {
        let response = upsun(&sandbox, &token, &format!("/organizations/name={unknown}")).await;
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        assert_eq!(response.status, 404);
    }
}

#[tokio::test]
async fn a_user_s_organizations_are_those_that_the_user_is_a_member_of() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let profiles = ids(&array(&upsun(&sandbox, &token, "/profiles").await.ok()["profiles"]));
    for (index, user) in profiles.iter().enumerate() {
        let body = upsun(&sandbox, &token, &format!("/users/{user}/organizations")).await.ok();
        let names = texts(&array(&body["items"]), "name");
        for (name, step) in [("acme", 1), ("birch", 2), ("cedar", 3), ("etna", 4)] {
            let listed =
                pages(&sandbox, &token, &format!("/organizations/name={name}/members"), "").await.concat();
            let is_member = texts(&listed, "user_id").contains(user);
            assert_eq!((names.contains(&name.to_owned()), is_member), (index % step == 0, index % step == 0));
        }
    }
    let path = format!("/users/{}/organizations", profiles[0]);
    let paged = pages(&sandbox, &token, &path, "page[size]=4&filter[status][ne]=active&sort=-name").await;
    assert_eq!(texts(&paged.concat(), "name"), ["grove", "fjord", "etna"]);
    let unknown = upsun(&sandbox, &token, "/users/nobody/organizations").await;
    assert_eq!((unknown.status, &unknown.json()["status"]), (403, &json!(403)));
}

#[tokio::test]
async fn a_lost_filter_gives_wrong_pages_and_no_error() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let first =
        upsun(&sandbox, &token, "/organizations?page[size]=1&filter[status][in]=deleted,suspended").await;
    let next = first.ok()["_links"]["next"]["href"].as_str().unwrap().to_owned();
    let next = next.strip_prefix(sandbox.description().upsun.base_url.as_str()).unwrap().to_owned();
    assert_eq!(upsun(&sandbox, &token, &next).await.ok()["items"][0]["name"], "birch");
}

#[tokio::test]
async fn members_are_listed_in_both_orders_and_both_directions() {
    let sandbox = start(SandboxOptions::new().profiles(130)).await;
    let token = access_token(&sandbox).await;
    let path = format!("/organizations/{ACME}/members");
    let paged = pages(&sandbox, &token, &path, "page%5Bsize%5D=50").await;
    let all = paged.concat();
    let users = texts(&all, "user_id");
    assert_eq!((users.len(), users.iter().collect::<HashSet<_>>().len()), (172, 172));
    let down = pages(&sandbox, &token, &path, "page[size]=100&sort=-created_at").await.concat();
    assert_eq!(down.into_iter().rev().collect::<Vec<_>>(), all);
    let whole = upsun(&sandbox, &token, &format!("{path}?page[size]=100")).await.ok();
    let next = whole["_links"]["next"]["href"].as_str().unwrap();
    let next = next.strip_prefix(sandbox.description().upsun.base_url.as_str()).unwrap();
    let second = upsun(&sandbox, &token, next).await.ok();
    let back = path_of_link(&sandbox, &second["_links"]["previous"]);
    assert_eq!(upsun(&sandbox, &token, back).await.ok()["items"], whole["items"]);

    assert!(all.iter().all(|member| member["organization_id"] == ACME && member["permissions"].is_array()));
    assert_eq!(all.iter().filter(|member| member["owner"] == true).count(), 1);
    assert!(all.iter().any(|member| member.get("owner").is_none()));
    for (name, status) in [("dune", 403), ("grove", 404), ("nonesuch", 404)] {
        let response = upsun(&sandbox, &token, &format!("/organizations/name={name}/members")).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (status, true));
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
    }
    for query in ["sort=level", "filter[level]=admin", "page[size]=101", "page[after]=x&page[before]=x"] {
        assert_eq!(upsun(&sandbox, &token, &format!("{path}?{query}")).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_signed_link_leads_to_the_members_users_some_null_and_some_missing() {
    let sandbox = start(SandboxOptions::new().profiles(130)).await;
    let token = access_token(&sandbox).await;
    let body = upsun(&sandbox, &token, &format!("/organizations/{ACME}/members?page[size]=60")).await.ok();
    let mut found = serde_json::Map::new();
    for name in ["ref:users:0", "ref:users:1"] {
        let rest = path_of_link(&sandbox, &body["_links"][name]);
        found.extend(upsun(&sandbox, &token, rest).await.ok().as_object().unwrap().clone());
    }
    assert!(body["_links"].get("ref:users:2").is_none());
    let members = texts(&array(&body["items"]), "user_id");
    let (mut users, mut null, mut missing) = (Vec::new(), 0, 0);
    for id in &members {
        let direct = upsun(&sandbox, &token, &format!("/users/{id}")).await;
        match found.get(id) {
            None => missing += 1,
            Some(Value::Null) => null += 1,
            Some(user) => {
                let direct = direct.ok();
                for (field, value) in user.as_object().unwrap() {
                    assert_eq!(*value, direct[field], "{field}");
                }
                users.push(user.clone());
                continue;
            }
        }
        assert_eq!(direct.status, 404);
    }
    assert_eq!((users.len(), null, missing), (46, 7, 7));
    for field in ["mfa_enabled", "sso_enabled", "created_at"] {
        assert!(users.iter().any(|user| user.get(field).is_some()), "{field}");
        assert!(users.iter().any(|user| user.get(field).is_none()), "{field}");
    }
    for query in [
        format!("in={}&sig=0123456789abcdef", members[0]),
        format!("in={}", members[0]),
        "sig=x".to_owned(),
        String::new(),
    ] {
        let response = upsun(&sandbox, &token, &format!("/ref/users?{query}")).await;
        assert!(response.status == 400 && response.json()["error"].is_string(), "{query}");
    }
}

#[tokio::test]
async fn a_user_s_teams_and_projects_are_filtered_sorted_and_paged() {
    let sandbox = start(SandboxOptions::new()).await;
    let token = access_token(&sandbox).await;
    let user = first_user(&sandbox, &token).await;
    let teams = format!("/users/{user}/teams");
    let all = pages(&sandbox, &token, &teams, "page[size]=3").await.concat();
    assert_eq!(upsun(&sandbox, &token, &teams).await.ok()["count"], all.len());
    assert_eq!(ids(&all).iter().collect::<HashSet<_>>().len(), 14);
    let query = format!("filter[organization_id][eq]={ACME}&sort=-created_at&page[size]=1");
    assert_eq!(pages(&sandbox, &token, &teams, &query).await.concat().len(), 2);
    assert!(
        all.iter().any(|team| team.get("counts").is_none()) && all.iter().any(|team| team["label"] == "")
    );

    let access = format!("/users/{user}/project-access");
    let all = pages(&sandbox, &token, &access, "page[size]=9&sort=project_title").await.concat();
    let titles = texts(&all, "project_title");
    assert!(titles.is_sorted() && titles.len() > 30);
    let one =
        upsun(&sandbox, &token, &format!("{access}?filter[organization_id]={ACME}&page[size]=200")).await;
    let of_acme = array(&one.ok()["items"]);
    assert!(of_acme.len() == 6 && of_acme.iter().all(|item| item["organization_id"] == ACME));
    let path = format!("{access}/{}", of_acme[2]["project_id"].as_str().unwrap());
    assert_eq!(upsun(&sandbox, &token, &path).await.ok(), of_acme[2]);
    assert!(all.iter().any(|item| item["_links"]["update"].is_null()));
    assert!(all.iter().any(|item| item.get("updated_at").is_none()));

    let extended = format!("/users/{user}/extended-access");
    let everything = array(&upsun(&sandbox, &token, &extended).await.ok()["items"]);
    assert_eq!(everything.len(), all.len() + 7);
    let query = "filter[resource_type][eq]=project&filter[permissions][in]=admin,preview:admin";
    let some = array(&upsun(&sandbox, &token, &format!("{extended}?{query}")).await.ok()["items"]);
    assert!(!some.is_empty() && some.len() < all.len());

    for (path, status) in [
        (format!("{teams}?page[size]=101"), 400),
        (format!("{teams}?sort=label"), 400),
        (format!("{access}?page[size]=201"), 400),
        (format!("{access}/nothing"), 404),
        (format!("{extended}?filter[user_id][eq]=x"), 400),
        ("/users/nobody/teams".to_owned(), 404),
        ("/users/nobody/project-access".to_owned(), 403),
    ] {
        assert_eq!(upsun(&sandbox, &token, &path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn few_profiles_make_small_organizations() {
    for (profiles, members) in [(0, 0), (1, 1), (3, 3)] {
        let sandbox = start(SandboxOptions::new().profiles(profiles)).await;
        let token = access_token(&sandbox).await;
        let body = upsun(&sandbox, &token, &format!("/organizations/{ACME}/members")).await.ok();
        assert_eq!(array(&body["items"]).len(), members);
        assert_eq!(body["_links"].get("ref:users:0").is_some(), members > 0);
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_answers() {
    let (left, right) = (start(SandboxOptions::new()).await, start(SandboxOptions::new()).await);
    let user = first_user(&left, &access_token(&left).await).await;
    for path in [
        format!("/organizations/{ACME}"),
        format!("/users/{user}/project-access?sort=granted_at"),
        format!("/users/{user}/extended-access"),
        format!("/users/{user}/connections"),
        format!("/profiles/{user}/address"),
        "/me".to_owned(),
    ] {
        let responses = [&left, &right].map(|sandbox| {
            let path = path.clone();
            async move { upsun(sandbox, &access_token(sandbox).await, &path).await.ok() }
        });
        let [left, right] = responses;
        let without_origin = |body: Value| {
            let text = body.to_string();
            text.split("http://127.0.0.1:")
                .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
                .collect::<String>()
        };
        assert_eq!(without_origin(left.await), without_origin(right.await), "{path}");
    }
}
