//! Writes.

use anyprofile_core::{
    FieldPath, ProfileChange, ProfileDraft, ProfileId, Result, Write,
    profile::{RoleAssignment, RoleScope, ScopeTier},
};
use anyprofile_engine::Action;
use anyprofile_http::Caller;

use super::{API, API_USER, ProbelyConnector, USER};
use crate::{
    operations,
    wire::{ApiUserUpdate, GrantScope, LabelByName, RoleGrant, Title, UserCreate, UserUpdate},
};

fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    change.text(path).into_set().map(str::to_owned)
}

fn title(change: &ProfileChange) -> Option<Title> {
    change.text(&FieldPath::TITLE).map(Title::from).or_cleared_by(Title::NotSet)
}

fn labels(change: &ProfileChange) -> Option<Vec<LabelByName>> {
    let labels = change.texts(&FieldPath::LABELS).or_cleared_by(Vec::new())?;
    Some(labels.into_iter().map(LabelByName::new).collect())
}

/// Returns the roles. Their format has been checked before.
fn roles(change: &ProfileChange) -> Option<Vec<RoleGrant>> {
    let roles = change.texts(&FieldPath::ROLES).or_cleared_by(Vec::new())?;
    let assignments = roles.into_iter().filter_map(|text| text.parse::<RoleAssignment>().ok());
    let grant = |RoleAssignment { role, scope, .. }: RoleAssignment| {
        let place = |scope: &RoleScope| scope.id.value().cloned().unwrap_or_default();
        let scope = match scope.value().map(|scope| (scope.tier.value(), place(scope))) {
            Some((Some(ScopeTier::Team), place)) => GrantScope::Team(place),
            Some((Some(ScopeTier::Target), place)) => GrantScope::Target(place),
            _ => GrantScope::Account,
        };
        Some(RoleGrant::new(role.into_value()?.id.into_value()?, scope))
    };
    Some(assignments.filter_map(grant).collect())
}

/// Returns whether the profile may sign in.
fn active(change: &ProfileChange) -> Option<bool> {
    change.text(&FieldPath::STATUS).into_set().map(|status| status == "active")
}

fn user_update(change: &ProfileChange) -> UserUpdate {
    UserUpdate {
        email: text(change, &FieldPath::EMAILS),
        name: text(change, &FieldPath::NAME_DISPLAY),
        title: title(change),
        active: active(change),
        labels: labels(change),
        ..UserUpdate::default()
    }
}

fn api_user_update(change: &ProfileChange) -> ApiUserUpdate {
    ApiUserUpdate {
        name: text(change, &FieldPath::NAME_DISPLAY),
        active: active(change),
        labels: labels(change),
        ..ApiUserUpdate::default()
    }
}

fn user_create(draft: &ProfileDraft) -> UserCreate {
    let fields = draft.fields();
    let text = |path| text(fields, path).unwrap_or_default();
    let mut create = UserCreate::new(text(&FieldPath::EMAILS), text(&FieldPath::NAME_DISPLAY));
    create.title = title(fields);
    create.active = active(fields);
    create.labels = labels(fields);
    create.user_roles = roles(fields);
    create
}

/// An API user is not deactivated with `DELETE`, but updated to inactive.
fn update(id: &ProfileId, change: &ProfileChange) -> Action {
    Action::shows(if id.kind == API_USER {
        API.asked(operations::update_api_user(id.native(), &api_user_update(change)), id)
    } else {
        USER.asked(operations::update_user(id.native(), &user_update(change)), id)
    })
}

impl ProbelyConnector {
    pub(super) fn action(&self, caller: &Caller, write: &Write) -> Result<Action> {
        Ok(match write {
            Write::Create { draft } => Action::shows(USER.of(operations::create_user(&user_create(draft)))),
            Write::Update { id, change } => update(id, change),
            Write::Deactivate { id } if id.kind == API_USER => {
                update(id, &ProfileChange::new().set(FieldPath::STATUS, "suspended"))
            }
            Write::Deactivate { id } => Action::accepted(operations::deactivate_user(id.native()), id),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }
}
