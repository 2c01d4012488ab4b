//! What is written natively, in the shape of each beta.

use anyprofile::{
    Change, Timestamp,
    anthropic::{
        AnthropicClient, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04,
        wire::{
            AccessType, AccountStatus, EntityType, ExternalUserDetailsInput, Relationship, UserProfileAction,
            UserProfileCreate, UserProfileUpdate,
        },
    },
};

use super::{ID, Names};
use crate::{
    check::{Check, Seen},
    fields::{bodies, whole},
};

/// Fields and whether a beta, or none, knows them.
type Dated<B> = (fn(Option<&str>) -> bool, fn(&mut B));

const fn always(_: Option<&str>) -> bool {
    true
}

fn until_august(beta: Option<&str>) -> bool {
    beta == Some(BETA_2026_03_24) || in_august(beta)
}

fn in_august(beta: Option<&str>) -> bool {
    beta == Some(BETA_2026_08_18)
}

fn since_august(beta: Option<&str>) -> bool {
    beta != Some(BETA_2026_03_24)
}

fn since_september(beta: Option<&str>) -> bool {
    beta == Some(BETA_2026_09_04) || beta.is_none()
}

fn text() -> String {
    "ä".repeat(255)
}

fn time() -> Option<Timestamp> {
    "2024-11-02T08:15:00.5Z".parse().ok()
}

const CREATE: &[Dated<UserProfileCreate>] = &[
    (until_august, |it| it.external_id = Some(text())),
    (always, |it| it.name = Some(text())),
    (until_august, |it| it.relationship = Some(Relationship::Internal)),
    (until_august, |it| it.relationship = Some(Relationship::Resold)),
    (until_august, |it| it.relationship = Some(Relationship::External)),
    (since_august, |it| it.access_type = Some(AccessType::Passthrough)),
    (since_august, |it| it.access_type = Some(AccessType::Application)),
    (always, |it| {
        it.metadata = (1..=16).map(|it| (format!("{it:02}{}", "k".repeat(62)), "v".repeat(512))).collect();
    }),
    (in_august, |it| it.external_user_onboarded_at = time()),
    (since_september, |it| {
        it.external_user_details = Some(whole(&ExternalUserDetailsInput::default(), DETAILS));
    }),
];

const UPDATE: &[Dated<UserProfileUpdate>] = &[
    (until_august, |it| it.external_id = Change::Clear),
    (until_august, |it| it.external_id = Change::Set(text())),
    (always, |it| it.name = Change::Clear),
    (always, |it| it.name = Change::Set(text())),
    (until_august, |it| it.relationship = Change::Clear),
    (until_august, |it| it.relationship = Change::Set(Relationship::Resold)),
    (since_august, |it| it.access_type = Change::Clear),
    (since_august, |it| it.access_type = Change::Set(AccessType::Passthrough)),
    (always, |it| {
        it.metadata = [("plan".to_owned(), None), ("tier".to_owned(), Some("gold".to_owned()))].into();
    }),
    (in_august, |it| it.external_user_onboarded_at = time()),
    (since_september, |it| {
        it.external_user_details = Some(whole(&ExternalUserDetailsInput::default(), DETAILS));
    }),
];

const DETAILS: &[fn(&mut ExternalUserDetailsInput)] = &[
    |it| it.account_status = Some(AccountStatus::Active),
    |it| it.account_status = Some(AccountStatus::Suspended),
    |it| it.account_status = Some(AccountStatus::Blocked),
    |it| it.country = Some("NO".to_owned()),
    |it| it.email_hash = Some(text()),
    |it| it.name_hash = Some(text()),
    |it| it.entity_type = Some(EntityType::Individual),
    |it| it.entity_type = Some(EntityType::Business),
    |it| it.entity_type = Some(EntityType::NonProfit),
    |it| it.entity_type = Some(EntityType::Government),
    |it| it.onboarded_at = time(),
    |it| it.reference_id = Some(text()),
];

/// The fields that a beta knows.
fn known<B>(fields: &[Dated<B>], beta: Option<&str>) -> Vec<fn(&mut B)> {
    fields.iter().filter(|(is_known, _)| is_known(beta)).map(|(_, set)| *set).collect()
}

pub(super) async fn call(check: &mut Check, client: &AnthropicClient, beta: Option<&str>, names: &Names) {
    let mut creates = bodies(&UserProfileCreate::default(), &known(CREATE, beta));
    let mut updates = bodies(&UserProfileUpdate::default(), &known(UPDATE, beta));
    // A profile of nothing can be made.
    creates.push(UserProfileCreate::default());
    if since_september(beta) {
        for details in bodies(&ExternalUserDetailsInput::default(), DETAILS) {
            let mut create = UserProfileCreate::default();
            create.external_user_details = Some(details.clone());
            creates.push(create);
            let mut update = UserProfileUpdate::default();
            update.external_user_details = Some(details);
            updates.push(update);
        }
    }
    let send = async |create: &UserProfileCreate| Ok(Seen::one(&client.create_user_profile(create).await?));
    check.bodies(names.create, &creates, send).await;
    let send =
        async |update: &UserProfileUpdate| Ok(Seen::one(&client.update_user_profile(ID, update).await?));
    check.bodies(names.update, &updates, send).await;
    if beta.is_some() {
        let link = async || Ok(Seen::one(&client.create_enrollment_url(ID).await?));
        return check.operation("BetaCreateEnrollmentUrl", link).await;
    }
    let enroll = UserProfileAction::EnrollEndUser;
    let link = async || Ok(Seen::one(&client.create_action_url(ID, &enroll).await?));
    check.operation("create_action_url", link).await;
    let delete = async || Ok(Seen::one(&client.delete_user_profile(ID).await?));
    check.operation("delete_user_profile", delete).await;
}
