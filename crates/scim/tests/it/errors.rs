//! Errors of servers, and of what stands before them.

use anyprofile_core::{ErrorKind, ProfileProviderExt as _};

use crate::{
    client, id, provider,
    support::{Script, json, page},
};

#[tokio::test]
async fn an_error_is_what_its_scim_type_says() {
    for (status, scim_type, kind) in [
        (409, "uniqueness", ErrorKind::Conflict),
        (400, "uniqueness", ErrorKind::Conflict),
        (400, "invalidFilter", ErrorKind::InvalidRequest),
        (400, "mutability", ErrorKind::InvalidRequest),
        (412, "", ErrorKind::Conflict),
        (501, "", ErrorKind::Unsupported),
        (404, "", ErrorKind::NotFound),
    ] {
        // Some servers send the status as a number, and no schema.
        for shown in [format!("\"{status}\""), status.to_string()] {
            let script = Script::of([json(
                status,
                format!(r#"{{"status":{shown},"scimType":"{scim_type}","detail":"about ola@example.com"}}"#),
            )]);
            let error = client(&script).get_user("7").await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (kind, Some(status)), "{status} {scim_type}");
            assert!(!error.to_string().contains("ola@"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_web_page_says_nothing_about_a_person() {
    for response in [page(404), json(404, r#"{"message":"no Route matched"}"#), json(404, "")] {
        let script = Script::by(move |_| response.clone().into());
        let error = provider(&script).get(&id("7")).await.unwrap_err();
        assert_ne!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

#[tokio::test]
async fn a_person_is_not_found_if_the_server_says_so() {
    // That it lists users proves that its 404 is not about the URL.
    let script = Script::by(|sent| {
        match sent.url.rsplit('/').next().unwrap() {
        "ServiceProviderConfig" => page(404).into(),
        list if list.starts_with("Users?") => json(200, r#"{"totalResults":0}"#).into(),
        _ => json(
            404,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"Resource 7 not found"}"#,
        )
        .into(),
    }
    });
    let error = provider(&script).get(&id("7")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
