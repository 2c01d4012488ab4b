//! Plans: reads before a write, steps that need the id from an earlier step, and the outcome of each step.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, FieldPath, IdKind, PlanOptions, ProfileChange, ProfileDraft,
    ProfileProvider as _, Write, plan::StepOutcome,
};
use serde_json::json as value;

use crate::{
    connection,
    directory::{Directory, Paging},
    support::{Script, Sent, Step, json, response},
};

fn roles(wanted: &[&str]) -> Write {
    let wanted: Vec<_> = wanted.to_vec();
    Write::update("invented:a/user/a".parse().unwrap(), ProfileChange::new().set(FieldPath::ROLES, wanted))
}

/// Person a has the roles 1 and 2, until another program removes the second.
fn service(is_changed: fn(&[Sent]) -> bool) -> std::sync::Arc<Script> {
    let mut sent_before: Vec<Sent> = Vec::new();
    Script::by(move |sent| {
        sent_before.push(sent.clone());
        let table = if is_changed(&sent_before) {
            r#"[{"id":"1","person":"a","role":"admin"}]"#
        } else {
            r#"[{"id":"1","person":"a","role":"admin"},{"id":"2","person":"a","role":"reader"}]"#
        };
        let step: Step = match (sent.method.as_str(), sent.target()) {
            ("GET", "/people/a" | "/details/a") => json(200, r#"{"id":"a"}"#).into(),
            ("GET", "/roles" | "/roles?person=a") => json(200, table).into(),
            ("DELETE", "/roles/2") => response(204).into(),
            ("POST", "/roles") => json(201, "{}").into(),
            (method, target) => panic!("not expected: {method} {target}"),
        };
        step
    })
}

fn shown(plan: &anyprofile_core::Plan) -> serde_json::Value {
    plan.requests().iter().map(|it| value!([it.method, it.url, it.body])).collect()
}

#[tokio::test]
async fn a_set_is_written_as_the_difference_to_what_was_read_and_the_same_input_makes_the_same_requests() {
    let script = service(|_| false);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let plan = connection.plan(&roles(&["admin", "writer"]), &PlanOptions::new()).await.unwrap();
    let expected = value!([
        ["DELETE", "https://api.example.com/roles/2", null],
        ["POST", "https://api.example.com/roles", {"person": "a", "role": "writer"}],
    ]);
    assert_eq!(shown(&plan), expected);
    let again = connection.plan(&roles(&["admin", "writer"]), &PlanOptions::new()).await.unwrap();
    assert_eq!(shown(&again), expected);
    assert!(script.sent().iter().all(|sent| sent.method == "GET"), "a plan writes nothing");
    let executed = connection.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made, StepOutcome::Made]);
    let writes: Vec<_> = script.sent().into_iter().filter(|sent| sent.method != "GET").collect();
    assert_eq!(writes.len(), 2, "each once");
    // The new roles are read from their table again, and not from the cache.
    assert!(script.requests().last().unwrap().starts_with("GET /roles"), "{:?}", script.requests());
}

#[tokio::test]
async fn what_a_plan_was_worked_out_from_must_not_have_changed_where_that_is_asked_for() {
    // The profile is unchanged; only the basis has changed.
    let is_changed = |sent: &[Sent]| sent.iter().filter(|it| it.target() == "/roles?person=a").count() > 1;
    let script = service(is_changed);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let plan = connection.plan(&roles(&["admin", "writer"]), &PlanOptions::new()).await.unwrap();
    let options = ExecuteOptions::new().with_unchanged(true);
    let error = connection.execute(&plan, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().starts_with("nothing was sent"), "{error}");
    assert!(script.sent().iter().all(|sent| sent.method == "GET"));
}

#[tokio::test]
async fn a_change_that_the_basis_shows_made_is_settled_and_nothing_is_sent() {
    let script = service(|_| false);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let plan = connection.plan(&roles(&["reader", "admin"]), &PlanOptions::new()).await.unwrap();
    assert!(plan.is_settled() && plan.requests().is_empty(), "{plan:?}");
    let executed = connection.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(executed.is_settled());
    assert!(script.sent().iter().all(|sent| sent.method == "GET"));
}

fn creation() -> Write {
    Write::create(ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "Ada"))
}

#[tokio::test]
async fn a_step_that_needs_the_id_of_what_is_created_is_shown_with_its_place_and_sent_with_it() {
    let script = Script::of([json(201, r#"{"id":"x 1","name":"Ada"}"#), response(204)]);
    let connection = connection(Directory::new(Paging::Tokens), &script);
    let plan = connection.plan(&creation(), &PlanOptions::new()).await.unwrap();
    assert_eq!(
        shown(&plan)[1],
        value!(["POST", "https://api.example.com/groups/all?check={id}", {"member": "{id}"}])
    );
    let executed = connection.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made, StepOutcome::Made]);
    assert_eq!(executed.profile.unwrap().id.native(), "x 1");
    let sent = &script.sent()[1];
    assert_eq!((sent.target(), sent.body.as_str()), ("/groups/all?check=x+1", r#"{"member":"x 1"}"#));
}

#[tokio::test]
async fn what_depends_on_a_creation_that_was_not_made_is_not_begun_and_its_own_failure_is_told() {
    let script = Script::of([json(403, r#"{"error":"no"}"#)]);
    let refused = connection(Directory::new(Paging::Tokens), &script);
    let plan = refused.plan(&creation(), &PlanOptions::new()).await.unwrap();
    let executed = refused.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::NotMade, StepOutcome::NotBegun]);
    assert!(!executed.may_have_taken_effect() && !plan.is_spent());

    let script = Script::of([json(201, r#"{"id":"x","name":"Ada"}"#), json(403, r#"{"error":"no"}"#)]);
    let halfway = connection(Directory::new(Paging::Tokens), &script);
    let plan = halfway.plan(&creation(), &PlanOptions::new()).await.unwrap();
    let executed = halfway.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made, StepOutcome::NotMade]);
    assert_eq!(executed.error.unwrap().effect(), anyprofile_core::error::Effect::Partial);
}
