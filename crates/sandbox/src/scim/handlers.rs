//! The operations on users and groups.

use serde_json::Value;

use super::errors::{Refusal, Result};
use super::parameters::Parameters;
use super::path::Record;
use super::projection::Projection;
use super::resource::location;
use super::schema::Kind;
use super::store::Store;
use super::{MEDIA_TYPE, Scim, discovery, input, listing, patch};
use crate::exchange::{Call, Reply};

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Returns a response, or the error.
pub(super) fn reply(result: Result<Reply>) -> Reply {
    result.unwrap_or_else(|refusal| refusal.reply())
}

pub(super) fn success(status: u16, body: &Value) -> Reply {
    Reply::text(status, MEDIA_TYPE, body.to_string())
}

fn version(record: &Record) -> String {
    record.get("meta").and_then(|meta| meta["version"].as_str()).unwrap_or_default().to_owned()
}

/// Returns whether a header names a version, strong or weak (RFC 9110 §8.8.3.2).
fn names_version(header: &str, version: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.split(',').any(|tag| tag.trim() == "*" || opaque(tag) == opaque(version))
}

/// Refuses a write that names another version than the current one.
fn check_version(call: &Call, record: &Record) -> Result<()> {
    match call.header("if-match") {
        Some(wanted) if !names_version(wanted, &version(record)) => {
            Err(Refusal::new(412, "The resource has another version."))
        }
        _ => Ok(()),
    }
}

fn projection(call: &Call, kind: Kind) -> Result<Projection> {
    Projection::parse(kind, call.query.get("attributes"), call.query.get("excludedAttributes"))
}

/// Checks what a resource says of others: a user name belongs to one user, and a group has members that exist.
fn check(store: &Store, kind: Kind, index: Option<u64>, fields: &Record) -> Result<()> {
    input::check(kind, fields)?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    if kind == Kind::User {
        let holder = store.index_of_name(text("userName"));
        return if holder.is_none() || holder == index { Ok(()) } else { Err(Refusal::taken("userName")) };
    }
    let members = fields.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // A member that was deleted meanwhile is not shown, and no obstacle to a change.
    let before = index.map(|index| store.resource(kind, index).fields);
    let before = before.as_ref().and_then(|fields| fields.get("members")?.as_array());
    let is_known = |member: &Value| {
        let was_there = before.is_some_and(|before| before.iter().any(|it| it["value"] == member["value"]));
        was_there || member["value"].as_str().is_some_and(|id| store.is_member_id(id))
    };
    if members.iter().all(is_known) {
        return Ok(());
    }
    Err(Refusal::invalid("invalidValue", "A member must be the id of a user or group."))
}

impl Scim {
    pub(super) fn provider_config(&self) -> Reply {
        success(200, &discovery::provider_config(&self.base_url, self.has_cursors))
    }

    pub(super) fn list(&self, call: &Call, kind: Kind) -> Reply {
        reply(Parameters::of_query(kind, &call.query, self.has_cursors).map(|asked| self.page(kind, &asked)))
    }

    pub(super) fn search(&self, call: &Call, kind: Kind) -> Reply {
        reply(input::object(call).and_then(|body| {
            input::check_schema(&body, SEARCH)?;
            let asked = Parameters::of_body(kind, &body, self.has_cursors)?;
            Ok(self.page(kind, &asked))
        }))
    }

    fn page(&self, kind: Kind, asked: &Parameters) -> Reply {
        success(200, &listing::page(&self.read_store(), kind, asked, &self.last_selection))
    }

    pub(super) fn get(&self, call: &Call, kind: Kind, id: &str) -> Reply {
        let store = self.read_store();
        reply(store.index_of(kind, id).ok_or_else(Refusal::not_found).and_then(|index| {
            let record = store.shown(kind, index);
            match call.header("if-none-match") {
                Some(known) if names_version(known, &version(&record)) => {
                    Ok(Reply::empty(304).header("etag", version(&record)))
                }
                _ => Ok(show(200, record, &projection(call, kind)?)),
            }
        }))
    }

    /// Returns the credential's own user.
    pub(super) fn me(&self, call: &Call) -> Reply {
        let store = self.read_store();
        if !store.has(Kind::User, 0) {
            return Refusal::not_found().reply();
        }
        reply(projection(call, Kind::User).map(|shown| {
            let record = store.shown(Kind::User, 0);
            let location = record["meta"]["location"].as_str().unwrap_or_default().to_owned();
            show(200, record, &shown).header("content-location", location)
        }))
    }

    pub(super) fn create(&self, call: &Call, kind: Kind) -> Reply {
        reply(input::object(call).and_then(|body| {
            let fields = input::resource(kind, &body)?;
            let shown = projection(call, kind)?;
            let mut store = self.write_store();
            check(&store, kind, None, &fields)?;
            let index = store.create(kind, fields, self.clock.now());
            let record = store.shown(kind, index);
            let id = record["id"].as_str().unwrap_or_default();
            let location = location(&self.base_url, kind, id);
            Ok(show(201, record, &shown).header("location", location))
        }))
    }

    pub(super) fn replace(&self, call: &Call, kind: Kind, id: &str) -> Reply {
        self.change(call, kind, id, |before, body| {
            let mut fields = input::resource(kind, body)?;
            // What no schema has is the service's own, and no client can replace it.
            let own = before.iter().filter(|(name, _)| kind.all().all(|known| known.name != *name));
            for (name, value) in own {
                fields.insert(name.clone(), value.clone());
                if name.starts_with("urn:")
                    && let Some(schemas) = fields.get_mut("schemas").and_then(Value::as_array_mut)
                {
                    schemas.push(name.as_str().into());
                }
            }
            Ok(fields)
        })
    }

    pub(super) fn patch(&self, call: &Call, kind: Kind, id: &str) -> Reply {
        self.change(call, kind, id, |before, body| patch::patched(kind, before, body))
    }

    fn change(
        &self,
        call: &Call,
        kind: Kind,
        id: &str,
        changed: impl FnOnce(&Record, &Record) -> Result<Record>,
    ) -> Reply {
        // The lock is held from here on, so that a version that is checked is the one that is changed.
        let mut store = self.write_store();
        reply(store.index_of(kind, id).ok_or_else(Refusal::not_found).and_then(|index| {
            check_version(call, &store.shown(kind, index))?;
            let shown = projection(call, kind)?;
            let body = input::object(call)?;
            let fields = changed(&store.resource(kind, index).fields, &body)?;
            check(&store, kind, Some(index), &fields)?;
            store.write(kind, index, fields, self.clock.now());
            Ok(show(200, store.shown(kind, index), &shown))
        }))
    }

    pub(super) fn delete(&self, call: &Call, kind: Kind, id: &str) -> Reply {
        let mut store = self.write_store();
        reply(store.index_of(kind, id).ok_or_else(Refusal::not_found).and_then(|index| {
            check_version(call, &store.shown(kind, index))?;
            store.delete(kind, index);
            Ok(Reply::empty(204))
        }))
    }
}

/// Returns a response with a resource.
fn show(status: u16, record: Record, projection: &Projection) -> Reply {
    let version = version(&record);
    success(status, &projection.show(record)).header("etag", version)
}
