//! Finding a person by an address.

use std::sync::Arc;

use anyprofile_core::{FindKey, ProfileProvider as _};
use serde_json::{Value, json as value};

use crate::{
    ABLE, provider,
    support::{Script, json},
};

/// A server with two users, that compares addresses with or without case.
fn server(ignores_case: bool) -> Arc<Script> {
    Script::by(move |sent| {
        if sent.url.ends_with("/ServiceProviderConfig") {
            return json(200, ABLE).into();
        }
        let users = ["Ada@example.com", "ola@example.com"].map(|address| {
            let id = if address.starts_with('A') { "a" } else { "o" };
            value!({ "id": id, "userName": id, "emails": [{ "value": address }] })
        });
        let wanted = sent.url.split_once("%22").map(|(_, rest)| rest.split_once("%22").unwrap().0);
        let wanted = wanted.map(|wanted| wanted.replace("%40", "@"));
        let is_wanted = |user: &Value| {
            let address = user["emails"][0]["value"].as_str().unwrap();
            wanted.as_ref().is_none_or(|wanted| {
                if ignores_case { wanted.eq_ignore_ascii_case(address) } else { wanted == address }
            })
        };
        let found: Vec<_> = users.into_iter().filter(is_wanted).collect();
        let start: usize = sent
            .url
            .split("startIndex=")
            .nth(1)
            .and_then(|rest| rest.split('&').next()?.parse().ok())
            .unwrap_or(1);
        let page: Vec<_> = found.iter().skip(start - 1).collect();
        json(200, value!({ "totalResults": found.len(), "Resources": page }).to_string()).into()
    })
}

#[tokio::test]
async fn somebody_is_found_in_any_case_by_a_server_that_compares_exactly() {
    for ignores_case in [true, false] {
        let script = server(ignores_case);
        let provider = provider(&script);
        let found = provider.find_by(&FindKey::Email("ada@example.com".to_owned())).await.unwrap();
        assert_eq!(found.profiles.len(), 1, "{ignores_case}");
        assert_eq!(found.profiles[0].id.native(), "a");
        // The server is asked once how it compares.
        let before = script.requests().len();
        let nobody = provider.find_by(&FindKey::Email("eve@example.com".to_owned())).await.unwrap();
        assert!(nobody.profiles.is_empty() && nobody.is_complete);
        let after = script.requests().split_off(before);
        assert!(after.iter().all(|request| !request.ends_with("count=10")), "{after:?}");
        assert_eq!(after.iter().any(|request| request.contains("filter=")), ignores_case);
    }
}
