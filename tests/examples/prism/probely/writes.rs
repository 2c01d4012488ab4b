//! What is written natively of users and API users. The roles of a change of several users are not in the document, and
//! left out.

use anyprofile::probely::{
    ProbelyClient,
    wire::{
        ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, GrantScope, LabelByName, RoleGrant,
        Title, UserBulkUpdate, UserCreate, UserReplace, UserUpdate,
    },
};

use super::ID;
use crate::{
    check::{Check, Seen},
    fields::bodies,
};

/// An id as the document has it of roles, teams and targets.
const PLACE: &str = "2aB3cD4eF5gH";

fn labels() -> Vec<LabelByName> {
    vec![LabelByName::new("first"), LabelByName::new("zweites").with_color("#00FF00")]
}

fn roles() -> Vec<RoleGrant> {
    let scopes =
        [GrantScope::Account, GrantScope::Team(PLACE.to_owned()), GrantScope::Target(PLACE.to_owned())];
    scopes.map(|scope| RoleGrant::new(PLACE, scope)).into()
}

const CREATE: &[fn(&mut UserCreate)] = &[
    |it| it.title = Some(Title::NotSet),
    |it| it.title = Some(Title::SecurityEngineer),
    |it| it.active = Some(true),
    |it| it.labels = Some(labels()),
    |it| it.labels = Some(Vec::new()),
    |it| it.user_roles = Some(roles()),
    // What comes last is in the body that has all.
    |it| it.labels = Some(labels()),
];

const UPDATE: &[fn(&mut UserUpdate)] = &[
    |it| it.email = Some("ada@example.com".to_owned()),
    |it| it.name = Some("Ada Lovelace".to_owned()),
    |it| it.title = Some(Title::NotSet),
    |it| it.title = Some(Title::DeveloperOperations),
    |it| it.active = Some(false),
    |it| it.labels = Some(labels()),
];

const REPLACE: &[fn(&mut UserReplace)] =
    &[|it| it.title = Some(Title::Manager), |it| it.active = Some(false), |it| it.labels = Some(labels())];

const BULK_UPDATE: &[fn(&mut UserBulkUpdate)] = &[
    |it| it.name = Some("Ada Lovelace".to_owned()),
    |it| it.title = Some("other".into()),
    |it| it.active = Some(true),
    |it| it.labels = Some(labels()),
];

const API_USER: &[fn(&mut ApiUserUpdate)] = &[
    |it| it.name = Some("Build server".to_owned()),
    |it| it.title = Some(Title::Cto),
    |it| it.active = Some(false),
    |it| it.labels = Some(labels()),
];

const API_CREATE: &[fn(&mut ApiUserCreate)] = &[
    |it| it.title = Some(Title::NotSet),
    |it| it.active = Some(true),
    |it| it.labels = Some(labels()),
    |it| it.user_roles = Some(roles()),
    |it| it.permissions = Some(vec!["view_target".to_owned()]),
];

const API_REPLACE: &[fn(&mut ApiUserReplace)] =
    &[|it| it.title = Some(Title::Manager), |it| it.active = Some(false), |it| it.labels = Some(labels())];

const API_BULK_UPDATE: &[fn(&mut ApiUserBulkUpdate)] = &[
    |it| it.name = Some("Build server".to_owned()),
    |it| it.title = Some("other".into()),
    |it| it.active = Some(true),
    |it| it.labels = Some(labels()),
    |it| it.user_roles = Some(roles()),
];

pub(super) async fn call(check: &mut Check, client: &ProbelyClient) {
    let (email, name) = ("ada@example.com", "Ada Lovelace");
    let send = async |create: &UserCreate| Ok(Seen::one(&client.create_user(create).await?));
    check.bodies("users_create", &bodies(&UserCreate::new(email, name), CREATE), send).await;
    let send = async |update: &UserUpdate| Ok(Seen::one(&client.update_user(ID, update).await?));
    check.bodies("users_partial_update", &bodies(&UserUpdate::default(), UPDATE), send).await;
    let send = async |replace: &UserReplace| Ok(Seen::one(&client.replace_user(ID, replace).await?));
    check.bodies("users_update", &bodies(&UserReplace::new(email, name), REPLACE), send).await;
    let several = UserBulkUpdate::new([ID.to_owned(), PLACE.to_owned()]);
    let send = async |update: &UserBulkUpdate| Ok(Seen::one(&client.bulk_update_users(update).await?));
    check.bodies("users_bulk_update_create", &bodies(&several, BULK_UPDATE), send).await;
    let send = async |update: &ApiUserUpdate| Ok(Seen::one(&client.update_api_user(ID, update).await?));
    check.bodies("api_users_partial_update", &bodies(&ApiUserUpdate::default(), API_USER), send).await;

    let name = "Build server";
    let send = async |create: &ApiUserCreate| Ok(Seen::one(&client.create_api_user(create).await?));
    check.bodies("api_users_create", &bodies(&ApiUserCreate::new(name), API_CREATE), send).await;
    let send = async |replace: &ApiUserReplace| Ok(Seen::one(&client.replace_api_user(ID, replace).await?));
    check.bodies("api_users_update", &bodies(&ApiUserReplace::new(name), API_REPLACE), send).await;
    let several = ApiUserBulkUpdate::new([ID.to_owned(), PLACE.to_owned()]);
    let send = async |update: &ApiUserBulkUpdate| Ok(Seen::one(&client.bulk_update_api_users(update).await?));
    check.bodies("api_users_bulk_update_create", &bodies(&several, API_BULK_UPDATE), send).await;
    let delete = async || client.delete_api_user(ID).await.map(|()| Seen::nothing());
    check.operation("api_users_destroy", delete).await;

    let deactivate = async || client.deactivate_user(ID).await.map(|()| Seen::nothing());
    check.operation("users_destroy", deactivate).await;
    let (current, new) = ("an old password".into(), "a new password".into());
    let change = async || Ok(Seen::one(&client.change_password(&current, &new).await?));
    check.operation("profile_change_password_create", change).await;
}
