use serde_json::{Value, json};

use super::draft_from_openapi;
use crate::Service;

fn document(parameters: &Value, response: &Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Acme Directory", "version": "2"},
        "servers": [{"url": "https://{tenant}.acme.example/v2", "variables": {"tenant": {"default": "demo"}}}],
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
            "schemas": {
                "User": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {
                    "email": {"type": "string"},
                    "status": {"type": "string", "enum": ["active", "invited", "on_leave"]},
                    "created": {"type": "integer"},
                    "two_factor": {"type": "boolean"},
                    "manager": {"$ref": "#/components/schemas/User"},
                }}]},
                "Base": {"type": "object", "properties": {"id": {"type": "string"}, "display_name": {"type": "string"}}},
                "Error": {"type": "object", "properties": {"error": {"type": "object", "properties": {
                    "code": {"type": "string"}, "message": {"type": "string"},
                }}}},
            },
        },
        "paths": {
            "/users": {"get": {
                "operationId": "listUsers",
                "parameters": parameters,
                "responses": {
                    "200": {"content": {"application/json": {"schema": response}}},
                    "404": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}},
                },
            }},
            "/users/{user}": {"get": {"operationId": "getUser", "responses": {
                "200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
                    "user": {"$ref": "#/components/schemas/User"},
                }}}}},
            }}},
        },
    })
}

fn users() -> Value {
    json!({"type": "array", "items": {"$ref": "#/components/schemas/User"}})
}

/// Returns the draft, after checking that it is a definition that can be read.
fn draft(parameters: &Value, response: &Value) -> String {
    let draft = draft_from_openapi(&document(parameters, response), "/users").unwrap();
    let parsed = Service::parse(&draft, "draft.toml");
    assert!(parsed.is_ok(), "{:?}\n{draft}", parsed.err());
    draft
}

#[test]
fn a_draft_has_what_the_document_says_and_its_doubts() {
    let parameters = json!([
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}},
        {"name": "cursor", "in": "query", "schema": {"type": "string"}},
        {"name": "include_suspended", "in": "query", "schema": {"type": "boolean"}},
    ]);
    let response = json!({"type": "object", "properties": {
        "users": users(), "meta": {"type": "object", "properties": {"next_cursor": {"type": "string"}}},
    }});
    insta::assert_snapshot!(draft(&parameters, &response));
}

#[test]
fn each_way_of_paging_is_recognized() {
    let query = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"name": name, "in": "query", "schema": {}})).collect()
    };
    let wrapped = |further: Value| {
        let mut properties = further;
        properties["items"] = users();
        json!({"type": "object", "properties": properties})
    };
    let expected = [
        (
            query(&["page", "per_page"]),
            wrapped(json!({"total": {"type": "integer"}})),
            r#"style = "page", parameter = "page", end = "total""#,
        ),
        (query(&["page"]), users(), r#"style = "page", parameter = "page", end = "empty""#),
        (
            query(&["offset", "limit"]),
            wrapped(json!({})),
            r#"style = "offset", parameter = "offset", end = "empty""#,
        ),
        (
            query(&[]),
            wrapped(json!({"next": {"type": "string", "format": "uri"}})),
            r#"style = "link", next = "/next""#,
        ),
        (
            query(&["after"]),
            wrapped(json!({"has_more": {"type": "boolean"}})),
            r#"style = "cursor", parameter = "after", next = "/next", more = "/has_more""#,
        ),
        (query(&[]), users(), r#"style = "none""#),
    ];
    for (parameters, response, paging) in expected {
        let draft = draft(&parameters, &response);
        assert!(draft.contains(paging), "{paging}\n{draft}");
    }
}

#[test]
fn a_path_that_is_not_there_names_those_that_look_like_lists() {
    let error = draft_from_openapi(&document(&json!([]), &users()), "/people").unwrap_err();
    assert!(
        error.to_string().contains("no GET at '/people'") && error.hint().unwrap().contains("/users"),
        "{error}"
    );
    let error = draft_from_openapi(&json!({"swagger": 2}), "/people").unwrap_err();
    assert!(error.to_string().contains("no OpenAPI document"), "{error}");
}
