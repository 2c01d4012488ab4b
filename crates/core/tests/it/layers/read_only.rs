//! `ReadOnly`.

use anyprofile_core::{
    ErrorKind, ExecuteOptions, FieldPath, IdKind, ListQuery, PlanOptions, ProfileChange, ProfileDraft,
    ProfileProvider, ProfileProviderExt, Write, capabilities::Support, error::Effect, layers::ReadOnly,
};
use futures_util::TryStreamExt;

use super::memory;
use crate::in_memory::id;

#[tokio::test]
async fn every_write_is_refused_as_a_plan_and_as_an_execution_and_nothing_is_sent() {
    let (memory, provider) = memory(3);
    let layer = ReadOnly::new(provider);
    let change = ProfileChange::new().set(FieldPath::TITLE, "cto");
    for write in [
        Write::create(ProfileDraft::new(IdKind::USER)),
        Write::update(id("p01"), change),
        Write::deactivate(id("p01")),
        Write::delete(id("p01")),
        Write::enroll(id("p01")),
    ] {
        let before = memory.request_count();
        let error = layer.plan(&write, &PlanOptions::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Unsupported, Effect::None));
        assert!(error.message().contains("read-only") && error.hint().is_some(), "{error}");
        assert_eq!(memory.request_count(), before);
        if let Ok(plan) = memory.plan(&write, &PlanOptions::new()).await {
            let before = memory.request_count();
            let error = layer.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(!plan.is_spent() && memory.request_count() == before);
        }
    }
}

#[tokio::test]
async fn the_capabilities_offer_no_write_and_everything_else_is_as_below() {
    let (memory, provider) = memory(3);
    let layer = ReadOnly::new(provider);
    let operations = &layer.capabilities().operations;
    assert_eq!(operations.update, Support::no("this provider is read-only"));
    assert_eq!(operations.enroll, memory.capabilities().operations.enroll, "for the service's reason");
    assert!(layer.capabilities().fields.iter().all(|spec| spec.write.is_none()));
    assert_eq!(layer.prepare().await.unwrap(), layer.capabilities());
    assert_eq!(layer.info(), memory.info());
    let profiles: Vec<_> = layer.list(ListQuery::new()).try_collect().await.unwrap();
    assert_eq!(profiles.len(), 3);
    assert_eq!(layer.clone().current().await.unwrap().id, id("p00"));
}
