use std::time::Duration;

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, path_of_link, start, upsun, write_upsun};

const ACME: &str = "01HSANDB0XACME000000000001";
const TEAM: &str = "/teams/01HSANDB0XTEAM000000000001";

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

async fn items(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    array(&read(sandbox, path).await.ok()["items"])
}

async fn write(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Response {
    write_upsun(sandbox, method, path, &body.to_string()).await
}

fn users(members: &[Value]) -> Vec<String> {
    members.iter().map(|member| member["user_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_teams_that_the_token_may_see_are_filtered_sorted_and_counted() {
    let sandbox = start(SandboxOptions::new()).await;
    let all = read(&sandbox, "/teams?page[size]=100").await.ok();
    // Four of each of the organizations that may be read.
    assert_eq!((array(&all["items"]).len(), &all["count"]), (16, &json!(16)));
    let of_acme = items(&sandbox, &format!("/teams?filter[organization_id]={ACME}")).await;
    assert_eq!(of_acme.len(), 4);
    let query = format!("filter[id][in]={},nothing&sort=-label", ids(&of_acme)[2]);
    assert_eq!(items(&sandbox, &format!("/teams?{query}")).await, of_acme[2..3]);
    let labels: Vec<_> = items(&sandbox, "/teams?sort=label&page[size]=100").await;
    assert!(labels.iter().map(|team| team["label"].as_str().unwrap()).is_sorted());
    assert!(of_acme.iter().any(|team| team.get("updated_at").is_none()));
    for team in &of_acme {
        let path = format!("/teams/{}", team["id"].as_str().unwrap());
        assert_eq!(read(&sandbox, &path).await.ok(), *team);
        if let Some(counts) = team.get("counts") {
            let members = items(&sandbox, &format!("{path}/members?page[size]=50")).await;
            assert_eq!(counts["member_count"], members.len());
            let projects = items(&sandbox, &format!("{path}/project-access")).await;
            assert_eq!(counts["project_count"], projects.len());
        }
    }
    for (path, status) in [
        ("/teams?page[size]=101", 400),
        ("/teams?filter[label]=Ops", 400),
        ("/teams?sort=id", 400),
        ("/teams/nothing", 404),
        // Of Dune.
        ("/teams/01HSANDB0XTEAM000000000012", 403),
        ("/teams/01HSANDB0XTEAM000000000012/members", 403),
    ] {
        let response = read(&sandbox, path).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (status, true), "{path}");
    }
}

#[tokio::test]
async fn the_members_of_a_team_are_those_whose_teams_it_is_among() {
    let sandbox = start(SandboxOptions::new().profiles(130)).await;
    let first = read(&sandbox, &format!("{TEAM}/members?page[size]=50")).await.ok();
    assert!(first.get("count").is_none());
    let next = first["_links"]["next"]["href"].as_str().unwrap();
    let next = next.strip_prefix(sandbox.description().upsun.base_url.as_str()).unwrap();
    let all = [array(&first["items"]), items(&sandbox, next).await].concat();
    assert_eq!(all.len(), 65);
    let down = items(&sandbox, &format!("{TEAM}/members?page[size]=50&sort=-created_at")).await;
    assert_eq!(down[0], *all.last().unwrap());
    for member in &all[..3] {
        let user = member["user_id"].as_str().unwrap();
        assert_eq!(read(&sandbox, &format!("{TEAM}/members/{user}")).await.ok(), *member);
        let teams = ids(&items(&sandbox, &format!("/users/{user}/teams")).await);
        assert!(teams.contains(&TEAM["/teams/".len()..].to_owned()));
    }
    let link = path_of_link(&sandbox, &first["_links"]["ref:users:0"]);
    assert_eq!(read(&sandbox, link).await.ok().as_object().unwrap().len(), 50);
    for query in ["page[size]=51", "sort=label"] {
        assert_eq!(read(&sandbox, &format!("{TEAM}/members?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(read(&sandbox, &format!("{TEAM}/members/nobody")).await.status, 404);
}

#[tokio::test]
async fn a_team_is_created_changed_and_deleted() {
    let sandbox = start(SandboxOptions::new().fixed_clock(1_800_000_000)).await;
    let body = json!({"organization_id": ACME, "label": "Ğ", "project_permissions": ["viewer", "dance"]});
    let created = write(&sandbox, "POST", "/teams", &body).await;
    assert_eq!(created.status, 201);
    let created = created.json();
    assert_eq!(created["counts"], json!({"member_count": 0, "project_count": 0}));
    let path = format!("/teams/{}", created["id"].as_str().unwrap());
    assert_eq!(read(&sandbox, &path).await.ok(), created);
    sandbox.advance_clock(Duration::from_secs(10));
    let changed = write(&sandbox, "PATCH", &path, &json!({"project_permissions": []})).await.ok();
    assert_eq!((&changed["label"], &changed["project_permissions"]), (&json!("Ğ"), &json!([])));
    assert_ne!(changed["updated_at"], created["updated_at"]);
    let moved = write(&sandbox, "PATCH", &path, &json!({"organization_id": "x", "label": "Ops"})).await.ok();
    assert_eq!((&moved["organization_id"], &moved["label"]), (&json!(ACME), &json!("Ops")));
    assert_eq!(write(&sandbox, "DELETE", &path, &json!({})).await.status, 204);
    for method in ["PATCH", "DELETE"] {
        assert_eq!(write(&sandbox, method, &path, &json!({})).await.status, 404);
    }
    for (body, status) in [
        (json!({}), 400),
        (json!({"organization_id": ACME, "label": ""}), 400),
        (json!({"organization_id": ACME, "label": "x", "project_permissions": [1]}), 400),
        (json!({"organization_id": "01HSANDB0XDVNE000000000004", "label": "x"}), 403),
        (json!({"organization_id": "nothing", "label": "x"}), 403),
        // It has a trial.
        (json!({"organization_id": "01HSANDB0XCEDR000000000003", "label": "x"}), 403),
    ] {
        assert_eq!(write(&sandbox, "POST", "/teams", &body).await.status, status, "{body}");
    }
}

#[tokio::test]
async fn only_a_member_of_the_organization_can_be_in_a_team() {
    let sandbox = start(SandboxOptions::new()).await;
    let path = format!("{TEAM}/members");
    let before = items(&sandbox, &path).await;
    let all = users(&items(&sandbox, &format!("/organizations/{ACME}/members?page[size]=100")).await);
    let is_user = async |id: &str| read(&sandbox, &format!("/users/{id}")).await.status == 200;
    let mut other = None;
    // The first one is the owner.
    for id in all[1..].iter().filter(|id| !users(&before).contains(id)) {
        if is_user(id).await {
            other = Some(id.clone());
            break;
        }
    }
    let other = other.unwrap();
    let own = format!("{path}/{other}");
    assert_eq!(read(&sandbox, &own).await.status, 404);
    let body = json!({"user_id": other});
    let added = write(&sandbox, "POST", &path, &body).await;
    assert_eq!(added.status, 201);
    assert_eq!(read(&sandbox, &own).await.ok(), added.json());
    assert_eq!(items(&sandbox, &path).await.last(), Some(&added.json()));
    assert_eq!(write(&sandbox, "POST", &path, &body).await.status, 400);
    assert_eq!(write(&sandbox, "DELETE", &own, &json!({})).await.status, 204);
    assert_eq!(write(&sandbox, "DELETE", &own, &json!({})).await.status, 404);
    let membership = format!("/organizations/{ACME}/members/{other}");
    assert_eq!(read(&sandbox, &membership).await.status, 200);

    // Whoever leaves the organization leaves its teams.
    assert_eq!(write(&sandbox, "POST", &path, &body).await.status, 201);
    assert_eq!(write(&sandbox, "DELETE", &membership, &json!({})).await.status, 204);
    assert_eq!(items(&sandbox, &path).await, before);
    assert_eq!(write(&sandbox, "POST", &path, &body).await.status, 400);
    for (body, status) in [(json!({}), 400), (json!({"user_id": "nobody"}), 404)] {
        assert_eq!(write(&sandbox, "POST", &path, &body).await.status, status, "{body}");
    }
    let first = users(&before)[1].clone();
    assert_eq!(write(&sandbox, "DELETE", &format!("{path}/{first}"), &json!({})).await.status, 204);
    let left: Vec<_> = before.iter().filter(|member| member["user_id"] != first).cloned().collect();
    assert_eq!(items(&sandbox, &path).await, left);
    assert!(!ids(&items(&sandbox, &format!("/users/{first}/teams")).await).contains(&TEAM[7..].to_owned()));
}

#[tokio::test]
async fn all_projects_of_a_grant_are_granted_or_none() {
    let sandbox = start(SandboxOptions::new()).await;
    let path = format!("{TEAM}/project-access");
    let before = items(&sandbox, &path).await;
    assert_eq!(before.len(), 1);
    assert!(before[0]["_links"]["update"].is_null() && before[0]["_links"]["delete"]["method"] == "DELETE");
    let grant = async |body: Value| write(&sandbox, "POST", &path, &body).await;
    for (body, status) in [
        (json!([]), 400),
        (json!({"project_id": "sbxproject005"}), 400),
        (json!([{"project_id": "sbxproject005"}, {"project_id": "nothing"}]), 400),
        // Of another organization.
        (json!([{"project_id": "sbxproject005"}, {"project_id": "sbxproject008"}]), 400),
        (json!([{"project_id": "sbxproject005"}, {"project_id": "sbxproject000"}]), 409),
    ] {
        let response = grant(body.clone()).await;
        assert_eq!(
            (response.status, response.header("content-type")),
            (status, Some("application/problem+json")),
            "{body}"
        );
        assert_eq!(items(&sandbox, &path).await, before, "{body}");
    }
    let body = json!([{"project_id": "sbxproject005"}, {"project_id": "sbxproject003"}]);
    let granted = grant(body).await;
    assert_eq!((granted.status, granted.text.as_str()), (204, ""));
    let sorted = items(&sandbox, &format!("{path}?sort=project_title&page[size]=200")).await;
    assert_eq!(sorted.len(), 3);
    assert!(sorted.iter().map(|it| it["project_title"].as_str().unwrap()).is_sorted());
    let one = format!("{path}/sbxproject005");
    assert!(sorted.contains(&read(&sandbox, &one).await.ok()));
    assert_eq!(write(&sandbox, "DELETE", &one, &json!({})).await.status, 204);
    assert_eq!(write(&sandbox, "DELETE", &one, &json!({})).await.status, 404);
    assert_eq!(read(&sandbox, &one).await.status, 404);
    for (path, status) in [
        (format!("{path}?page[size]=201"), 400),
        (format!("{path}?sort=label"), 400),
        ("/teams/nothing/project-access".to_owned(), 404),
        ("/teams/01HSANDB0XTEAM000000000012/project-access".to_owned(), 403),
    ] {
        assert_eq!(read(&sandbox, &path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_signed_link_leads_to_teams_some_of_them_gone() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = read(&sandbox, "/users/me").await.ok()["id"].as_str().unwrap().to_owned();
    let body = read(&sandbox, &format!("/users/{user}/extended-access")).await.ok();
    let link = path_of_link(&sandbox, &body["_links"]["ref:teams:0"]);
    let teams = ids(&items(&sandbox, &format!("/users/{user}/teams")).await);
    let found = read(&sandbox, link).await.ok();
    assert_eq!(found.as_object().unwrap().len(), teams.len());
    assert!(found.as_object().unwrap().values().all(|team| team["label"].is_string()));
    assert_eq!(write(&sandbox, "DELETE", &format!("/teams/{}", teams[0]), &json!({})).await.status, 204);
    assert_eq!(read(&sandbox, link).await.ok()[&teams[0]], Value::Null);
    for query in [format!("in={}&sig=0123456789abcdef", teams[0]), "in=x".to_owned(), "sig=x".to_owned()] {
        assert_eq!(read(&sandbox, &format!("/ref/teams?{query}")).await.status, 400, "{query}");
    }
}
