//! `Scoped`: the profiles that can be written.

use std::sync::Arc;

use anyprofile_core::{
    Error, ErrorKind, ExecuteOptions, FieldPath, Filter, IdKind, PlanOptions, ProfileChange, ProfileDraft,
    ProfileProvider as _, ProfileProviderExt as _, Status, Write, condition::Operator, error::Effect,
    layers::Scoped,
};
use serde_json::json;

use super::{
    super::otherwise::{Does, Otherwise},
    compare, condition, contractors, is_contractor, labelled, people, scoped,
};
use crate::in_memory::{id, person};

#[tokio::test]
async fn somebody_in_the_scope_is_written_to_and_not_moved_out_of_it() {
    let people = people();
    let layer = scoped(&people, contractors());
    let title = ProfileChange::new().set(FieldPath::TITLE, "cto");
    assert_eq!(layer.update(&id("p01"), &title).await.unwrap().title, "cto".into());
    let stays = ProfileChange::new().set(FieldPath::LABELS, json!(["contractor", "on call"]));
    layer.update(&id("p01"), &stays).await.unwrap();
    let writes = people.write_count();
    let leaves = ProfileChange::new().set(FieldPath::LABELS, json!(["on call"]));
    for change in [leaves.clone(), ProfileChange::new().clear(FieldPath::LABELS)] {
        let error = layer.update(&id("p01"), &change).await.unwrap_err();
        assert!(error.is_out_of_scope() && error.message().contains("out of the scope"), "{error}");
    }
    let write = Write::update(id("p01"), leaves);
    let plan = people.plan(&write, &PlanOptions::new()).await.unwrap();
    assert!(layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err().is_out_of_scope());
    assert_eq!(people.write_count(), writes);
    // A deactivation may move a profile out of the scope.
    let active = scoped(&people, Filter::new().with_status(Status::Active));
    active.deactivate(&id("p01")).await.unwrap();
    assert!(active.get(&id("p01")).await.unwrap_err().is_out_of_scope());
    layer.delete(&id("p01")).await.unwrap();
}

#[tokio::test]
async fn who_left_the_scope_since_the_plan_was_made_is_not_written_to() {
    let people = people();
    let layer = scoped(&people, contractors());
    let plan = layer.plan(&Write::deactivate(id("p01")), &PlanOptions::new()).await.unwrap();
    people.insert(labelled(1, None)).unwrap();
    let error = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
    assert!(error.is_out_of_scope() && !plan.is_spent() && people.write_count() == 0);
    people.insert(labelled(1, Some("contractor"))).unwrap();
    layer.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    let spent = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
    assert_eq!(spent.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_given_profile_is_not_believed_to_be_in_the_scope_but_read() {
    let people = people();
    let layer = scoped(&people, contractors());
    let write = Write::deactivate(id("p05"));
    for given in [labelled(5, None), labelled(5, Some("contractor"))] {
        let before = people.request_count();
        let error = layer.plan(&write, &PlanOptions::given(given)).await.unwrap_err();
        assert!(error.is_out_of_scope(), "{error}");
        assert_eq!(people.request_count() - before, 1);
    }
    let given = PlanOptions::given(labelled(1, Some("contractor")));
    let plan = layer.plan(&Write::deactivate(id("p01")), &given).await.unwrap();
    layer.execute(&plan, &ExecuteOptions::new()).await.unwrap().into_result().unwrap();
    assert_eq!(people.write_count(), 1);
}

#[tokio::test]
async fn an_execution_that_wrote_nothing_tells_nothing_of_who_is_gone_and_one_that_may_have_is_told() {
    for (effect, is_veiled) in [(Effect::None, true), (Effect::Possible, false)] {
        let gone = Error::new(ErrorKind::NotFound, "no profile has this id").with_effect(effect);
        let below = Arc::new(Otherwise { memory: people(), does: Does::FailsToExecute(gone) });
        let layer = Scoped::new(below, contractors());
        let plan = layer.plan(&Write::deactivate(id("p01")), &PlanOptions::new()).await.unwrap();
        let error = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
        assert_eq!((error.is_out_of_scope(), error.effect()), (is_veiled, effect));
    }
}

#[tokio::test]
async fn who_goes_away_between_the_check_and_the_write_is_refused_like_who_was_never_there() {
    let below = Otherwise { memory: people(), does: Does::LosesWhoIsWrittenTo };
    let layer = Scoped::new(Arc::new(below), contractors());
    let plan = layer.plan(&Write::delete(id("p01")), &PlanOptions::new()).await.unwrap();
    let executed = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    let error = executed.error.unwrap();
    assert!(error.is_out_of_scope() && error.effect() == Effect::None, "{error}");
}

#[tokio::test]
async fn an_execution_that_wrote_to_somebody_else_does_not_name_them_and_says_that_it_wrote() {
    let below = Otherwise { memory: people(), does: Does::RespondsWith(Box::new(person(5))) };
    let layer = Scoped::new(Arc::new(below), contractors());
    let write = Write::update(id("p01"), ProfileChange::new().set(FieldPath::TITLE, "cto"));
    let plan = layer.plan(&write, &PlanOptions::new()).await.unwrap();
    let executed = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(executed.profile.is_none());
    let error = executed.error.unwrap();
    assert!(error.is_of_another_profile() && error.effect() == Effect::Possible, "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("read the profile")), "{error}");
    assert!(!format!("{error:?}").contains("p05"), "{error:?}");
}

#[tokio::test]
async fn who_is_created_is_seen_to_be_in_the_scope() {
    let people = people();
    let draft = ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "Grace");
    let contractor = draft.clone().set(FieldPath::LABELS, json!(["contractor"]));
    for (filter, draft, is_allowed) in [
        (contractors(), &draft, false),
        (contractors(), &contractor, true),
        (condition(is_contractor().or(compare(FieldPath::TITLE, Operator::Equal, "cto"))), &contractor, true),
        (condition(!is_contractor()), &draft, false),
        (condition(compare(FieldPath::ID, Operator::NotEqual, "x")), &contractor, false),
        (Filter::new().with_status(Status::Active), &contractor, false),
    ] {
        let before = people.request_count();
        let layer = scoped(&people, filter);
        match layer.create(draft).await {
            Ok(created) => assert!(is_allowed && created.name.display.is_known_to_be("Grace")),
            Err(error) => {
                assert!(!is_allowed && error.is_out_of_scope() && error.hint().is_some(), "{error}");
                let plan = people.plan(&Write::create(draft.clone()), &PlanOptions::new()).await.unwrap();
                assert!(layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err().is_out_of_scope());
                assert_eq!(people.request_count(), before);
            }
        }
    }
}
