//! The table of operations.

use std::sync::LazyLock;

use super::handlers::{reply, success};
use super::schema::Kind;
use super::{Scim, discovery};
use crate::route::Route;

/// The operations of one kind of resource.
macro_rules! resources {
    ($path:literal, $one:literal, $several:literal, $kind:expr) => {
        [
            Route::get($path, concat!("List", $several), |scim: &Scim, call, _| scim.list(call, $kind)),
            Route::post($path, concat!("Create", $one), |scim, call, _| scim.create(call, $kind)),
            // Before the ids, one of which `.search` would be.
            Route::post(concat!($path, "/.search"), concat!("Search", $several), |scim: &Scim, call, _| {
                scim.search(call, $kind)
            })
            .that_only_reads(),
            Route::get(concat!($path, "/{id}"), concat!("Get", $one), |scim, call, parts| {
                scim.get(call, $kind, &parts[0])
            }),
            Route::put(concat!($path, "/{id}"), concat!("Replace", $one), |scim, call, parts| {
                scim.replace(call, $kind, &parts[0])
            }),
            Route::patch(concat!($path, "/{id}"), concat!("Patch", $one), |scim, call, parts| {
                scim.patch(call, $kind, &parts[0])
            }),
            Route::delete(concat!($path, "/{id}"), concat!("Delete", $one), |scim, call, parts| {
                scim.delete(call, $kind, &parts[0])
            }),
        ]
    };
}

pub(super) static ROUTES: LazyLock<Vec<Route<Scim>>> = LazyLock::new(|| {
    let get = Route::get;
    let mut routes: Vec<Route<Scim>> = vec![
        get("/ServiceProviderConfig", "GetServiceProviderConfig", |scim: &Scim, _, _| scim.provider_config()),
        get("/Schemas", "ListSchemas", |scim, _, _| success(200, &discovery::schemas(&scim.base_url))),
        get("/Schemas/{id}", "GetSchema", |scim, _, parts| {
            reply(discovery::schema(&scim.base_url, &parts[0]).map(|schema| success(200, &schema)))
        }),
        get("/ResourceTypes", "ListResourceTypes", |scim, _, _| {
            success(200, &discovery::resource_types(&scim.base_url))
        }),
        get("/ResourceTypes/{id}", "GetResourceType", |scim, _, parts| {
            reply(discovery::resource_type(&scim.base_url, &parts[0]).map(|kind| success(200, &kind)))
        }),
        get("/Me", "GetMe", |scim, call, _| scim.me(call)),
    ];
    routes.extend(resources!("/Users", "User", "Users", Kind::User));
    routes.extend(resources!("/Groups", "Group", "Groups", Kind::Group));
    routes
});
