//! The table of operations.

use std::sync::LazyLock;

use super::Probely;
use super::catalogue::retrieve_role;
use super::input::Write;
use super::labels::LabelPath;
use super::store::Group;
use crate::route::Route;

/// The operations of the role assignments of one group.
macro_rules! assignments {
    ($path:literal, $name:literal, $group:expr) => {
        [
            Route::get(concat!("/", $path, "/"), concat!($name, "_list"), |probely: &Probely, call, _| {
                probely.list_assignments(call, $group)
            }),
            Route::post(concat!("/", $path, "/"), concat!($name, "_create"), |probely, call, _| {
                probely.create_assignment(call, $group)
            }),
            Route::post(
                concat!("/", $path, "/bulk/create/"),
                concat!($name, "_bulk_create"),
                |probely, call, _| probely.bulk_assignments(call, $group, Some("create")),
            ),
            Route::post(
                concat!("/", $path, "/bulk/update/"),
                concat!($name, "_bulk_update"),
                |probely, call, _| probely.bulk_assignments(call, $group, Some("update")),
            ),
            Route::post(
                concat!("/", $path, "/bulk/delete/"),
                concat!($name, "_bulk_delete"),
                |probely, call, _| probely.bulk_assignments(call, $group, Some("delete")),
            ),
            Route::post(
                concat!("/", $path, "/bulk/operations/"),
                concat!($name, "_bulk_operations"),
                |probely, call, _| probely.bulk_assignments(call, $group, None),
            ),
            Route::get(concat!("/", $path, "/{id}/"), concat!($name, "_retrieve"), |probely, _, parts| {
                probely.retrieve_assignment(&parts[0], $group)
            }),
            Route::put(concat!("/", $path, "/{id}/"), concat!($name, "_update"), |probely, call, parts| {
                probely.update_assignment(call, &parts[0], $group, Write::Replace)
            }),
            Route::patch(
                concat!("/", $path, "/{id}/"),
                concat!($name, "_partial_update"),
                |probely, call, parts| probely.update_assignment(call, &parts[0], $group, Write::Update),
            ),
            Route::delete(concat!("/", $path, "/{id}/"), concat!($name, "_destroy"), |probely, _, parts| {
                probely.destroy_assignment(&parts[0], $group)
            }),
        ]
    };
}

pub(super) static ROUTES: LazyLock<Vec<Route<Probely>>> = LazyLock::new(|| {
    let (get, post, put, patch, delete) = (Route::get, Route::post, Route::put, Route::patch, Route::delete);
    let mut routes: Vec<Route<Probely>> = vec![
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
        get("/roles/{id}/", "roles_retrieve", |_, _, parts| retrieve_role(&parts[0])),
        get("/permissions/", "permissions_list", |probely, call, _| probely.list_permissions(call)),
        get("/teams/", "teams_list", |probely, call, _| probely.list_teams(call)),
        post("/teams/", "teams_create", |probely, call, _| probely.create_team(call)),
        get("/teams/{id}/", "teams_retrieve", |probely, _, parts| probely.retrieve_team(&parts[0])),
        patch("/teams/{id}/", "teams_partial_update", |probely, call, parts| {
            probely.update_team(call, &parts[0])
        }),
        delete("/teams/{id}/", "teams_destroy", |probely, _, parts| probely.destroy_team(&parts[0])),
        get("/labels/", "labels_list", |probely, call, _| probely.list_labels(call)),
        post("/labels/", "labels_create", |probely, call, _| probely.create_label(call, LabelPath::OfAll)),
        // Before the ids of labels, one of which `users` would be.
        get("/labels/users/", "labels_users_list", |probely, call, _| probely.list_labels(call)),
        post("/labels/users/", "labels_users_create", |probely, call, _| {
            probely.create_label(call, LabelPath::OfUsers)
        }),
        get("/labels/users/{id}/", "labels_users_retrieve", |probely, _, parts| {
            probely.retrieve_label(&parts[0])
        }),
        put("/labels/users/{id}/", "labels_users_update", |probely, call, parts| {
            probely.update_label(call, &parts[0], LabelPath::OfUsers, Write::Replace)
        }),
        patch("/labels/users/{id}/", "labels_users_partial_update", |probely, call, parts| {
            probely.update_label(call, &parts[0], LabelPath::OfUsers, Write::Update)
        }),
        delete("/labels/users/{id}/", "labels_users_destroy", |probely, _, parts| {
            probely.destroy_label(&parts[0])
        }),
        get("/labels/{id}/", "labels_retrieve", |probely, _, parts| probely.retrieve_label(&parts[0])),
        patch("/labels/{id}/", "labels_partial_update", |probely, call, parts| {
            probely.update_label(call, &parts[0], LabelPath::OfAll, Write::Update)
        }),
        delete("/labels/{id}/", "labels_destroy", |probely, _, parts| probely.destroy_label(&parts[0])),
    ];
    routes.extend(assignments!("user-roles", "user_roles", Group::People));
    routes.extend(assignments!("api-user-roles", "api_user_roles", Group::Services));
    routes
});
