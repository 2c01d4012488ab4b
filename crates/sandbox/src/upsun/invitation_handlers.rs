//! The operations on invitations.
//!
//! Nobody answers the messages: an invitation stays pending, unless the address is that of a user, who accepts
//! at once, or ends in `.invalid`, which fails.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::cursor::RequestedPage;
use super::errors::error;
use super::invitations::{InvitationTarget, Invitations, IsPending};
use super::member_handlers::granted;
use super::organizations::{Access, Organization, by_ulid};
use super::projects;
use super::rules::{Rule, Writable, read_body, read_whole_body};
use crate::exchange::{Call, Reply};
use crate::server::lock;

const MAX_INVITATIONS: u64 = 100;
/// The number of pending invitations that the plan of a trial allows.
const MAX_OF_TRIAL: usize = 2;
/// The public document and the official client differ in the word for creating projects.
const WORDS: [&str; 7] =
    ["admin", "billing", "plans", "members", "project:create", "projects:create", "projects:list"];
const ROLES: [(&str, &str); 2] = [("admin", "admin"), ("viewer", "viewer")];
const ORGANIZATION: [Writable; 2] = [("email", Rule::Email), ("permissions", Rule::Words(&WORDS))];
const PROJECT: [Writable; 1] = [("email", Rule::Email)];
const FORCE: [Writable; 1] = [("force", Rule::Flag)];
const PROJECT_FIELDS: [Writable; 4] = [
    ("role", Rule::Word(&ROLES)),
    ("permissions", Rule::List),
    ("environments", Rule::List),
    ("force", Rule::Flag),
];
/// The environments of every project: id, type and title.
const ENVIRONMENTS: [(&str, &str, &str); 3] =
    [("main", "production", "Main"), ("stage", "staging", ""), ("dev", "development", "Geliştirme")];
const ENVIRONMENT_ROLES: [&str; 3] = ["admin", "contributor", "viewer"];

impl Upsun {
    pub(super) fn list_org_invitations(&self, call: &Call, id: &str) -> Reply {
        match invitable(id) {
            Ok(organization) => {
                let path = format!("/organizations/{id}/invitations");
                self.page_of_invitations(call, &path, InvitationTarget::Organization(organization.number))
            }
            Err(refusal) => refusal,
        }
    }

    pub(super) fn create_org_invitation(&self, call: &Call, id: &str) -> Reply {
        let organization = match invitable(id) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        let bodies =
            read_whole_body(call, &ORGANIZATION).and_then(|body| Ok((body, read_body(call, &FORCE)?)));
        let (body, force) = match bodies {
            Ok(bodies) => bodies,
            Err(refusal) => return refusal.of_user(),
        };
        let email = text(&body, "email");
        let mut record = self.invitation(email);
        record["organization_id"] = organization.ulid.into();
        record["permissions"] = body.get("permissions").cloned().unwrap_or_else(|| json!([]));
        let granted = granted(&body).unwrap_or_default();
        let granted = granted.into_iter().map(|word| match word.as_str() {
            "project:create" => "projects:create".to_owned(),
            _ => word,
        });
        let place = InvitationTarget::Organization(organization.number);
        self.invite(place, record, is_forced(&force), || self.join(organization, email, granted.collect()))
    }

    pub(super) fn cancel_org_invitation(&self, id: &str, invitation_id: &str) -> Reply {
        match invitable(id) {
            Ok(organization) => {
                self.cancel(InvitationTarget::Organization(organization.number), invitation_id)
            }
            Err(refusal) => refusal,
        }
    }

    pub(super) fn list_project_invitations(&self, call: &Call, id: &str) -> Reply {
        match project(id) {
            Ok((number, _)) => {
                let path = format!("/projects/{id}/invitations");
                self.page_of_invitations(call, &path, InvitationTarget::Project(number))
            }
            Err(refusal) => refusal,
        }
    }

    pub(super) fn create_project_invitation(&self, call: &Call, id: &str) -> Reply {
        let (number, organization) = match project(id) {
            Ok(found) => found,
            Err(refusal) => return refusal,
        };
        let bodies =
            read_whole_body(call, &PROJECT).and_then(|body| Ok((body, read_body(call, &PROJECT_FIELDS)?)));
        let (body, fields) = match bodies {
            Ok(bodies) => bodies,
            Err(refusal) => return refusal.of_user(),
        };
        let Some(environments) = environments(&fields) else {
            return error(400, "The permissions or environments are invalid.");
        };
        let place = InvitationTarget::Project(number);
        // Every third organization has a trial.
        if organization.number % 3 == 2 && lock(&self.invitations).pending(place) >= MAX_OF_TRIAL {
            return error(402, "The plan allows no more users.");
        }
        let email = text(&body, "email");
        let mut record = self.invitation(email);
        record["project_id"] = projects::id(number).into();
        record["role"] = fields.get("role").cloned().unwrap_or_else(|| "viewer".into());
        // Whoever administers the project needs no role in an environment.
        record["environments"] = if record["role"] == "admin" { json!([]) } else { environments };
        // Whoever is added to a project becomes a member of the organization, without permissions.
        self.invite(place, record, is_forced(&fields), || self.join(organization, email, Vec::new()))
    }

    pub(super) fn cancel_project_invitation(&self, id: &str, invitation_id: &str) -> Reply {
        match project(id) {
            Ok((number, _)) => self.cancel(InvitationTarget::Project(number), invitation_id),
            Err(refusal) => refusal,
        }
    }

    fn page_of_invitations(&self, call: &Call, path: &str, place: InvitationTarget) -> Reply {
        let page = || -> Result<Vec<Value>, String> {
            let window =
                RequestedPage::parse(&call.query, self.records.seed, path, self.page_size, MAX_INVITATIONS)?;
            Ok(window.cut(&lock(&self.invitations).list(place, &call.query)?))
        };
        match page() {
            // A bare array: nothing says how to go on.
            Ok(items) => Reply::json(200, &Value::Array(items)),
            Err(detail) => error(400, &detail),
        }
    }

    /// Returns the fields that all new invitations have.
    fn invitation(&self, email: &str) -> Value {
        let state = if lock(&self.users).index_of_email(email).is_some() {
            "accepted"
        } else if email.to_ascii_lowercase().ends_with(".invalid") {
            "error"
        } else {
            "pending"
        };
        let now = self.now();
        let inviter = lock(&self.users).user(0);
        let name = |field: &str| inviter.get(field).and_then(Value::as_str).unwrap_or_default();
        json!({
            "state": state,
            "email": email,
            "owner": {
                "id": self.records.user_id(0),
                "display_name": format!("{} {}", name("first_name"), name("last_name")),
            },
            "created_at": now,
            "updated_at": now,
            "finished_at": if state == "pending" { Value::Null } else { now.as_str().into() },
        })
    }

    fn invite(&self, place: InvitationTarget, record: Value, force: bool, join: impl FnOnce()) -> Reply {
        let now = self.now();
        let is_accepted = record["state"] == "accepted";
        let created = lock(&self.invitations).create(place, record, force, &now);
        match created {
            Ok(invitation) => {
                if is_accepted {
                    join();
                }
                Reply::json(201, &invitation)
            }
            Err(IsPending) => error(409, "An invitation for this address is pending."),
        }
    }

    /// Makes the user with this address a member, unless they are one.
    fn join(&self, organization: Organization, email: &str, permissions: Vec<String>) {
        let Some(index) = lock(&self.users).index_of_email(email) else { return };
        let mut members = lock(&self.members);
        let user_id = self.records.user_id(index);
        if self.members_of(&members, organization).find(&user_id).is_none() {
            members.add(organization, index, permissions, &self.now());
        }
    }

    fn cancel(&self, place: InvitationTarget, id: &str) -> Reply {
        let invitations: &mut Invitations = &mut lock(&self.invitations);
        Reply::empty(if invitations.cancel(place, id, &self.now()) { 204 } else { 404 })
    }
}

/// Returns the organization, if the token may invite to it. Whether it exists is not told.
fn invitable(id: &str) -> Result<Organization, Reply> {
    let found = by_ulid(id)
        .filter(|organization| organization.access != Access::Denied && organization.status != "deleted");
    found.ok_or_else(|| error(403, "The user may not invite to this organization."))
}

/// Returns the number of a project that the token may invite to, and its organization.
fn project(id: &str) -> Result<(u64, Organization), Reply> {
    let found = projects::find(id).filter(|(_, organization)| organization.status != "deleted");
    match found {
        None => Err(error(404, "There is no such project.")),
        Some((_, organization)) if organization.access == Access::Denied => {
            Err(error(403, "The user may not invite to this project."))
        }
        Some(found) => Ok(found),
    }
}

/// Returns the environments that the roles of a body are for, or nothing if a type, an id or a role is unknown.
fn environments(fields: &Map<String, Value>) -> Option<Value> {
    let mut environments = Vec::new();
    let mut add = |is: &dyn Fn(&(&str, &str, &str)) -> bool, role: &Value| {
        let (id, kind, title) = ENVIRONMENTS.into_iter().find(is)?;
        let role = ENVIRONMENT_ROLES.into_iter().find(|known| role == known)?;
        environments.push(json!({"id": id, "type": kind, "role": role, "title": title}));
        Some(())
    };
    for grant in fields.get("permissions").and_then(Value::as_array).into_iter().flatten() {
        add(&|(_, kind, _)| grant["type"] == *kind, &grant["role"])?;
    }
    for grant in fields.get("environments").and_then(Value::as_array).into_iter().flatten() {
        add(&|(id, _, _)| grant["id"] == *id, &grant["role"])?;
    }
    Some(Value::Array(environments))
}

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn is_forced(body: &Map<String, Value>) -> bool {
    body.get("force").is_some_and(|force| *force == true)
}
