//! A service with pages of ten, whatever is asked for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyprofile_conformance::{Disturbance, FixtureServer};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Value, json};

const PAGE_SIZE: usize = 10;
const PEOPLE: u64 = 25;

type People = Arc<Mutex<Vec<Value>>>;

pub(super) async fn start() -> FixtureServer {
    let people: Vec<_> = (0..PEOPLE).map(person).collect();
    let routes = Router::new()
        .route("/users", get(list))
        .route("/users/{id}", get(show).patch(update))
        .with_state(Arc::new(Mutex::new(people)));
    let another = |path: &str| {
        let id = path.strip_prefix("/users/")?;
        Some(if id == "u0000" { "/users/u0001" } else { "/users/u0000" }.to_owned())
    };
    let server = FixtureServer::start(0, routes).await.unwrap();
    server
        .with_further_pages(|request| request.url.contains("page_token="))
        .with_another_record(another)
        .with_records("/users")
        // The next token is that of the last user of a page, and filters and orders are not sent.
        .without([
            Disturbance::EmptyPages,
            Disturbance::FilterIgnored,
            Disturbance::FilterInverted,
            Disturbance::OrderIgnored,
        ])
}

fn person(number: u64) -> Value {
    json!({
        "id": format!("u{number:04}"),
        "name": format!("Person Number {number}"),
        "email": format!("person.{number}@example.com"),
        "active": number % 4 != 3,
        "updated": format!("2026-01-{:02}T12:00:00Z", number * 7 % 28 + 1),
    })
}

async fn list(State(people): State<People>, Query(query): Query<HashMap<String, String>>) -> Response {
    let people = people.lock().unwrap_or_else(PoisonError::into_inner);
    let behind = |token: &String| people.iter().position(|it| it["id"] == **token).map_or(0, |at| at + 1);
    let from = query.get("page_token").map_or(0, behind);
    let page: Vec<_> = people.iter().skip(from).take(PAGE_SIZE).collect();
    let next = (from + PAGE_SIZE < people.len()).then(|| page.last().map(|it| it["id"].clone()));
    Json(json!({ "users": page, "next_page_token": next })).into_response()
}

fn nobody() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"error": "no user has this id"}))).into_response()
}

async fn show(State(people): State<People>, Path(id): Path<String>) -> Response {
    let people = people.lock().unwrap_or_else(PoisonError::into_inner);
    let found = people.iter().find(|person| person["id"] == id);
    found.map_or_else(nobody, |person| Json(person.clone()).into_response())
}

async fn update(State(people): State<People>, Path(id): Path<String>, Json(change): Json<Value>) -> Response {
    let mut people = people.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(person) = people.iter_mut().find(|person| person["id"] == id) else { return nobody() };
    for key in ["name", "active"] {
        if let Some(value) = change.get(key) {
            person[key] = value.clone();
        }
    }
    Json(person.clone()).into_response()
}
