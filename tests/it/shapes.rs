//! What readers with a schema need: each field of what is printed has one shape, whoever it is of.

use std::collections::{BTreeMap, BTreeSet};

use anyprofile::{ListQuery, ProfileProviderExt as _};
use futures_util::TryStreamExt as _;
use serde_json::Value;

use crate::fixture;

/// Notes the shapes of a value and of all that is in it.
fn note(shapes: &mut BTreeMap<String, BTreeSet<&'static str>>, path: &str, value: &Value) {
    let shape = match value {
        Value::Null => return,
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    shapes.entry(path.to_owned()).or_default().insert(shape);
    match value {
        Value::Array(items) => items.iter().for_each(|item| note(shapes, &format!("{path}[]"), item)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| note(shapes, &format!("{path}.{key}"), field));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_field_of_every_profile_has_one_shape() {
    let fixture = fixture(300).await;
    let mut shapes = BTreeMap::new();
    for provider in &fixture.providers {
        for enrich in [false, true] {
            if enrich && !provider.capabilities().operations.enrich.is_supported() {
                continue;
            }
            let profiles: Vec<_> =
                provider.list(ListQuery::new().with_enrich(enrich)).try_collect().await.unwrap();
            for profile in profiles {
                note(&mut shapes, "", &serde_json::to_value(profile).unwrap());
            }
        }
    }
    // What this version does not know is kept as it came.
    let several: Vec<_> =
        shapes.iter().filter(|(path, shapes)| shapes.len() > 1 && !path.starts_with(".unknown")).collect();
    assert!(several.is_empty(), "{several:#?}");
    assert!(shapes.len() > 100, "{}", shapes.len());
}
