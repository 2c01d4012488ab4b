//! Filters by label: the service takes ids, and people say names.

use anyprofile_core::{ErrorKind, Filter, ListQuery, Profile, ProfileProviderExt as _};
use futures_util::TryStreamExt as _;

use crate::{
    provider,
    support::{Response, Script, json, response},
};

const LABELS: &str = r#"{"count":3,"page_total":1,"page":1,"length":100,"results":[
    {"id":"l1","name":"On call"},{"id":"l2","name":"on CALL"},{"id":"l3","name":"externo"}]}"#;

/// Returns the requests of a listing that is filtered by a label, and the names of the delivered users.
async fn listed(label: &str, labels: Response) -> (Vec<String>, Vec<String>) {
    let script = Script::by(move |sent| {
        let target = sent.target();
        if target.starts_with("/labels/users/") {
            return labels.clone().into();
        }
        let number = if target.contains("page=2") { 2 } else { 1 };
        let label = if target.contains("/api-users/") { "externo" } else { "On Call" };
        let page = format!(
            r#"{{"count":2,"page_total":2,"page":{number},"length":1,"results":[
                {{"id":"u{number}","name":"{label} {number}","labels":[{{"id":"l","name":"{label}"}}]}}]}}"#
        );
        json(200, page).into()
    });
    let query = ListQuery::new().with_filter(Filter::default().with_label(label)).with_concurrency(1);
    let profiles: Vec<Profile> = provider(&script).list(query).try_collect().await.unwrap();
    (script.requests(), profiles.iter().map(|profile| profile.label().to_string()).collect())
}

#[tokio::test]
async fn a_label_is_looked_up_once_and_sent_by_its_ids() {
    for (label, ids) in [("ON call", "&label=l1&label=l2"), ("externo", "&label=l3"), ("l2", "&label=l2")] {
        let (requests, names) = listed(label, json(200, LABELS)).await;
        assert_eq!(requests[0], "GET /labels/users/?length=100");
        assert_eq!(requests.iter().filter(|request| request.contains("/labels/")).count(), 1);
        assert_eq!(requests.len(), 5, "{requests:?}");
        for request in &requests[1..] {
            let parameters = request.split_once('?').unwrap().1;
            assert_eq!(format!("&{parameters}").matches("&label=").count(), ids.matches("&label=").count());
            assert!(format!("&{parameters}").starts_with(ids), "{request}");
        }
        let expected = usize::from(label != "l2") * 2;
        assert_eq!(names.len(), expected, "what comes is looked at again: {names:?}");
    }
}

#[tokio::test]
async fn a_label_that_is_not_found_is_looked_for_among_all_users() {
    for labels in [
        json(200, LABELS),
        json(200, LABELS.replace("\"On call\"", "7")),
        json(403, r#"{"detail":"No."}"#),
        json(404, r#"{"detail":"Not found."}"#),
    ] {
        let (requests, names) = listed("nobody's", labels).await;
        assert!(
            names.is_empty() && requests.iter().all(|request| !request.contains("label=")),
            "{requests:?}"
        );
    }
    let script = Script::by(|sent| {
        if sent.target().starts_with("/labels/") { response(500).into() } else { json(200, "{}").into() }
    });
    let query = ListQuery::new().with_filter(Filter::default().with_label("on call"));
    let error = provider(&script).list(query).try_collect::<Vec<Profile>>().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Upstream, Some("labels_users_list")));
}

#[tokio::test]
async fn a_filter_that_is_to_be_local_looks_nothing_up() {
    let script =
        Script::by(|_| json(200, r#"{"count":0,"page_total":1,"page":1,"length":100,"results":[]}"#).into());
    let query = ListQuery::new().with_filter(Filter::default().with_label("on call")).with_local_filter(true);
    provider(&script).list(query).try_collect::<Vec<Profile>>().await.unwrap();
    assert!(script.requests().iter().all(|request| !request.contains("label")));
}
