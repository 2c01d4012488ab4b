//! Records, and what becomes of them.

use anyprofile_core::{ProfileProviderExt as _, Status};

use crate::{
    ABLE, id, provider,
    support::{Script, json},
};

async fn got(record: &'static str) -> anyprofile_core::Profile {
    let script = Script::by(move |sent| {
        json(200, if sent.url.ends_with("/ServiceProviderConfig") { ABLE } else { record }).into()
    });
    provider(&script).get(&id("7")).await.unwrap()
}

#[tokio::test]
async fn a_full_record_has_a_home_for_everything() {
    let profile = got(r#"{
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:example:badge:1.0"],
        "id": "7", "externalId": "hr-7", "userName": "ola",
        "name": {"formatted": "Dr. Ola T. Nordmann III", "familyName": "Nordmann", "givenName": "Ola",
            "middleName": "T.", "honorificPrefix": "Dr.", "honorificSuffix": "III"},
        "displayName": "Ola Nordmann", "nickName": "Olly", "profileUrl": "https://example.com/ola",
        "title": "Engineer", "userType": "Employee", "preferredLanguage": "nb-NO", "locale": "en-US",
        "timezone": "Europe/Oslo", "active": true,
        "emails": [{"value": "ola@example.com", "type": "work", "primary": true}, {"value": "ola@home.example"}],
        "phoneNumbers": [{"value": "tel:+47-22-22-22-22", "type": "work"}],
        "photos": [{"value": "https://example.com/ola.png", "type": "thumbnail"}],
        "addresses": [{"type": "work", "streetAddress": "Gata 1", "locality": "Oslo", "postalCode": "0150",
            "country": "NO", "formatted": "Gata 1\n0150 Oslo", "primary": true}],
        "groups": [{"value": "g1", "display": "Staff", "type": "direct"}],
        "entitlements": [{"value": "e5", "display": "E5", "type": "license"}],
        "roles": [{"value": "admin", "display": "Administrator"}],
        "meta": {"resourceType": "User", "created": "2026-01-02T03:04:05Z",
            "lastModified": "2026-02-03T04:05:06.700Z", "version": "W/\"3\""},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "701",
            "costCenter": "4130", "organization": "Example AS", "division": "Nord", "department": "R&D",
            "manager": {"value": "1", "displayName": "Kari"}},
        "urn:example:badge:1.0": {"badge": 12}
    }"#)
    .await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&profile).unwrap());
}

#[tokio::test]
async fn a_flag_may_be_a_text_and_what_is_missing_stays_so() {
    let suspended =
        got(r#"{"id":"7","active":"False","emails":[{"value":"a@example.com","primary":"True"}]}"#).await;
    assert_eq!(suspended.status.value(), Some(&Status::Suspended));
    assert_eq!(suspended.emails.value().unwrap()[0].primary.value(), Some(&true));
    let bare = got(r#"{"id":"7"}"#).await;
    assert!(bare.status.is_absent() && bare.emails.is_absent() && bare.groups.is_absent());
    let odd = got(r#"{"id":"7","active":"maybe","userName":"ola"}"#).await;
    assert!(odd.status.value().is_none(), "an unknown word is no status");
    assert_eq!(odd.username.value().map(String::as_str), Some("ola"));
    assert!(odd.notes.iter().any(|note| note.field.as_str().contains("active")));
}

#[tokio::test]
async fn the_record_of_another_person_is_an_error() {
    let script = Script::by(|sent| {
        let record = if sent.url.ends_with("/ServiceProviderConfig") { ABLE } else { r#"{"id":"8"}"# };
        json(200, record).into()
    });
    let error = provider(&script).get(&id("7")).await.unwrap_err();
    assert_eq!(error.kind(), anyprofile_core::ErrorKind::Decode, "{error}");
}
