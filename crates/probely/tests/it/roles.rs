//! Roles of existing users through the trait: planned as role assignments, sent one by one, and read back.

use std::sync::Arc;

use anyprofile_core::{
    ErrorKind, ExecuteOptions, FieldPath, Plan, PlanOptions, ProfileChange, ProfileProvider as _, Write,
    plan::StepOutcome,
};
use serde_json::{Value, json as value};

use crate::{
    id, provider,
    support::{Response, Script, Sent, json, response},
};

fn assignment(id: &str, user: &str, role: &str, scope: &Value) -> Value {
    value!({"id": id, "user": {"id": user}, "role": {"id": role, "name": "A role"}, "scope": scope})
}

fn account() -> Value {
    value!({"tier": "account", "team": null, "target": null})
}

fn team(id: &str) -> Value {
    value!({"tier": "team", "team": {"id": id, "name": "Blue"}})
}

fn list(assignments: &[Value]) -> Response {
    let count = assignments.len();
    let page = value!({"count": count, "page_total": 1, "page": 1, "length": 100, "results": assignments});
    json(200, page.to_string())
}

/// The user `u`, whose record shows these roles, and the account's role assignments.
fn service(shown: Value, assignments: Vec<Value>) -> Arc<Script> {
    Script::by(move |sent| {
        let target = sent.target();
        match (sent.method.as_str(), target) {
            ("GET", _) if target.contains("-roles/") => list(&assignments),
            ("GET" | "PATCH", _) => json(200, value!({"id": "u", "user_roles": shown}).to_string()),
            ("DELETE", _) => response(204),
            (_, _) => json(200, value!({"id": "another record"}).to_string()),
        }
        .into()
    })
}

fn held() -> Vec<Value> {
    vec![
        assignment("a3", "u", "r3", &team("t1")),
        assignment("a1", "u", "r1", &account()),
        assignment("a2", "u", "r2", &value!({"tier": "domain"})),
        // Of somebody else: the filter of the list is not known to work.
        assignment("b1", "v", "r1", &team("t1")),
    ]
}

fn set(roles: &[&str]) -> ProfileChange {
    ProfileChange::new().set(FieldPath::ROLES, roles.to_vec())
}

fn update(kind: &str, change: ProfileChange) -> Write {
    Write::update(id(&format!("probely:eu/{kind}/u")), change)
}

async fn planned(script: &Arc<Script>, write: &Write) -> Plan {
    provider(script).plan(write, &PlanOptions::new()).await.unwrap()
}

fn requests(plan: &Plan) -> Vec<String> {
    let path = |url: &str| url.strip_prefix("https://api.example.com").unwrap().to_owned();
    let body = |body: &Option<Value>| body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
    plan.requests().iter().map(|it| format!("{} {}{}", it.method, path(&it.url), body(&it.body))).collect()
}

fn writes(script: &Script) -> Vec<Sent> {
    script.sent().into_iter().filter(|sent| sent.method != "GET").collect()
}

#[tokio::test]
async fn roles_are_planned_as_the_difference_sent_one_by_one_and_read_back() {
    let after = value!([
        {"role": {"id": "r4"}, "scope": {"tier": "account"}},
        {"role": {"id": "r3"}, "scope": {"tier": "team", "team": {"id": "t1"}}},
        {"role": {"id": "r5"}, "scope": {"tier": "target", "target": {"id": "g1"}}},
    ]);
    let script = service(after, held());
    // The record does not show the roles before: an empty list would be settled by nothing.
    let write = update("user", set(&["r4", "r3@team:t1", "r5@target:g1"]));
    let provider = provider(&script);
    let given = PlanOptions::given(anyprofile_core::Profile::new(id("probely:eu/user/u")));
    let plan = provider.plan(&write, &given).await.unwrap();
    assert_eq!(script.requests(), ["GET /user-roles/?length=100&user=u"]);
    assert_eq!(
        requests(&plan),
        [
            // In the same scope: replaced, so that there are never two.
            r#"PUT /user-roles/a1/ {"role":{"id":"r4"},"scope":{"tier":"account"},"user":{"id":"u"}}"#,
            r#"POST /user-roles/ {"role":{"id":"r5"},"scope":{"target":{"id":"g1"},"tier":"target"},"user":{"id":"u"}}"#,
            // Not among those that are to be. What is granted comes first.
            "DELETE /user-roles/a2/",
        ]
    );
    let again = provider.plan(&write, &given).await.unwrap();
    assert_eq!(requests(&again), requests(&plan));
    let executed = provider.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made, StepOutcome::Made, StepOutcome::Made]);
    assert_eq!((executed.error.is_none(), executed.ignored, executed.unshown), (true, vec![], vec![]));
    let sent: Vec<_> =
        writes(&script).iter().map(|sent| format!("{} {}", sent.method, sent.target())).collect();
    assert_eq!(sent, ["PUT /user-roles/a1/", "POST /user-roles/", "DELETE /user-roles/a2/"]);
    assert_eq!(script.requests().last().unwrap(), "GET /users/u/");
}

#[tokio::test]
async fn roles_of_an_api_user_are_in_the_other_family_and_all_of_them_can_be_taken_away() {
    let script = service(Value::Null, held());
    let plan = planned(&script, &update("api_user", ProfileChange::new().clear(FieldPath::ROLES))).await;
    assert!(plan.is_settled(), "the record says that there are none");
    let script = service(value!([{"role": {"id": "r1"}, "scope": {"tier": "account"}}]), held());
    let plan = planned(&script, &update("api_user", ProfileChange::new().clear(FieldPath::ROLES))).await;
    assert_eq!(
        requests(&plan),
        ["DELETE /api-user-roles/a1/", "DELETE /api-user-roles/a2/", "DELETE /api-user-roles/a3/"]
    );
    assert!(script.requests().contains(&"GET /api-user-roles/?length=100&user=u".to_owned()));
}

#[tokio::test]
async fn other_fields_are_changed_first_and_without_them_the_user_is_not_written() {
    let script = service(value!([]), vec![]);
    let change = set(&["r1"]).set(FieldPath::NAME_DISPLAY, "Ada");
    let plan = planned(&script, &update("user", change)).await;
    assert_eq!(
        requests(&plan),
        [
            r#"PATCH /users/u/ {"name":"Ada"}"#,
            r#"POST /user-roles/ {"role":{"id":"r1"},"scope":{"tier":"account"},"user":{"id":"u"}}"#,
        ]
    );
    let plan = planned(&script, &update("user", set(&["r1"]))).await;
    assert_eq!(plan.requests().len(), 1);
}

#[tokio::test]
async fn what_the_assignments_show_is_settled_also_where_the_user_shows_no_roles() {
    // A text names no role by its id.
    let script = service(value!("Administrator"), held()[..2].to_vec());
    let plan = planned(&script, &update("user", set(&["r1", "r3@team:t1"]))).await;
    assert!(plan.is_settled() && plan.requests().is_empty(), "{plan:?}");
    assert!(writes(&script).is_empty());
}

#[tokio::test]
async fn an_assignment_that_cannot_be_told_whose_it_is_stops_the_plan() {
    let page = |number: u64, total: u64, count: u64, results: Value| {
        let page =
            value!({"count": count, "page_total": total, "page": number, "length": 1, "results": results});
        json(200, page.to_string())
    };
    let one = assignment("a1", "u", "r1", &account());
    for (case, second) in [
        ("no user", page(2, 2, 2, value!([{"id": "a2", "role": {"id": "r2"}}]))),
        ("no id", page(2, 2, 2, value!([{"user": {"id": "u"}, "role": {"id": "r2"}}]))),
        ("no record", page(2, 2, 2, value!(["a2"]))),
        ("the first page again", page(1, 2, 2, value!([one]))),
        ("too few", page(2, 2, 3, value!([one]))),
        ("no numbers", json(200, r#"{"results":[]}"#)),
        ("no list", json(200, "[]")),
    ] {
        let first = page(1, 2, 2, value!([one]));
        let script = Script::by(move |sent| match sent.target() {
            target if target.contains("page=2") => second.clone().into(),
            target if target.starts_with("/user-roles/") => first.clone().into(),
            _ => json(200, r#"{"id":"u"}"#).into(),
        });
        let write = update("user", set(&["r2"]));
        let error = provider(&script).plan(&write, &PlanOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{case}: {error}");
        assert!(writes(&script).is_empty(), "{case}");
    }
}

#[tokio::test]
async fn assignments_on_several_pages_are_all_known() {
    let script = Script::by(|sent| {
        let target = sent.target();
        if !target.starts_with("/user-roles/") {
            return json(200, r#"{"id":"u"}"#).into();
        }
        let number = target.split_once("page=").map_or("1", |(_, rest)| rest.split_once('&').unwrap().0);
        let number: u64 = number.parse().unwrap();
        let one = assignment(&format!("a{number}"), "u", &format!("r{number}"), &account());
        let page = value!({"count": 3, "page_total": 3, "page": number, "length": 1, "results": [one]});
        json(200, page.to_string()).into()
    });
    let plan = planned(&script, &update("user", set(&["r2"]))).await;
    assert_eq!(requests(&plan), ["DELETE /user-roles/a1/", "DELETE /user-roles/a3/"]);
}

#[tokio::test]
async fn a_plan_is_stale_where_an_assignment_has_changed_and_a_refusal_tells_what_was_made() {
    let script = {
        let lists = std::sync::atomic::AtomicUsize::new(0);
        Script::by(move |sent| match (sent.method.as_str(), sent.target()) {
            ("GET", target) if target.starts_with("/user-roles/") => {
                let first = lists.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
                list(&held()[..if first { 2 } else { 1 }]).into()
            }
            _ => json(200, r#"{"id":"u"}"#).into(),
        })
    };
    let connection = provider(&script);
    let plan = connection.plan(&update("user", set(&["r4"])), &PlanOptions::new()).await.unwrap();
    let options = ExecuteOptions::new().with_unchanged(true);
    let error = connection.execute(&plan, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert!(writes(&script).is_empty());

    // The owner's role, for example, cannot be taken away.
    let script = Script::by(|sent| {
        match sent.method.as_str() {
            "GET" if sent.target().starts_with("/user-roles/") => list(&held()),
            "DELETE" => json(400, r#"{"role":["The owner's role cannot be removed."]}"#),
            _ => json(200, r#"{"id":"u"}"#),
        }
        .into()
    });
    let connection = provider(&script);
    let plan = connection.plan(&update("user", set(&["r4"])), &PlanOptions::new()).await.unwrap();
    let executed = connection.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made, StepOutcome::NotMade, StepOutcome::NotBegun]);
    assert_eq!(executed.error.unwrap().field_errors().keys().collect::<Vec<_>>(), ["role"]);
}
