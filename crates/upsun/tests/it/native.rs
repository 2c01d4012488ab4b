//! The client's own records.

use anyprofile_core::Field;
use anyprofile_upsun::{
    ListUserExtendedAccess, ListUserOrganizations, ListUserProjectAccess, ListUserTeams,
    wire::{self, AccountStatus, SignedLink, VerificationType},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    client,
    support::{Script, json},
};

/// Checks that a record keeps its unknown fields, and that `Debug` shows none of its content.
fn read<T: DeserializeOwned + Serialize + std::fmt::Debug>(text: &str) -> T {
    let record: T = serde_json::from_str(text).unwrap();
    let again: serde_json::Value = serde_json::to_value(&record).unwrap();
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).unwrap());
    assert!(!format!("{record:?}").contains("example.com"), "{record:?}");
    record
}

const ME: &str = r#"{"id":"u-1","uuid":"u-1","username":"ada","display_name":"Ada Example","status":1,
    "mail":"ada@example.com","ssh_keys":[{"key_id":7,"uid":9,"fingerprint":"aa:bb","title":"laptop",
    "value":"ssh-ed25519 AAAA ada@example.com","changed":"2017-11-09T14:55:11.100865+00:00"}],"has_key":true,
    "projects":[{"id":"p","name":"One","title":"One","cluster":"eu-2","cluster_label":"EU","region":"eu-2",
    "region_label":"EU","uri":"https://example.com/p","endpoint":"https://eu-2.example.com/api/projects/p",
    "license_id":11,"owner":"u-1","owner_info":{"type":"user","username":"ada","display_name":"Ada"},
    "plan":"development","subscription_id":11,"status":"active","vendor":"upsun","vendor_label":"Upsun",
    "vendor_website":"https://example.com","vendor_resources":"","created_at":"2010-04-19T10:00:00Z"}],
    "sequence":12,"roles":["a role"],"picture":"","tickets":{"open":2,"closed":"3"},"stripe":{"public_key":"k"},
    "teams":[]}"#;

const ORGANIZATION: &str = r#"{"id":"01H","type":"flexible","owner_id":"u-1","namespace":"ns","name":"acme",
    "label":"Acme","country":"NO","capabilities":["a"],"vendor":"upsun","billing_profile_id":"b-1",
    "billing_legacy":false,"security_contact":"sec@example.com","ai_agent_settings":{"can_enable":true,
    "performance_agent_enabled":false,"log_analyzer_agent_enabled":null},"status":"dormant",
    "created_at":"0001-01-01T00:00:00Z","updated_at":"2021-01-27T13:58:38.06968Z",
    "_links":{"self":{"href":"/organizations/01H"},"update":{"href":"/organizations/01H","method":"PATCH"},
    "curies":[{"href":"https://example.com/{rel}","templated":true}],"sso":null}}"#;

#[tokio::test]
async fn lists_of_every_kind_are_read() {
    let script = Script::of([
        json(200, format!(r#"{{"items":[{ORGANIZATION}],"_links":[]}}"#)),
        json(
            200,
            r#"{"count":1,"items":[{"id":"01F","organization_id":"01E","counts":{"member_count":12,"project_count":5},
            "label":"Contractors","created_at":"2021-05-24T07:20:35.683264Z","updated_at":"2021-05-24T07:20:35.683264Z",
            "project_permissions":["viewer","staging:contributor","moon:admin"]}]}"#,
        ),
        json(
            200,
            r#"{"items":[{"user_id":"u-1","organization_id":"01E","project_id":"p","project_title":"One",
            "permissions":["admin"],"granted_at":"2022-04-01T10:11:30.783289Z","updated_at":"",
            "_links":{"self":{"href":"/users/u-1/project-access/p"},"update":null,"delete":null}}],"_links":{}}"#,
        ),
        json(
            200,
            r#"{"items":[{"user_id":"u-1","resource_id":"p","resource_type":"project","organization_id":"01E",
            "granted_at":"2022-04-01T10:11:30.783289Z","updated_at":"2022-04-03T22:12:59.937864Z",
            "permissions":["viewer","staging:contributor"]},{"resource_type":"planet","permissions":[]}]}"#,
        ),
        json(
            200,
            r#"[{"provider":"acme-oidc","provider_type":"okta","is_mandatory":true,"subject":1621840835647277693,
            "email_address":"ada@example.com","created_at":"2021-05-24T07:20:35.683264Z","updated_at":null}]"#,
        ),
        json(
            200,
            r#"[{"id":"t-1","name":"CI","mfa_on_creation":false,"created_at":"2019-01-29T08:17:47Z",
            "updated_at":"2019-01-29T08:17:47Z","last_used_at":null},{"id":"t-2","token":"very-secret"}]"#,
        ),
    ]);
    let client = client(&script);
    let shown = [
        serde_json::to_value(
            client.list_user_organizations("u", &ListUserOrganizations::default()).await.unwrap().items,
        ),
        serde_json::to_value(client.list_user_teams("u", &ListUserTeams::default()).await.unwrap().items),
        serde_json::to_value(
            client.list_user_project_access("u", &ListUserProjectAccess::default()).await.unwrap().items,
        ),
        serde_json::to_value(
            client.list_user_extended_access("u", &ListUserExtendedAccess::default()).await.unwrap().items,
        ),
        serde_json::to_value(client.list_user_connections("u").await.unwrap().items),
        serde_json::to_value(client.list_user_api_tokens("u").await.unwrap().items),
    ];
    insta::assert_json_snapshot!(shown.map(Result::unwrap));
}

#[test]
fn organizations_keep_odd_words_and_links() {
    let organization: wire::Organization = read(ORGANIZATION);
    assert_eq!(organization.status.value().unwrap().as_str(), "dormant");
    assert_eq!(organization.created_at.timestamp(), Field::Absent);
    assert_eq!(
        organization.updated_at.timestamp().value().unwrap().to_string(),
        "2021-01-27T13:58:38.06968Z"
    );
    let links = organization.links.value().unwrap();
    assert_eq!(links.href("self"), "/organizations/01H".into());
    assert_eq!(links.href("curies"), "https://example.com/{rel}".into());
    assert_eq!((links.href("sso"), links.href("members")), (Field::Null, Field::Absent));
    let organization: wire::Organization = read(r#"{"_links":[],"country":"","added":1.10}"#);
    assert_eq!(organization.links.value().unwrap().iter().count(), 0);
    assert_eq!(organization.unknown.get("added").unwrap().get(), "1.10");
}

#[test]
fn the_older_view_of_a_user_has_mail_and_a_number_for_a_status() {
    let me: wire::CurrentUser = serde_json::from_str(ME).unwrap();
    insta::assert_json_snapshot!(serde_json::to_value(&me).unwrap());
    assert!(!format!("{me:?}").contains("example.com"), "{me:?}");
    assert_eq!(me.mail, "ada@example.com".into());
    assert_eq!(me.status, AccountStatus::Active.into());
    let tickets = me.tickets.value().unwrap();
    assert_eq!(tickets.get("open").value().unwrap().as_str(), "2");
    assert_eq!(tickets.get("closed").value().unwrap().as_str(), "3");
    assert_eq!(tickets.get("pending"), Field::Absent);
    assert!(me.unknown.get("stripe").is_some());
    for (text, status) in [
        ("0", AccountStatus::Blocked),
        (r#""0""#, AccountStatus::Blocked),
        (r#""1""#, AccountStatus::Active),
        ("2", AccountStatus::Other("2".into())),
        (r#""frozen""#, AccountStatus::Other("frozen".into())),
    ] {
        let me: wire::CurrentUser = serde_json::from_str(&format!(r#"{{"status":{text}}}"#)).unwrap();
        assert_eq!(me.status, status.into(), "{text}");
    }
}

#[test]
fn an_empty_map_may_be_an_empty_list() {
    for tickets in ["[]", "{}"] {
        let me: wire::CurrentUser =
            read(&format!(r#"{{"tickets":{tickets},"ssh_keys":[],"projects":null}}"#));
        assert_eq!(me.tickets.value().unwrap().iter().count(), 0);
        assert_eq!(me.tickets.value().unwrap().raw().get(), tickets);
    }
    let me: wire::CurrentUser =
        read(r#"{"current_trial":[{"created":"2023-11-07T05:31:56Z","spend_remaining":"29"}]}"#);
    assert_eq!(me.current_trial.value().unwrap().trials().len(), 1);
}

#[test]
fn addresses_hold_null_and_empty_texts_and_a_number() {
    let address: wire::Address = read(
        r#"{"country":"US","name_line":"Ada Example","premise":"","sub_premise":null,"thoroughfare":"1 Main St, example.com",
        "administrative_area":"","sub_administrative_area":null,"locality":"Springfield","dependent_locality":null,
        "postal_code":"00123","organisation_name":null,"data":null,
        "metadata":{"required_fields":["thoroughfare","locality"],"field_labels":{"locality":"City"},"show_vat":false}}"#,
    );
    let metadata = address.metadata.value().unwrap();
    assert_eq!(metadata.field_labels.value().unwrap().get("locality"), "City".into());
    assert_eq!(address.unknown.iter().count(), 2);
    let address: wire::Address =
        serde_json::from_str(r#"{"postal_code":1234,"metadata":{"field_labels":[]}}"#).unwrap();
    assert_eq!(address.postal_code.value().unwrap().as_str(), "1234");
    let metadata = address.metadata.value().unwrap();
    assert_eq!(metadata.field_labels.value().unwrap().get("locality"), Field::Absent);
}

#[test]
fn the_type_of_a_verification_may_be_null_or_empty() {
    for (text, needed) in [
        (r#"{"state":true,"type":"ticket"}"#, Field::Value(VerificationType::Ticket)),
        (r#"{"state":true,"type":"phone"}"#, Field::Value(VerificationType::Phone)),
        (r#"{"state":true,"type":"credit-card"}"#, Field::Value(VerificationType::CreditCard)),
        (r#"{"state":true,"type":"dance"}"#, Field::Value(VerificationType::from("dance"))),
        (r#"{"state":false,"type":"phone"}"#, Field::Null),
        (r#"{"state":false,"type":null}"#, Field::Null),
        (r#"{"state":false,"type":""}"#, Field::Null),
        ("{}", Field::Absent),
    ] {
        let verification: wire::Verification = read(text);
        assert_eq!(verification.needed(), needed.as_ref(), "{text}");
    }
}

#[tokio::test]
async fn a_referenced_user_may_be_null_or_missing_or_bad() {
    let script = Script::of([
        json(
            200,
            r#"{"a":{"id":"a","username":"ada","email":"ada@example.com","first_name":"Ada","last_name":"",
            "picture":null,"mfa_enabled":true,"sso_enabled":false,"created_at":"2024-01-01T00:00:00Z"},
            "b":null,"c":"ada@example.com"}"#,
        ),
        json(200, "[]"),
        json(200, r#"[{"id":"a"}]"#),
    ]);
    let client = client(&script);
    let link = SignedLink::new("https://api.example.com/ref/users?in=a,b,c,d&sig=x");
    let users = client.get_referenced_users(&link).await.unwrap();
    assert_eq!(users.get("a").value().unwrap().mfa_enabled, true.into());
    assert_eq!((users.get("b"), users.get("c"), users.get("d")), (Field::Null, Field::Absent, Field::Absent));
    assert_eq!((users.quarantined.len(), users.quarantined[0].position), (1, 2));
    assert!(!format!("{users:?} {link:?}").contains("example.com"), "{users:?}");
    assert!(client.get_referenced_users(&link).await.unwrap().users.is_empty());
    let error = client.get_referenced_users(&link).await.unwrap_err();
    assert_eq!(error.kind(), anyprofile_core::ErrorKind::Decode);
}

#[tokio::test]
async fn a_token_is_shown_to_those_alone_who_ask_for_it() {
    let script = Script::of([json(200, r#"{"id":"t","token":"very-secret","last_used_at":null}"#)]);
    let token = client(&script).get_user_api_token("u", "t").await.unwrap();
    assert!(!format!("{token:?} {:?}", token.token).contains("very-secret"), "{token:?}");
    assert!(!serde_json::to_string(&token).unwrap().contains("very-secret"));
    assert_eq!(token.token.value().unwrap().expose(), "very-secret");
    assert!(token.last_used_at.is_null());
    let script = Script::of([json(200, r#"[{"id":[],"token":{"value":"very-secret"}}]"#)]);
    let token = client(&script).list_user_api_tokens("u").await.unwrap().items.remove(0);
    assert!(!format!("{token:?} {}", serde_json::to_string(&token).unwrap()).contains("very-secret"));
}
