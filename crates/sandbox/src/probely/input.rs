//! Reads the bodies of writes, in the three formats that the service accepts.

mod entries;
mod nested;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::store::Group;
use super::user::Role;
use super::{detail, field_errors};
use crate::exchange::{Call, Query, Reply, is_email};
use crate::multipart::{boundary, parts};
pub(super) use entries::{AssignmentDraft, Step, bulk_steps};
use nested::{read_label, read_role};

const MAX_NAME: usize = 60;
const MAX_EMAIL: usize = 254;
const MAX_LABEL: usize = 255;
/// The words of the job titles; the empty one is one of them.
const TITLES: [&str; 9] = ["ceo", "cto", "cso", "seceng", "dev", "devop", "manager", "other", ""];

const REQUIRED: &str = "This field is required.";
const NULL: &str = "This field may not be null.";
const BLANK: &str = "This field may not be blank.";

/// The fields of a user in a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) title: Option<String>,
    pub(super) active: Option<bool>,
    /// The names and colors.
    pub(super) labels: Option<Vec<(String, String)>>,
    pub(super) roles: Option<Vec<Role>>,
}

/// The kind of write that a body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Write {
    Create,
    Replace,
    Update,
    Bulk,
}

/// Reads fields and collects their errors.
pub(super) struct Reader {
    body: Map<String, Value>,
    /// The ids and names of the account's teams.
    teams: Vec<(String, String)>,
    pub(super) errors: Map<String, Value>,
}

impl Reader {
    pub(super) fn new(call: &Call, teams: Vec<(String, String)>) -> Result<Self, Reply> {
        Ok(Self { body: fields(&call.headers, &call.body)?, teams, errors: Map::new() })
    }

    /// Returns what was read, if there are no errors.
    pub(super) fn finish<T>(self, read: T) -> Result<T, Reply> {
        if self.errors.is_empty() { Ok(read) } else { Err(field_errors(self.errors)) }
    }

    /// Reads the fields of a user. Fields that the write does not have are ignored: roles except for a new
    /// user, and an API user's e-mail address. No response shows an API user's title and permissions, so they
    /// are only checked.
    pub(super) fn draft(&mut self, group: Group, write: Write) -> Draft {
        let mut draft = Draft {
            name: self.text("name", MAX_NAME),
            active: self.flag("active"),
            labels: self.labels(),
            ..Draft::default()
        };
        let title = self.title();
        if group == Group::People {
            draft.title = title;
            if write != Write::Bulk {
                draft.email = self.email();
            }
        } else if matches!(write, Write::Create | Write::Replace) {
            self.check_permissions();
        }
        match write {
            Write::Create => {
                draft.roles = self.roles();
                self.require("name");
                if group == Group::People {
                    self.require("email");
                }
            }
            Write::Replace => {
                self.require("name");
                // The only field with a documented default. That a replacement resets it is inferred, as is
                // that the other fields stay unchanged.
                draft.active = draft.active.or(Some(true));
            }
            Write::Update | Write::Bulk => {}
        }
        draft
    }

    pub(super) fn refuse(&mut self, name: &str, message: impl Into<String>) {
        self.errors.entry(name).or_insert_with(|| json!([message.into()]));
    }

    fn require(&mut self, name: &str) {
        if !self.body.contains_key(name) {
            self.refuse(name, REQUIRED);
        }
    }

    /// Reads a required text that is not empty.
    pub(super) fn required_text(&mut self, name: &str) -> String {
        self.require(name);
        self.text(name, usize::MAX).unwrap_or_default()
    }

    fn text(&mut self, name: &str, most: usize) -> Option<String> {
        let value = self.body.get(name)?.clone();
        match value {
            Value::Null => self.refuse(name, NULL),
            Value::String(text) if text.trim().is_empty() => self.refuse(name, BLANK),
            Value::String(text) if text.chars().count() > most => {
                self.refuse(name, format!("Ensure this field has no more than {most} characters."));
            }
            Value::String(text) => return Some(text),
            _ => self.refuse(name, "Not a valid string."),
        }
        None
    }

    fn email(&mut self) -> Option<String> {
        let email = self.text("email", MAX_EMAIL)?;
        if is_email(&email) {
            return Some(email);
        }
        self.refuse("email", "Enter a valid email address.");
        None
    }

    fn title(&mut self) -> Option<String> {
        let value = self.body.get("title")?.clone();
        match value.as_str() {
            Some(title) if TITLES.contains(&title) => return Some(title.to_owned()),
            Some(title) => self.refuse("title", format!("\"{title}\" is not a valid choice.")),
            None if value.is_null() => self.refuse("title", NULL),
            None => self.refuse("title", format!("\"{value}\" is not a valid choice.")),
        }
        None
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.body.get(name)?.clone();
        match value {
            Value::Bool(flag) => return Some(flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => return Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => return Some(false),
            Value::Null => self.refuse(name, NULL),
            _ => self.refuse(name, "Must be a valid boolean."),
        }
        None
    }

    fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        let value = self.body.get(name)?.clone();
        match value {
            Value::Array(items) => return Some(items),
            Value::Null => self.refuse(name, NULL),
            _ => self.refuse(name, "Expected a list of items."),
        }
        None
    }

    pub(super) fn ids(&mut self) -> Vec<String> {
        self.require("ids");
        // A form with one id does not show that it is a list.
        if let Some(one @ Value::String(_)) = self.body.get("ids") {
            let one = one.clone();
            self.body.insert("ids".to_owned(), json!([one]));
        }
        let Some(items) = self.list("ids") else { return Vec::new() };
        if items.is_empty() {
            self.refuse("ids", "This list may not be empty.");
        }
        let ids: Vec<String> = items.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
        if ids.len() < items.len() {
            self.refuse("ids", "Not a valid string.");
        }
        ids
    }

    /// Checks an API user's permissions. The document has a list of texts, from client code; the permissions of
    /// a role are objects with ids.
    fn check_permissions(&mut self) {
        let has_id = |permission: &Value| {
            let id = permission.as_str().or_else(|| permission.get("id")?.as_str());
            id.is_some_and(|id| !id.is_empty())
        };
        if self.list("permissions").is_some_and(|permissions| !permissions.iter().all(has_id)) {
            self.refuse("permissions", "Not a valid permission.");
        }
    }

    fn labels(&mut self) -> Option<Vec<(String, String)>> {
        let labels: Result<Vec<_>, _> = self.list("labels")?.iter().map(read_label).collect();
        labels.map_err(|message| self.refuse("labels", message)).ok()
    }

    fn roles(&mut self) -> Option<Vec<Role>> {
        let roles = self.list("user_roles")?;
        let roles: Result<Vec<_>, _> = roles.iter().map(|role| read_role(role, &self.teams)).collect();
        roles.map_err(|message| self.refuse("user_roles", message)).ok()
    }
}

/// Returns the fields of a body in any format. An empty body has none.
fn fields(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, Reply> {
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if body.is_empty() {
        return Ok(Map::new());
    }
    if let Some(boundary) = boundary(content_type) {
        let Some(parts) = parts(body, &boundary) else {
            return Err(detail(400, "Multipart form parse error."));
        };
        let texts = parts.iter().filter(|part| part.file_name.is_none());
        return Ok(form(
            texts.map(|part| (part.name.clone(), String::from_utf8_lossy(&part.content).into_owned())),
        ));
    }
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(field_errors(Map::from_iter([(
                "non_field_errors".to_owned(),
                json!(["Invalid data. Expected a dictionary."]),
            )]))),
            Err(_) => Err(detail(400, "JSON parse error.")),
        },
        "application/x-www-form-urlencoded" => {
            let query = Query::parse(&String::from_utf8_lossy(body));
            Ok(form(query.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()))))
        }
        other => Err(detail(415, &format!("Unsupported media type \"{other}\" in request."))),
    }
}

/// Converts a form. A repeated field is a list.
fn form(pairs: impl Iterator<Item = (String, String)>) -> Map<String, Value> {
    let mut fields: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match fields.get_mut(&name) {
            None => drop(fields.insert(name, value.into())),
            Some(Value::Array(items)) => items.push(value.into()),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    fields
}
