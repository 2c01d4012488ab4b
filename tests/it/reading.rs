//! Single profiles.

use anyprofile::{
    ErrorKind, FieldPath, FieldState, ListQuery, Profile, ProfileProviderExt, check::CheckMethod,
    profile::MissingReason,
};
use anyprofile_sandbox::SandboxOptions;
use futures_util::TryStreamExt;

use crate::{fixture, fixture_with};

#[tokio::test]
async fn what_was_listed_can_be_got_and_is_the_same() {
    let fixture = fixture(30).await;
    for provider in &fixture.providers {
        let listed: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
        for profile in listed {
            assert!(provider.get(&profile.id).await.unwrap() == profile, "{}", profile.id);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_is_anothers_is_not_asked_for() {
    let fixture = fixture(5).await;
    for provider in &fixture.providers {
        let info = provider.info();
        let id = format!("{}:{}/user/nobody", info.service, info.account).parse().unwrap();
        let error = provider.get(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(error.status(), Some(404));

        fixture.sandbox.clear_requests();
        let foreign = "upsun:elsewhere/user/x".parse().unwrap();
        assert_eq!(provider.get(&foreign).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        let kind = format!("{}:{}/planet/x", info.service, info.account).parse().unwrap();
        assert_eq!(provider.get(&kind).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(fixture.sandbox.requests().len(), 0);
    }
}

#[tokio::test]
async fn a_check_proves_the_credential_by_what_the_service_has() {
    let fixture = fixture(5).await;
    for provider in &fixture.providers {
        let report = provider.check().await.unwrap();
        let has_no_own = ["anthropic", "scim"].iter().any(|name| provider.info().service == *name);
        assert_eq!(report.method, if has_no_own { CheckMethod::List } else { CheckMethod::Current });
        if has_no_own {
            fixture.sandbox.clear_requests();
            assert_eq!(provider.current().await.unwrap_err().kind(), ErrorKind::Unsupported);
            assert_eq!(fixture.sandbox.requests().len(), 0);
        } else {
            let current = provider.current().await.unwrap();
            assert_eq!(report.profile, Some(current.id.clone()));
            assert_eq!(provider.get(&current.id).await.unwrap().email(), current.email());
        }
    }
}

#[tokio::test]
async fn a_token_that_belongs_to_no_user_says_so() {
    let fixture = fixture_with(SandboxOptions::new().upsun_token_without_user(true)).await;
    let error = fixture.provider("upsun").current().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert_eq!(error.message(), "the token belongs to no user");
}

#[tokio::test]
async fn an_organization_that_moved_is_told_from_one_that_may_not_be_seen() {
    let fixture = fixture(5).await;
    let upsun = fixture.provider("upsun");
    let get = |name: &str| {
        let id = format!("upsun:upsun/organization/name={name}").parse().unwrap();
        async move { upsun.get(&id).await }
    };
    let acme = get("acme").await.unwrap();
    assert!(acme.organization.name.is_known());
    // The organization is there, its profile is not, and the profile says why.
    let missing = |profile: &Profile| profile.origin.as_ref().unwrap().missing[0].reason.clone();
    let moved = get("cedar").await.unwrap();
    assert_eq!(
        (moved.name.display.value().map(String::as_str), missing(&moved)),
        (Some("Cedar"), MissingReason::Unsupported)
    );
    let denied = get("dune").await.unwrap();
    assert_eq!(missing(&denied), MissingReason::Withheld);
    let state = |profile: &Profile| profile.state(&FieldPath::BILLING_VAT_NUMBER, upsun.capabilities());
    assert_eq!([state(&moved), state(&denied)], [FieldState::Unsupported, FieldState::Withheld]);
    assert_eq!(get("nowhere").await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_wrong_credential_is_named_with_all_that_helps() {
    let fixture = fixture(5).await;
    let description = fixture.sandbox.description();
    let accounts = anyprofile::Accounts::from_variables(|name| {
        Some(match name {
            "UPSUN_API_TOKEN" | "PROBELY_API_KEY" | "ANTHROPIC_API_KEY" => "marker-of-a-wrong-key".to_owned(),
            "UPSUN_API_URL" => description.upsun.base_url.clone(),
            "UPSUN_AUTH_URL" => description.upsun.auth_url.clone(),
            "PROBELY_API_BASE_URL" => description.probely.base_url.clone(),
            "ANTHROPIC_BASE_URL" => description.anthropic.base_url.clone(),
            _ => return None,
        })
    })
    .unwrap();
    for provider in accounts.connect().unwrap() {
        let error = provider.list(ListQuery::new()).try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        assert_eq!(error.service(), Some(&provider.info().service));
        assert!(error.status().is_some_and(|status| status == 400 || status == 401));
        assert!(error.request_id().is_some() && error.hint().is_some(), "{error:?}");
        assert!(!format!("{error} {error:#?}").contains("marker"));
    }
}
