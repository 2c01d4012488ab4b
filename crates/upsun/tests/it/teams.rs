//! Teams, their members and their projects.

use anyprofile_core::{ErrorKind, Field, Timestamp};
use anyprofile_upsun::{
    DateTimeFilter, ListOrganizationMembers, ListTeamMembers, ListTeamProjectAccess, ListTeams,
    ProjectAccessSort, Sort, StringFilter, TeamSort, TimeSort,
    wire::{NewTeam, ProjectPermission, SignedLink, TeamUpdate},
};

use crate::{
    client,
    support::{Script, json, response},
};

const TEAM: &str = r#"{"id":"01F","organization_id":"01H","label":"Contractors","project_permissions":["viewer",
    "moon:admin"],"counts":{"member_count":12,"project_count":5},"created_at":"2021-05-24T07:20:35.683264Z",
    "updated_at":"2021-05-24T07:20:35.683264Z"}"#;
const MEMBER: &str =
    r#"{"team_id":"01F","user_id":"u-1","created_at":"2021-05-24T07:20:35.683264Z","updated_at":""}"#;
const ACCESS: &str = r#"{"team_id":"01F","organization_id":"01H","project_id":"p-1","project_title":"",
    "granted_at":"2026-05-24T07:20:35.683264Z","updated_at":"2026-05-24T07:20:35.683264Z",
    "_links":{"self":{"href":"/teams/01F/project-access/p-1"},"update":null,
    "delete":{"href":"/teams/01F/project-access/p-1","method":"DELETE"}}}"#;

#[tokio::test]
async fn every_read_of_teams_sends_what_is_documented() {
    let script = Script::by(|sent| {
        let path = sent.target().split('?').next().unwrap().to_owned();
        let is_list = ["/teams", "/members", "/project-access"].iter().any(|end| path.ends_with(end));
        json(200, if is_list { r#"{"items":[]}"# } else { "{}" }).into()
    });
    let client = client(&script);
    let time: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    client.list_teams(&ListTeams::default()).await.unwrap();
    let mut list = ListTeams::default();
    list.organization_id = StringFilter::new().eq("01H");
    list.id = StringFilter::new().any_of(["01F", "01G"]);
    list.updated_at = DateTimeFilter::new().since(time);
    (list.page_size, list.sort) = (Some(100), Some(Sort::descending(TeamSort::Label)));
    client.list_teams(&list).await.unwrap();
    client.get_team("0/1").await.unwrap();
    client.list_team_members("01F", &ListTeamMembers::default()).await.unwrap();
    let mut list = ListTeamMembers::default();
    (list.page_size, list.sort) = (Some(50), Some(Sort::ascending(TimeSort::UpdatedAt)));
    list.position = Some("?page%5Bafter%5D=WyI".into());
    client.list_team_members("01F", &list).await.unwrap();
    client.get_team_member("01F", "u/1").await.unwrap();
    client.list_team_project_access("01F", &ListTeamProjectAccess::default()).await.unwrap();
    let mut list = ListTeamProjectAccess::default();
    (list.page_size, list.sort) = (Some(200), Some(Sort::descending(ProjectAccessSort::GrantedAt)));
    client.list_team_project_access("01F", &list).await.unwrap();
    client.get_team_project_access("01F", "p/1").await.unwrap();
    client.get_referenced_teams(&SignedLink::new("/ref/teams?in=a,b&sig=x%2By/z")).await.unwrap();
    insta::assert_snapshot!(script.requests().join("\n"));
}

#[tokio::test]
async fn a_list_of_teams_that_cannot_be_is_refused_before_anything_is_sent() {
    let script = Script::silent();
    let client = client(&script);
    let mut refused = Vec::new();
    for size in [0, 101] {
        let mut list = ListTeams::default();
        list.page_size = Some(size);
        refused.push(client.list_teams(&list).await.unwrap_err());
    }
    let mut list = ListTeamMembers::default();
    list.page_size = Some(51);
    refused.push(client.list_team_members("01F", &list).await.unwrap_err());
    let mut list = ListTeamProjectAccess::default();
    list.page_size = Some(201);
    refused.push(client.list_team_project_access("01F", &list).await.unwrap_err());
    for id in ["", ".", ".."] {
        refused.push(client.get_team(id).await.unwrap_err());
        refused.push(client.get_team_member("01F", id).await.unwrap_err());
        refused.push(client.get_team_project_access(id, "p").await.unwrap_err());
        refused.push(client.list_team_members(id, &ListTeamMembers::default()).await.unwrap_err());
    }
    for error in refused {
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{error}");
    }
}

#[tokio::test]
async fn the_lists_of_a_team_have_a_total_or_links_to_users_as_they_come() {
    let links = r#""_links":{"self":{"href":"/x"},"ref:users:0":{"href":"/ref/users?in=u-1&sig=s"},
        "ref:teams:1":{"href":"/ref/teams?in=b&sig=s"},"ref:teams:0":{"href":"/ref/teams?in=a&sig=s"}}"#;
    let script = Script::of([
        json(200, format!(r#"{{"count":7,"items":[{TEAM},"x"]}}"#)),
        json(200, format!(r#"{{"items":[{MEMBER}],{links}}}"#)),
        json(200, format!(r#"{{"items":[{ACCESS}],"_links":{{}}}}"#)),
    ]);
    let client = client(&script);
    let teams = client.list_teams(&ListTeams::default()).await.unwrap();
    assert_eq!((teams.count, teams.items.len(), teams.quarantined.len()), (7.into(), 1, 1));
    let permissions = teams.items[0].project_permissions.items();
    assert_eq!(permissions, [ProjectPermission::Viewer, ProjectPermission::Other("moon:admin".to_owned())]);
    let members = client.list_team_members("01F", &ListTeamMembers::default()).await.unwrap();
    assert_eq!((members.count, members.users.len()), (Field::Absent, 1));
    let teams: Vec<_> = members.teams.iter().map(SignedLink::as_str).collect();
    assert_eq!(teams, ["/ref/teams?in=a&sig=s", "/ref/teams?in=b&sig=s"]);
    assert!(!format!("{members:?}").contains("u-1"), "{members:?}");
    let access = client.list_team_project_access("01F", &ListTeamProjectAccess::default()).await.unwrap();
    let links = access.items[0].links.value().unwrap();
    assert_eq!((links.href("update"), links.href("delete").is_known()), (Field::Null, true));
    for (again, text) in [
        (serde_json::to_value(&members.items[0]).unwrap(), MEMBER),
        (serde_json::to_value(&access.items[0]).unwrap(), ACCESS),
    ] {
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
}

#[tokio::test]
async fn a_referenced_team_may_be_null_or_missing_or_bad_or_short() {
    let teams = r#"{"a":{"id":"a","label":"Ops"},"b":null,"c":"ada@example.com"}"#;
    let script = Script::of([json(200, teams), json(200, "[]"), json(400, r#"{"error":"Bad signature"}"#)]);
    let client = client(&script);
    let link = SignedLink::new("/ref/teams?in=a,b,c,d&sig=s");
    let read = client.get_referenced_teams(&link).await.unwrap();
    assert_eq!(read.get("a").value().unwrap().label, "Ops".into());
    assert_eq!((read.get("b"), read.get("d"), read.quarantined.len()), (Field::Null, Field::Absent, 1));
    assert!(!format!("{read:?}").contains("ada"), "{read:?}");
    assert!(client.get_referenced_teams(&link).await.unwrap().teams.is_empty());
    let error = client.get_referenced_teams(&link).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, Some(400)));
    for elsewhere in ["", "https://evil.example.com/ref/teams?in=a&sig=b", "/ref/users?in=a&sig=b"] {
        let error = client.get_referenced_teams(&SignedLink::new(elsewhere)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_link_to_teams_is_no_link_to_users() {
    let links = r#"{"items":[],"_links":{"ref:teams:0":{"href":"/ref/teams?in=a&sig=s"},"ref:teams:x":{}}}"#;
    let script = Script::of([json(200, links)]);
    let list = ListOrganizationMembers::default();
    let page = client(&script).list_organization_members("01H", &list).await.unwrap();
    assert_eq!((page.users.len(), page.teams.len()), (0, 1));
}

#[tokio::test]
async fn what_was_written_of_a_team_is_shown_or_read() {
    for nothing in [|| response(204), || json(200, "[]")] {
        let script = Script::of([nothing(), json(200, TEAM), nothing(), json(200, MEMBER)]);
        let client = client(&script);
        let mut update = TeamUpdate::default();
        update.project_permissions = Some(Vec::new());
        assert_eq!(client.update_team("01F", &update).await.unwrap().label, "Contractors".into());
        assert!(client.create_team_member("01F", "u-1").await.unwrap().user_id.is_known());
        assert_eq!(
            script.requests(),
            ["PATCH /teams/01F", "GET /teams/01F", "POST /teams/01F/members", "GET /teams/01F/members/u-1"]
        );
        // A list without permissions is sent.
        assert_eq!(script.sent()[0].body, r#"{"project_permissions":[]}"#);
    }
    let script = Script::of([json(201, TEAM), response(201)]);
    let client = client(&script);
    let team = NewTeam::new("01H", "Contractors");
    assert_eq!(client.create_team(&team).await.unwrap().counts.value().unwrap().member_count, 12.into());
    assert_eq!(script.sent()[0].body, r#"{"organization_id":"01H","label":"Contractors"}"#);
    let error = client.create_team(&team).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.hint().unwrap().contains("list the organization's teams"), "{error}");
}
