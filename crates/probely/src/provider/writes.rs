//! What is written, through the trait.

use anyprofile_core::{
    Change, FieldPath, ProfileChange, ProfileDraft, ProfileId, ProfileProvider as _, Receipt, Result,
    RoleAssignment, RoleScope, ScopeTier, Write, async_trait, wire::WithRaw,
};
use anyprofile_http::{
    HttpClient,
    actions::{Action, Actions},
};

use super::{API_USER, ProbelyProvider};
use crate::{
    client::{api_user_request, deactivate_user_request, user_request},
    map,
    wire::{self, ApiUserUpdate, GrantScope, LabelByName, RoleGrant, Title, UserCreate, UserUpdate},
};

/// The text that a field is to have.
fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    match change.get(path) {
        Change::Set(value) => value.as_str().map(str::to_owned),
        Change::Keep | Change::Clear => None,
    }
}

fn title(change: &ProfileChange) -> Option<Title> {
    match change.get(&FieldPath::TITLE) {
        Change::Keep => None,
        Change::Clear => Some(Title::NotSet),
        Change::Set(value) => value.as_str().map(Title::from),
    }
}

/// The texts of a list that a field is to have; none of them where it is to be cleared.
fn list<'a>(change: &'a ProfileChange, path: &FieldPath) -> Option<impl Iterator<Item = &'a str>> {
    let items = match change.get(path) {
        Change::Keep => return None,
        Change::Clear => [].iter(),
        Change::Set(value) => value.as_array().map_or(&[][..], Vec::as_slice).iter(),
    };
    Some(items.filter_map(serde_json::Value::as_str))
}

fn labels(change: &ProfileChange) -> Option<Vec<LabelByName>> {
    Some(list(change, &FieldPath::LABELS)?.map(LabelByName::new).collect())
}

/// The roles, whose form was checked.
fn roles(change: &ProfileChange) -> Option<Vec<RoleGrant>> {
    let assignments = list(change, &FieldPath::ROLES)?.filter_map(|text| text.parse::<RoleAssignment>().ok());
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

/// Whether the profile may sign in.
fn active(change: &ProfileChange) -> Option<bool> {
    text(change, &FieldPath::STATUS).map(|status| status == "active")
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

impl ProbelyProvider {
    fn create_body(draft: &ProfileDraft) -> UserCreate {
        let fields = draft.fields();
        let text = |path| text(fields, path).unwrap_or_default();
        let mut create = UserCreate::new(text(&FieldPath::EMAILS), text(&FieldPath::NAME_DISPLAY));
        create.title = title(fields);
        create.active = active(fields);
        create.labels = labels(fields);
        create.user_roles = roles(fields);
        create
    }

    /// A user is deactivated as the service has it; an API user is changed to one that may not sign in.
    fn action(&self, write: &Write) -> Result<Action> {
        match write {
            Write::Create { draft } => {
                let request = self.client.create_user_request(&Self::create_body(draft))?;
                let (provider, kind) = (self.clone(), draft.kind().clone());
                Ok(Action::new(request, move |answer| {
                    let kept: WithRaw<wire::User> = answer.decode_record()?;
                    let profile = provider.one(answer, &kind, map::USER, kept);
                    profile.map(|profile| Receipt::Shows(Box::new(profile)))
                })
                .with_hint("the user may be there all the same: find the e-mail address before trying again"))
            }
            Write::Update { id, change } => self.update(id, change),
            Write::Deactivate { id } if id.kind == API_USER => self.update(id, &suspended()),
            Write::Deactivate { id } => {
                let asked = id.clone();
                Ok(Action::new(deactivate_user_request(id.native()), move |answer| {
                    answer.acknowledges(&asked).map(|()| Receipt::Accepted)
                }))
            }
            other => Err(other.unsupported(self.info(), self.capabilities())),
        }
    }

    fn update(&self, id: &ProfileId, change: &ProfileChange) -> Result<Action> {
        let native = id.native();
        let (request, read, view) = if id.kind == API_USER {
            let request = self.client.update_api_user_request(native, &api_user_update(change))?;
            (request, api_user_request(native), map::API_USER)
        } else {
            let request = self.client.update_user_request(native, &user_update(change))?;
            (request, user_request(native), map::USER)
        };
        let (provider, id) = (self.clone(), id.clone());
        Ok(Action::new(request, move |answer| {
            let profile = provider.asked(answer, &id, view.clone(), answer.decode_record()?);
            profile.map(|profile| Receipt::Shows(Box::new(profile)))
        })
        .with_read_back(read))
    }
}

#[async_trait]
impl Actions for ProbelyProvider {
    fn http(&self) -> &HttpClient {
        &self.client.http
    }

    fn actions(&self, write: &Write) -> Result<Vec<Action>> {
        self.action(write).map(|action| vec![action])
    }
}

fn suspended() -> ProfileChange {
    ProfileChange::new().set(FieldPath::STATUS, "suspended")
}
