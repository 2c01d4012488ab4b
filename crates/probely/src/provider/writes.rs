//! What is written, through the trait.

use anyprofile_core::{
    Change, ErrorKind, FieldPath, PlannedRequest, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProfileProvider as _, Result, RoleAssignment, RoleScope, ScopeTier, wire::WithRaw,
};
use anyprofile_http::Request;

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

    pub(super) fn planned_create(&self, draft: &ProfileDraft) -> Result<Vec<PlannedRequest>> {
        draft.check(self)?;
        let request = self.client.create_user_request(&Self::create_body(draft))?;
        Ok(vec![self.client.http.planned(&request)?])
    }

    pub(super) async fn create_profile(&self, draft: &ProfileDraft) -> Result<Profile> {
        draft.check(self)?;
        let request = self.client.create_user_request(&Self::create_body(draft))?;
        let made = self.client.http.send(request).await.and_then(|answer| {
            let kept: WithRaw<wire::User> = answer.decode_record()?;
            self.one(&answer, draft.kind(), map::USER, kept)
        });
        made.map_err(|error| {
            error.with_hint_if_effect(
                "the user may be there all the same: find the e-mail address before trying again",
            )
        })
    }

    pub(super) fn planned_update(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
    ) -> Result<Vec<PlannedRequest>> {
        change.check(id, self.info(), self.capabilities())?;
        if change.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![self.client.http.planned(&self.update_request(id, change)?)?])
    }

    fn update_request(&self, id: &ProfileId, change: &ProfileChange) -> Result<Request> {
        if id.kind == API_USER {
            return self.client.update_api_user_request(id.native(), &api_user_update(change));
        }
        self.client.update_user_request(id.native(), &user_update(change))
    }

    pub(super) async fn update_profile(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        change.check(id, self.info(), self.capabilities())?;
        let native = id.native();
        let request = self.update_request(id, change)?;
        let (read, view) = if id.kind == API_USER {
            (api_user_request(native), map::API_USER)
        } else {
            (user_request(native), map::USER)
        };
        let answer = self.client.http.send(request).await?;
        let answer = self.client.http.read_back(answer, || read).await?;
        self.asked(&answer, id, view, answer.decode_record()?)
    }

    /// A user is deactivated as the service has it; an API user is changed to one that may not sign in.
    pub(super) fn planned_deactivate(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        if id.kind == API_USER {
            return self.planned_update(id, &suspended());
        }
        Ok(vec![self.client.http.planned(&deactivate_user_request(id.native()))?])
    }

    pub(super) async fn deactivate_profile(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        if id.kind != API_USER {
            let request = deactivate_user_request(id.native());
            return self.client.http.send(request).await?.acknowledges(id);
        }
        let profile = self.update_profile(id, &suspended()).await?;
        // Older answers do not say it: only what is said otherwise is a failure.
        if profile.status != anyprofile_core::Status::Active {
            return Ok(());
        }
        let message = "the service accepted the change and still lets the API user in";
        Err(anyprofile_core::Error::new(ErrorKind::Upstream, message)
            .with_provider(self.info())
            .with_operation("deactivate"))
    }
}

fn suspended() -> ProfileChange {
    ProfileChange::new().set(FieldPath::STATUS, "suspended")
}
