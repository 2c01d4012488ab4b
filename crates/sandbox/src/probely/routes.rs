//! The table of operations.

use std::sync::LazyLock;

use super::Probely;
use super::input::Write;
use super::store::Group;
use crate::route::Route;

pub(super) static ROUTES: LazyLock<Vec<Route<Probely>>> = LazyLock::new(|| {
    let (get, post, put, patch, delete) = (Route::get, Route::post, Route::put, Route::patch, Route::delete);
    vec![
        get("/profile/", "profile_list", |probely, _, _| probely.profile()),
        post("/profile/change_password/", "profile_change_password_create", |probely, call, _| {
            probely.change_password(call)
        }),
        get("/users/", "users_list", |probely, call, _| probely.list_users(call, Group::People)),
        post("/users/", "users_create", |probely, call, _| probely.create_user(call, Group::People)),
        post("/users/bulk/update/", "users_bulk_update_create", |probely, call, _| {
            probely.bulk_update(call, Group::People)
        }),
        get("/users/{id}/", "users_retrieve", |probely, _, parts| {
            probely.retrieve_user(&parts[0], Group::People)
        }),
        put("/users/{id}/", "users_update", |probely, call, parts| {
            probely.update_user(call, &parts[0], Group::People, Write::Replace)
        }),
        patch("/users/{id}/", "users_partial_update", |probely, call, parts| {
            probely.update_user(call, &parts[0], Group::People, Write::Update)
        }),
        delete("/users/{id}/", "users_destroy", |probely, _, parts| {
            probely.destroy_user(&parts[0], Group::People)
        }),
        get("/api-users/", "api_users_list", |probely, call, _| probely.list_users(call, Group::Services)),
        post("/api-users/", "api_users_create", |probely, call, _| {
            probely.create_user(call, Group::Services)
        }),
        post("/api-users/bulk/update/", "api_users_bulk_update_create", |probely, call, _| {
            probely.bulk_update(call, Group::Services)
        }),
        get("/api-users/{id}/", "api_users_retrieve", |probely, _, parts| {
            probely.retrieve_user(&parts[0], Group::Services)
        }),
        put("/api-users/{id}/", "api_users_update", |probely, call, parts| {
            probely.update_user(call, &parts[0], Group::Services, Write::Replace)
        }),
        patch("/api-users/{id}/", "api_users_partial_update", |probely, call, parts| {
            probely.update_user(call, &parts[0], Group::Services, Write::Update)
        }),
        delete("/api-users/{id}/", "api_users_destroy", |probely, _, parts| {
            probely.destroy_user(&parts[0], Group::Services)
        }),
        get("/roles/", "roles_list", |probely, call, _| probely.list_roles(call)),
        get("/labels/", "labels_list", |probely, call, _| probely.list_labels(call)),
        get("/teams/", "teams_list", |probely, call, _| probely.list_teams(call)),
        get("/user-roles/", "user_roles_list", |probely, call, _| probely.list_user_roles(call)),
    ]
});
