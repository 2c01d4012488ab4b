//! Further records of a profile, and the check that a record is the requested one.

use anyprofile_core::{
    ErrorKind, GetOptions, ListQuery, ProfileProvider as _, ProfileProviderExt as _, profile::MissingReason,
};

use crate::{
    connection,
    directory::{DETAILS, Directory, Paging, ROLES},
    ids, listed,
    support::{Script, Step, json, response},
};

/// People a, b and c, and no machines. One table has the roles.
fn service(details: fn(&str) -> Option<Step>) -> std::sync::Arc<Script> {
    Script::by(move |sent| {
        let target = sent.target();
        if let Some(id) = target.strip_prefix("/details/") {
            let usual = json(200, format!(r#"{{"id":"{id}","name":"N","email":"{id}@example.com"}}"#));
            return details(id).unwrap_or(usual.into());
        }
        match target {
            "/people?size=2" => json(200, r#"{"people":[{"id":"a"},{"id":"b"}],"next":"2"}"#).into(),
            "/people?size=2&token=2" => json(200, r#"{"people":[{"id":"c"}]}"#).into(),
            "/people/a" => json(200, r#"{"id":"a"}"#).into(),
            "/people/b" => json(200, r#"{"id":"somebody-else"}"#).into(),
            "/machines?size=2" => json(200, r#"{"people":[]}"#).into(),
            "/roles" => {
                json(200, r#"[{"id":"1","person":"a","role":"admin"},{"id":"2","person":"c","role":"x"}]"#)
                    .into()
            }
            other => panic!("not expected: {other}"),
        }
    })
}

#[tokio::test]
async fn each_profile_gets_its_further_records_and_a_table_for_all_is_read_once() {
    let script = service(|_| None);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let (profiles, report) = listed(&connection, ListQuery::new().with_enrich(true)).await;
    let profiles = profiles.unwrap();
    assert_eq!(ids(&profiles), ["a", "b", "c"]);
    let emails: Vec<_> = profiles.iter().filter_map(|profile| profile.email()).collect();
    assert_eq!(emails, ["a@example.com", "b@example.com", "c@example.com"]);
    let roles: Vec<_> = profiles.iter().map(|profile| profile.roles.items().len()).collect();
    assert_eq!(roles, [1, 0, 1]);
    let tables = script.requests().iter().filter(|request| *request == "GET /roles").count();
    assert_eq!((tables, report.requests), (1, 7), "three pages, three details, one table");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_missing_for_a_reason_and_costs_nobody_else_anything() {
    let script = service(|id| (id == "b").then(|| json(403, r#"{"error":"no"}"#).into()));
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let (profiles, report) = listed(&connection, ListQuery::new().with_enrich(true)).await;
    let profiles = profiles.unwrap();
    let missing = &profiles[1].origin.as_ref().unwrap().missing;
    assert_eq!((&missing[0].view, &missing[0].reason), (&DETAILS, &MissingReason::Withheld));
    assert_eq!((profiles.len(), report.partial, report.is_complete()), (3, 1, false));
    // An error that would affect all profiles is not a reason for one of them.
    let script = service(|id| (id == "b").then(|| json(401, r#"{"error":"who?"}"#).into()));
    let connection = crate::connection(Directory::new(Paging::Tokens), &script);
    let (profiles, _) = listed(&connection, ListQuery::new().with_enrich(true)).await;
    assert_eq!(profiles.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn one_profile_is_completed_where_that_is_asked_for_and_tolerates_less() {
    let script = service(|_| None);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let id = "invented:a/user/a".parse().unwrap();
    let plain = connection.get_opts(&id, &GetOptions::new()).await.unwrap();
    assert_eq!(plain.email(), None);
    let whole = connection.get_opts(&id, &GetOptions::new().with_enrich(true)).await.unwrap();
    assert_eq!(
        (whole.email(), &whole.origin.as_ref().unwrap().merged),
        (Some("a@example.com"), &vec![DETAILS, ROLES])
    );
    let script = service(|_| Some(response(500).into()));
    let failing = crate::connection(Directory::new(Paging::Tokens), &script);
    let error = failing.get_opts(&id, &GetOptions::new().with_enrich(true)).await.unwrap_err();
    assert_eq!((error.kind(), error.stats().requests), (ErrorKind::Upstream, 3), "of all three");
}

#[tokio::test]
async fn somebody_else_is_refused_also_where_the_connector_believes_whoever_comes() {
    let connection = connection(Directory::new(Paging::Tokens), &service(|_| None));
    let asked = "invented:a/user/b".parse().unwrap();
    let error = connection.get(&asked).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("somebody-else"), "{error}");
}
