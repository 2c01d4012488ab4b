//! Finding people by what is known of them.

use anyprofile::{Directory, FindKey, ListQuery, ProfileProviderExt, find::FindMethod};
use futures_util::TryStreamExt;

use crate::fixture;

#[tokio::test]
async fn an_address_is_looked_up_or_searched_and_never_listed() {
    let fixture = fixture(400).await;
    let everyone: Vec<_> = fixture.provider("probely").list(ListQuery::new()).try_collect().await.unwrap();
    let somebody = everyone.iter().find(|it| it.email().is_some_and(|it| it.contains(".300@"))).unwrap();
    fixture.sandbox.clear_requests();

    let directory = Directory::new(fixture.providers.clone());
    let address = somebody.email().unwrap().to_uppercase();
    let accounts = directory.find(&FindKey::guess(&address)).await;
    let told: Vec<_> = accounts
        .iter()
        .map(|account| {
            let (_, found) = &account.found[0];
            (account.info.service.to_string(), found.method, found.requests, found.profiles.len())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("upsun".to_owned(), FindMethod::LookedUp, 1, 1),
            ("probely".to_owned(), FindMethod::Searched, 1, 1),
            ("anthropic".to_owned(), FindMethod::Unanswerable, 0, 0),
            // Two of them find out whether the filter can be relied on, and one proves the end.
            ("scim".to_owned(), FindMethod::Searched, 4, 1),
        ]
    );
    let people: Vec<_> = accounts.iter().flat_map(anyprofile::AccountFound::profiles).collect();
    assert!(people.iter().all(|profile| profile.has_email(&address)));
    // What was counted is what was sent, but for the exchange of the token, and what SCIM can do.
    assert_eq!(fixture.sandbox.requests().len(), 9);
}

#[tokio::test]
async fn a_name_an_id_and_an_external_id_are_found_where_they_are_known() {
    let fixture = fixture(60).await;
    let directory = Directory::new(fixture.providers.clone());
    for (service, method) in [
        ("upsun", FindMethod::LookedUp),
        ("probely", FindMethod::LookedUp),
        ("anthropic", FindMethod::Listed),
    ] {
        let provider = fixture.provider(service);
        let everyone: Vec<_> = provider.list(ListQuery::new()).try_collect().await.unwrap();
        let text = match service {
            "upsun" => everyone.iter().find_map(|it| it.username.value()).unwrap().clone(),
            "probely" => everyone[7].id.native().to_owned(),
            _ => everyone.iter().find_map(|it| it.external_id.value()).unwrap().clone(),
        };
        // A user of Upsun has the same name at SCIM.
        let is_known_at = |other: &str| other == service || (service == "upsun" && other == "scim");
        let accounts = directory.find(&FindKey::guess(&text)).await;
        for account in accounts {
            assert!(account.error.is_none(), "{:?}", account.error);
            let is_here = account.info.service == service;
            let is_known = is_known_at(account.info.service.as_str());
            assert_eq!(account.profiles().count() > 0, is_known, "{service} at {}", account.info.service);
            if is_here {
                assert_eq!(account.found.last().unwrap().1.method, method);
            }
        }
    }
}

#[tokio::test]
async fn nobody_is_a_response_and_a_failure_is_none() {
    let fixture = fixture(10).await;
    let directory = Directory::new(fixture.providers.clone());
    for key in ["nobody@example.com", "nobody", "..", "a/b?c#d", "name with spaces"] {
        for account in directory.find(&FindKey::guess(key)).await {
            assert!(account.error.is_none(), "{key} at {}: {:?}", account.info.service, account.error);
            assert_eq!(account.profiles().count(), 0);
        }
    }
    fixture
        .sandbox
        .add_fault(anyprofile_sandbox::Fault::new("get-user-by-email-address").first(9).respond(403));
    let accounts = directory.find(&FindKey::guess("nobody@example.com")).await;
    assert!(accounts[0].error.is_some() && accounts[1].error.is_none());
}
