//! The tools and their arguments.

use rmcp::model::JsonObject;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::Refusal;

/// A tool, as it is described to the agent.
pub(super) struct ToolDescription {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Creates the JSON Schema of the arguments.
    pub(super) schema: fn() -> JsonObject,
}

/// Creates the schema of an object with these properties.
fn object(properties: &Value, required: &[&str]) -> JsonObject {
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

/// The properties of what selects and shapes profiles.
fn selection() -> Map<String, Value> {
    let properties = json!({
        "where": text("a condition in the grammar of SCIM filters, such as: status eq \"active\" and security.mfa_enabled is absent"),
        "fields": texts("only these fields or groups of fields, such as id, name, security.mfa_enabled"),
        "limit": { "type": "integer", "minimum": 1, "maximum": MOST_PROFILES, "description": "how many profiles at most; 50 by default" },
        "enrich": { "type": "boolean", "description": "read the further records of each profile too, which costs requests for each" },
    });
    match properties {
        Value::Object(properties) => properties,
        _ => Map::new(),
    }
}

/// The largest number of profiles in one result.
pub(super) const MOST_PROFILES: u64 = 1000;

pub(super) const TOOLS: [ToolDescription; 8] = [
    ToolDescription {
        name: "providers",
        description: "Shows the accounts, with the operations and fields that each service has.",
        schema: || object(&json!({ "account": text("only this account") }), &[]),
    },
    ToolDescription {
        name: "list",
        description: "Lists profiles of the accounts. `complete` says whether everybody is there.",
        schema: || {
            let mut properties = selection();
            properties.insert("account".to_owned(), text("only this account"));
            object(&Value::Object(properties), &[])
        },
    },
    ToolDescription {
        name: "members",
        description: "Lists the members of an organization, a workspace or a group, with their access in it.",
        schema: || {
            let mut properties = selection();
            properties.insert("of".to_owned(), text("its id, such as upsun:acme/organization/01H"));
            object(&Value::Object(properties), &["of"])
        },
    },
    ToolDescription {
        name: "find",
        description: "Finds a person in all accounts by e-mail address, user name, external id or id. Says at which accounts it is not known whether the person has a profile.",
        schema: || {
            object(
                &json!({ "key": text("the address, name or id"), "fields": texts("only these fields") }),
                &["key"],
            )
        },
    },
    ToolDescription {
        name: "get",
        description: "Shows one profile, with the state of each field that has no value.",
        schema: || {
            object(
                &json!({
                    "id": text("the id, such as upsun:acme/user/d81c8ee2"),
                    "enrich": { "type": "boolean", "description": "read the further records too" },
                    "fields": texts("only these fields"),
                }),
                &["id"],
            )
        },
    },
    ToolDescription {
        name: "review",
        description: "Counts for each account: statuses, second factor on, off and not known, dormant people. No personal data.",
        schema: || {
            object(
                &json!({
                    "account": text("only this account"),
                    "dormant_days": { "type": "integer", "minimum": 1, "description": "days without a sign-in after which somebody counts as dormant; 90 by default" },
                    "enrich": { "type": "boolean", "description": "read the further records too, such as the second factor at Upsun" },
                }),
                &[],
            )
        },
    },
    ToolDescription {
        name: "plan",
        description: "Plans a write and shows what it would change and send. Writes nothing. The plan is kept for fifteen minutes.",
        schema: || {
            object(
                &json!({
                    "operation": { "type": "string", "enum": ["update", "deactivate", "delete"] },
                    "id": text("the id of the profile"),
                    "set": { "type": "object", "description": "for an update: new values by field, such as {\"title\": \"cto\"}" },
                    "clear": texts("for an update: fields to clear"),
                }),
                &["operation", "id"],
            )
        },
    },
    ToolDescription {
        name: "apply",
        description: "Executes a plan that was shown, once, and reads the profile back. Ask the person before.",
        schema: || {
            object(
                &json!({
                    "plan": text("the id that `plan` returned"),
                    "although": texts("the guards of the plan that the person has allowed, word for word"),
                }),
                &["plan"],
            )
        },
    },
];

/// Reads the arguments of a tool. A value is not repeated in the error: it may be personal.
pub(super) fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let message = error.to_string();
        // serde repeats values of a wrong type in quotes; names of unknown or missing fields are in backticks.
        let is_safe = message.starts_with("unknown field") || message.starts_with("missing field");
        Refusal::arguments(if is_safe {
            format!("the arguments are wrong: {message}")
        } else {
            "the arguments are wrong: a value does not have the type of the schema".to_owned()
        })
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfAccount {
    pub(super) account: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub(super) account: Option<String>,
    #[serde(rename = "where")]
    pub(super) condition: Option<String>,
    pub(super) fields: Option<Vec<String>>,
    pub(super) limit: Option<u64>,
    #[serde(default)]
    pub(super) enrich: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Members {
    pub(super) of: String,
    #[serde(rename = "where")]
    pub(super) condition: Option<String>,
    pub(super) fields: Option<Vec<String>>,
    pub(super) limit: Option<u64>,
    #[serde(default)]
    pub(super) enrich: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Find {
    pub(super) key: String,
    pub(super) fields: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    pub(super) id: String,
    #[serde(default)]
    pub(super) enrich: bool,
    pub(super) fields: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Review {
    pub(super) account: Option<String>,
    pub(super) dormant_days: Option<u32>,
    #[serde(default)]
    pub(super) enrich: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operation {
    Update,
    Deactivate,
    Delete,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) operation: Operation,
    pub(super) id: String,
    #[serde(default)]
    pub(super) set: Map<String, Value>,
    #[serde(default)]
    pub(super) clear: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Apply {
    pub(super) plan: String,
    #[serde(default)]
    pub(super) although: Vec<String>,
}
