//! What a service holds, read without any of the code that is tested, and what a write may make of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use anyprofile::ProfileId;
use anyprofile_sandbox::{Body, Sandbox};
use futures_util::StreamExt as _;
use http::{Method, Request};
use serde_json::Value;

use crate::faults::Setting;

/// The records of a service, by the ids that a provider gives them. Times are left out.
pub type Records = BTreeMap<String, Value>;

/// Fields that change by themselves.
const TIMES: [&str; 7] =
    ["changed", "changed_by", "created_at", "last_login", "updated_at", "labels", "meta"];

/// The schema of every user of SCIM.
const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Returns the address of a record, if it has one.
pub fn address(record: &Value) -> Option<&str> {
    let address = record["email"].as_str().or_else(|| record["emails"][0]["value"].as_str());
    address.filter(|address| !address.is_empty())
}

/// Removes what has no value. At SCIM, null, an empty list and no attribute are the same (RFC 7643 §2.5), and a replacement makes one
/// of the other.
fn forget_unassigned(value: &mut Value) {
    let is_unassigned = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(forget_unassigned);
            fields.retain(|_, value| !is_unassigned(value));
        }
        Value::Array(items) => items.iter_mut().for_each(forget_unassigned),
        _ => {}
    }
}

/// Reads all records. No fault may be in force.
///
/// # Errors
/// If the sandbox answers otherwise than it should.
pub async fn records(sandbox: &Arc<Sandbox>, setting: Setting) -> io::Result<Records> {
    let reader = Reader { sandbox };
    let description = sandbox.description();
    let mut all = Records::new();
    let mut add = |kind: &str, records: &Value| {
        for record in records.as_array().into_iter().flatten() {
            let mut record = record.clone();
            let id = record["id"].as_str().unwrap_or_default().to_owned();
            if let Some(fields) = record.as_object_mut() {
                fields.retain(|name, _| !TIMES.contains(&name.as_str()));
            }
            if setting.service == "scim" {
                forget_unassigned(&mut record);
                // Some servers do not name the schema, and a replacement must (RFC 7643 §3).
                if let Value::Object(fields) = &mut record {
                    fields.entry("schemas").or_insert_with(|| Value::from([CORE_USER].as_slice()));
                }
                // Some servers send it as text.
                if let Some(is_active) =
                    record["active"].as_str().map(|text| text.eq_ignore_ascii_case("true"))
                {
                    record["active"] = is_active.into();
                }
            }
            // In the text of an id, some characters are escaped.
            let id = format!("{0}:{0}/{kind}/", setting.service) + &id.replace('%', "%25");
            all.insert(id.parse().map_or(id, |id: ProfileId| id.to_string()), record);
        }
    };
    match setting.service {
        "upsun" => {
            let form = format!("grant_type=api_token&api_token={}", description.upsun.api_token);
            let url = format!("{}/oauth2/token", description.upsun.auth_url);
            let client = ("authorization", "Basic cGxhdGZvcm0tYXBpLXVzZXI6");
            let token = reader.json(Method::POST, &url, &[client], form).await?;
            let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap_or_default());
            let mut number = 1;
            loop {
                let url = format!("{}/profiles?range=100&page={number}", description.upsun.base_url);
                let page = reader.get(&url, &[("authorization", &bearer)]).await?;
                add("user", &page["profiles"]);
                if page["_links"]["next"].is_null() {
                    break;
                }
                number += 1;
            }
        }
        "probely" => {
            let key = format!("JWT {}", description.probely.api_key);
            for (path, kind) in [("users", "user"), ("api-users", "api_user")] {
                let url = format!("{}/{path}/?length=1000", description.probely.base_url);
                add(kind, &reader.get(&url, &[("authorization", &key)]).await?["results"]);
            }
        }
        "scim" => {
            let token = format!("Bearer {}", description.scim.token);
            let mut start = 1;
            loop {
                let url = format!("{}/Users?startIndex={start}", description.scim.base_url);
                let page = reader.get(&url, &[("authorization", &token)]).await?;
                add("user", &page["Resources"]);
                start += page["itemsPerPage"].as_u64().unwrap_or_default();
                if page["itemsPerPage"] == 0 || page["totalResults"].as_u64() < Some(start) {
                    break;
                }
            }
        }
        _ => {
            let headers =
                [("x-api-key", description.anthropic.api_key.as_str()), ("anthropic-version", "2023-06-01")];
            let base = format!("{}/v1/user_profiles?limit=100&order=asc", description.anthropic.base_url);
            let mut url = base.clone();
            loop {
                let page = reader.get(&url, &headers).await?;
                add("user", &page["data"]);
                let Some(next) = page["next_page"].as_str() else { break };
                url = format!("{base}&page={next}");
            }
        }
    }
    Ok(all)
}

struct Reader<'a> {
    sandbox: &'a Sandbox,
}

impl Reader<'_> {
    async fn get(&self, url: &str, headers: &[(&str, &str)]) -> io::Result<Value> {
        self.json(Method::GET, url, headers, String::new()).await
    }

    async fn json(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        form: String,
    ) -> io::Result<Value> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .map_err(io::Error::other)?;
        let wrong = |what: String| io::Error::other(format!("the sandbox answers {url} with {what}"));
        let response = self.sandbox.call(request).await.map_err(|none| wrong(format!("{none:?}")))?;
        if !response.status().is_success() {
            return Err(wrong(response.status().to_string()));
        }
        let mut body = Vec::new();
        let mut chunks = response.into_body().into_data_stream();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(io::Error::other)?);
        }
        serde_json::from_slice(&body).map_err(io::Error::other)
    }
}

/// What a write is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A field of one record, by its JSON pointer, is to have a value.
    Set {
        /// The profile.
        id: String,
        /// The field.
        pointer: &'static str,
        /// The value.
        value: Value,
    },
    /// The record is to be gone.
    Remove {
        /// The profile.
        id: String,
    },
    /// A record with this name is to be there, which nobody else has.
    Create {
        /// The name.
        name: String,
    },
}

/// What whoever made a write says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It was made.
    Done,
    /// It was not made.
    NotDone,
    /// It may have been made.
    Unknown,
    /// It may have been made, and perhaps to somebody else.
    UnknownToWhom,
}

impl Intent {
    /// The records after it, if they were so before; the id of who is created is the one that is new.
    fn applied(&self, before: &Records, after: &Records) -> Records {
        let mut made = before.clone();
        match self {
            Self::Set { id, pointer, value } => {
                if let Some(Value::Object(fields)) = made.get_mut(id) {
                    fields.insert(pointer.trim_start_matches('/').to_owned(), value.clone());
                }
            }
            Self::Remove { id } => drop(made.remove(id)),
            Self::Create { name } => {
                let is_new = |(id, record): &(&String, &Value)| {
                    let names = [&record["name"], &record["displayName"]];
                    !before.contains_key(*id) && names.contains(&&Value::from(name.as_str()))
                };
                if let Some((id, record)) = after.iter().find(is_new) {
                    made.insert(id.clone(), record.clone());
                } else {
                    // So that it differs from what is there.
                    made.insert(String::new(), Value::Null);
                }
            }
        }
        made
    }

    /// What must not be of what was claimed, if it is so.
    pub fn violation(&self, claim: Claim, before: &Records, after: &Records) -> Option<String> {
        let is_undone = before == after;
        let is_done = *after == self.applied(before, after);
        let is_right = match claim {
            Claim::Done => is_done,
            Claim::NotDone => is_undone,
            Claim::Unknown => is_done || is_undone,
            Claim::UnknownToWhom => differences(before, after).len() <= 1,
        };
        let what = if is_undone {
            "nothing has changed".to_owned()
        } else {
            format!("these differ: {}", described_differences(before, after))
        };
        (!is_right).then(|| format!("{self:?} is said to be {claim:?}, and {what}"))
    }
}

/// The ids of the records that are not as they were.
pub fn differences<'a>(before: &'a Records, after: &'a Records) -> Vec<&'a str> {
    let changed = before.iter().filter(|(id, record)| after.get(*id) != Some(record));
    let added = after.iter().filter(|(id, _)| !before.contains_key(*id));
    changed.chain(added).map(|(id, _)| id.as_str()).collect()
}

/// The records that are not as they were, with the fields in which they differ: as each was, and as it is.
fn described_differences(before: &Records, after: &Records) -> String {
    let described = |id: &str| {
        let (Some(Value::Object(was)), Some(Value::Object(is))) = (before.get(id), after.get(id)) else {
            return id.to_owned();
        };
        let names: BTreeSet<_> = was.keys().chain(is.keys()).collect();
        let differing = names.into_iter().filter(|name| was.get(*name) != is.get(*name));
        let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
        let fields =
            differing.map(|name| format!("{name} from {} to {}", shown(was.get(name)), shown(is.get(name))));
        format!("{id} ({})", fields.collect::<Vec<_>>().join("; "))
    };
    differences(before, after).into_iter().map(described).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        Claim::{Done, NotDone, Unknown, UnknownToWhom},
        *,
    };

    #[test]
    fn each_claim_is_held_against_what_is_there() {
        let before =
            Records::from([("a".to_owned(), json!({"name": "x"})), ("b".to_owned(), json!({"name": "y"}))]);
        let with = |id: &str, name: &str| {
            let mut records = before.clone();
            records.insert(id.to_owned(), json!({"name": name}));
            records
        };
        let mut without = before.clone();
        without.remove("a");
        let mut both = with("a", "z");
        both.insert("b".to_owned(), json!({"name": "z"}));
        let mut twice = with("c", "new");
        twice.insert("d".to_owned(), json!({"name": "new"}));
        let set = Intent::Set { id: "a".to_owned(), pointer: "/name", value: json!("z") };
        let remove = Intent::Remove { id: "a".to_owned() };
        let create = Intent::Create { name: "new".to_owned() };
        for (intent, claim, after, is_right) in [
            (&set, Done, &with("a", "z"), true),
            (&set, Done, &before, false),
            (&set, Done, &with("b", "z"), false),
            (&set, Done, &both, false),
            (&set, NotDone, &before, true),
            (&set, NotDone, &with("a", "z"), false),
            (&set, Unknown, &with("a", "z"), true),
            (&set, Unknown, &before, true),
            (&set, Unknown, &with("b", "z"), false),
            (&set, UnknownToWhom, &with("b", "z"), true),
            (&set, UnknownToWhom, &both, false),
            (&remove, Done, &without, true),
            (&remove, Done, &before, false),
            (&remove, NotDone, &without, false),
            (&remove, Unknown, &without, true),
            (&create, Done, &with("c", "new"), true),
            (&create, Done, &before, false),
            (&create, Done, &with("c", "another"), false),
            (&create, Done, &twice, false),
            (&create, NotDone, &with("c", "new"), false),
            (&create, Unknown, &before, true),
            (&create, Unknown, &twice, false),
        ] {
            let violation = intent.violation(claim, &before, after);
            assert_eq!(violation.is_none(), is_right, "{intent:?}, {claim:?}, {after:?}: {violation:?}");
        }
    }
}
