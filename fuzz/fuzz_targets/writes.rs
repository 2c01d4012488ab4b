//! Whatever a service answers to a write, with whatever status, and on whatever page: an error that holds no word of it,
//! or profiles; and a list ends.
#![no_main]

#[path = "../src/scripted.rs"]
mod scripted;

use anyprofile::anthropic::INVITE;
use anyprofile::{
    ExecuteOptions, Executed, FieldPath, IdKind, ListQuery, PlanOptions, ProfileChange, ProfileDraft,
    ProfileProviderExt as _, Write,
};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 16] = [200, 200, 200, 201, 202, 204, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503];

/// More than any list has here, whose pages are all alike.
const ENOUGH: usize = 10_000;

fuzz_target!(|data: &[u8]| {
    let [choice, status, body @ ..] = data else { return };
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    scripted::ask(*choice, status, &[], body, async |provider, id| {
        let show = |error: anyprofile::Error| drop(format!("{error} {error:?}"));
        // Each provider refuses those that are not for it before anything is sent.
        let changes = [
            ProfileChange::new().set(FieldPath::NAME_DISPLAY, "a"),
            ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "a"),
            ProfileChange::new().set(FieldPath::EXTERNAL_ID, "a"),
            ProfileChange::new().set(FieldPath::STATUS, "active"),
            ProfileChange::new().set(FieldPath::ROLES, "developer"),
        ];
        for change in &changes {
            let _ = provider.update(&id, change).await.map_err(show);
            let write = Write::update(id.clone(), change.clone());
            if let Ok(plan) = provider.plan(&write, &PlanOptions::new()).await {
                let executed = provider.execute(&plan, &ExecuteOptions::new()).await;
                let _ = executed.and_then(Executed::into_result).map_err(show);
            }
        }
        let user = ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "a");
        let drafts = [
            user.clone().set(FieldPath::EMAILS, "a@example.com"),
            user.clone().set(FieldPath::EXTERNAL_ID, "a"),
            user.set(FieldPath::EXTERNAL_ID, "a")
                .set(FieldPath::extension("extension.relationship"), "external"),
            ProfileDraft::new(INVITE).set(FieldPath::EMAILS, "a@example.com").set(FieldPath::ROLES, "user"),
        ];
        for draft in &drafts {
            let _ = provider.create(draft).await.map_err(show);
        }
        let _ = provider.deactivate(&id).await.map_err(show);
        let _ = provider.delete(&id).await.map_err(show);
        let mut profiles = provider.list(ListQuery::new());
        let mut listed = 0;
        while let Ok(Some(_)) = profiles.try_next().await {
            listed += 1;
            assert!(listed < ENOUGH, "a list without end");
        }
    });
});
