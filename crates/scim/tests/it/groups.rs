//! Groups: who is in them.

use std::sync::Arc;

use anyprofile_core::{ListQuery, ProfileProviderExt as _, listing::ListReport};

use crate::{
    ABLE, provider,
    support::{Script, json},
};

/// Answers with a group, and with a user for each id.
fn server(group: &'static str) -> Arc<Script> {
    Script::by(move |sent| {
        let last = sent.url.rsplit('/').next().unwrap();
        if last == "ServiceProviderConfig" {
            return json(200, ABLE).into();
        }
        if sent.url.contains("/Groups/") {
            return json(200, group).into();
        }
        json(200, format!(r#"{{"id":"{last}","userName":"user-{last}","active":true}}"#)).into()
    })
}

async fn members(script: &Arc<Script>) -> (Vec<String>, ListReport) {
    let provider = provider(script);
    let mut query = ListQuery::new();
    query.member_of = Some("scim:okta/group/g1".parse().unwrap());
    let mut stream = provider.list(query);
    let mut seen = Vec::new();
    while let Some(profile) = stream.try_next().await.unwrap() {
        let (name, username) = (profile.name.display.value(), profile.username.value());
        seen.push(format!("{} {name:?} {username:?}", profile.id.native()));
    }
    (seen, stream.report())
}

#[tokio::test]
async fn the_users_of_a_group_are_read_and_the_groups_in_it_are_not() {
    let script = server(
        r#"{"id":"g1","displayName":"Staff","members":[
            {"value":"1","display":"Ola","type":"User"},{"value":"g2","type":"Group"},{"value":"2"}]}"#,
    );
    let (seen, report) = members(&script).await;
    assert_eq!(seen, [r#"1 Some("Ola") Some("user-1")"#, r#"2 None Some("user-2")"#]);
    assert!(report.is_complete());
    assert_eq!(script.requests()[1..], ["GET /v2/Groups/g1", "GET /v2/Users/1", "GET /v2/Users/2"]);
}

#[tokio::test]
async fn a_group_without_members_has_none_only_if_it_says_so() {
    for (group, is_complete) in [
        (r#"{"id":"g1","members":[]}"#, true),
        (r#"{"id":"g1","members":null}"#, true),
        // Some servers leave the members of a group out.
        (r#"{"id":"g1","displayName":"Staff"}"#, false),
    ] {
        let (seen, report) = members(&server(group)).await;
        assert!(seen.is_empty());
        assert_eq!(report.is_complete(), is_complete, "{group}");
    }
}
