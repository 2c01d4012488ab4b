//! The members of an organization.

use anyprofile_core::{ErrorKind, Field};
use anyprofile_upsun::{
    ListOrganizationMembers,
    wire::{MemberLevel, OrganizationMember, OrganizationPermission, ProjectPermission},
};

use crate::{
    client,
    support::{Script, json, response},
};

const MEMBER: &str = r#"{"id":"u-1","organization_id":"01H","user_id":"u-1","permissions":["billing","projects:create",
    "project:create","dance"],"level":"admin","owner":false,"created_at":"2024-01-01T00:00:00+00:00",
    "updated_at":"0001-01-01T00:00:00Z","_links":{"self":{"href":"/organizations/01H/members/u-1"},
    "delete":{"href":"/organizations/01H/members/u-1","method":"DELETE"}},"deactivated":true}"#;

#[tokio::test]
async fn a_member_is_read_by_the_id_or_the_name_of_the_organization() {
    let script = Script::by(|sent| {
        let is_list = sent.url.ends_with("/members");
        json(200, if is_list { r#"{"items":[],"count":0}"# } else { MEMBER }).into()
    });
    let client = client(&script);
    for organization in ["01H", "name=acme co"] {
        let list = ListOrganizationMembers::default();
        assert_eq!(client.list_organization_members(organization, &list).await.unwrap().count, 0.into());
        client.get_organization_member(organization, "u/1").await.unwrap();
    }
    assert_eq!(
        script.requests(),
        [
            "GET /organizations/01H/members",
            "GET /organizations/01H/members/u%2F1",
            "GET /organizations/name=acme%20co/members",
            "GET /organizations/name=acme%20co/members/u%2F1",
        ]
    );
}

#[test]
fn a_member_keeps_words_and_fields_that_are_not_known() {
    let member: OrganizationMember = serde_json::from_str(MEMBER).unwrap();
    assert_eq!(
        member.permissions.items(),
        [
            OrganizationPermission::Billing,
            OrganizationPermission::ProjectsCreate,
            OrganizationPermission::ProjectCreate,
            OrganizationPermission::Other("dance".to_owned()),
        ]
    );
    assert_eq!(member.level, MemberLevel::Admin.into());
    // Both spellings of one permission are words of it.
    assert_eq!((OrganizationPermission::WORDS.len(), ProjectPermission::WORDS.len()), (7, 11));
    let links = member.links.value().unwrap();
    assert_eq!((links.href("update"), links.href("delete").is_known()), (Field::Absent, true));
    let again: serde_json::Value = serde_json::to_value(&member).unwrap();
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(MEMBER).unwrap());
    assert!(!format!("{member:?}").contains("u-1"), "{member:?}");
}

#[tokio::test]
async fn a_member_may_have_more_permissions_than_were_sent() {
    let script = Script::of([json(200, r#"{"user_id":"u-1","permissions":["billing","projects:list"]}"#)]);
    let sent = [OrganizationPermission::Billing];
    let member = client(&script).update_organization_member("01H", "u-1", &sent).await.unwrap();
    assert_eq!(script.only().body, r#"{"permissions":["billing"]}"#);
    assert_eq!(member.permissions.items().len(), 2);
}

#[tokio::test]
async fn a_member_is_read_where_the_response_does_not_show_it() {
    for nothing in [|| response(204), || response(201), || json(200, "{}"), || json(200, "[]")] {
        let script = Script::of([nothing(), json(200, MEMBER), nothing(), json(200, MEMBER)]);
        let client = client(&script);
        let added = client.create_organization_member("01H", "u-1", &[]).await.unwrap();
        let changed = client.update_organization_member("01H", "u-1", &[]).await.unwrap();
        assert_eq!((added.user_id.is_known(), changed.user_id.is_known()), (true, true));
        assert_eq!(
            script.requests(),
            [
                "POST /organizations/01H/members",
                "GET /organizations/01H/members/u-1",
                "PATCH /organizations/01H/members/u-1",
                "GET /organizations/01H/members/u-1",
            ]
        );
    }
}

#[tokio::test]
async fn an_error_of_the_members_has_one_field_in_either_content_type() {
    for content_type in ["application/problem+json", "application/json"] {
        let failed =
            |status| response(status).header("content-type", content_type).body(r#"{"error":"Not allowed"}"#);
        let script = Script::of([failed(403), failed(404), failed(400)]);
        let client = client(&script);
        let denied = client.delete_organization_member("01H", "u-1").await.unwrap_err();
        assert_eq!((denied.kind(), denied.status()), (ErrorKind::PermissionDenied, Some(403)));
        let missing = client.get_organization_member("01H", "u-1").await.unwrap_err();
        assert_eq!((missing.kind(), missing.status()), (ErrorKind::NotFound, Some(404)));
        let wrong = client.create_organization_member("01H", "u-1", &[]).await.unwrap_err();
        assert_eq!((wrong.kind(), wrong.may_have_taken_effect()), (ErrorKind::InvalidRequest, false));
    }
}
