//! Writes.

use anyprofile_core::{FieldPath, ProfileChange, ProfileDraft, ProfileId, Result, Write};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::Caller;

use super::{API, API_USER, ProbelyConnector, USER, roles};
use crate::{
    operations,
    wire::{ApiUserUpdate, LabelByName, Title, UserCreate, UserUpdate},
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
    create.user_roles = roles::wanted(fields);
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

/// Returns whether a change has fields of the user's record. Roles are records of their own.
fn is_of_record(change: &ProfileChange) -> bool {
    change.iter().any(|(path, _)| *path != FieldPath::ROLES)
}

impl ProbelyConnector {
    pub(super) fn actions(&self, caller: &Caller, write: &Write, basis: &Basis) -> Result<Vec<Action>> {
        Ok(match write {
            Write::Create { draft } => {
                vec![Action::shows(USER.of(operations::create_user(&user_create(draft))))]
            }
            Write::Update { id, change } => {
                let of_record = is_of_record(change).then(|| update(id, change));
                of_record.into_iter().chain(roles::actions(id, change, basis)?).collect()
            }
            Write::Deactivate { id } if id.kind == API_USER => {
                vec![update(id, &ProfileChange::new().set(FieldPath::STATUS, "suspended"))]
            }
            Write::Deactivate { id } => {
                vec![Action::accepted(operations::deactivate_user(id.native()), id)]
            }
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        })
    }
}
