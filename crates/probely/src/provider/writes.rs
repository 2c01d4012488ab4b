//! What is written, through the trait.

use anyprofile_core::{
    Change, ErrorKind, FieldPath, PlannedRequest, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProfileProvider as _, Result, wire::WithRaw,
};
use anyprofile_http::Request;

use super::{API_USER, ProbelyProvider};
use crate::{
    client::{api_user_request, deactivate_user_request, user_request},
    map,
    wire::{self, ApiUserUpdate, Title, UserCreate, UserUpdate},
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
        ..UserUpdate::default()
    }
}

fn api_user_update(change: &ProfileChange) -> ApiUserUpdate {
    ApiUserUpdate {
        name: text(change, &FieldPath::NAME_DISPLAY),
        active: active(change),
        ..ApiUserUpdate::default()
    }
}

impl ProbelyProvider {
    fn planned(
        &self,
        method: &'static str,
        request: &Request,
        body: Option<serde_json::Value>,
    ) -> Result<PlannedRequest> {
        Ok(PlannedRequest::new(method, self.client.http.url(request)?, body))
    }

    fn create_body(draft: &ProfileDraft) -> UserCreate {
        let fields = draft.fields();
        let text = |path| text(fields, path).unwrap_or_default();
        let mut create = UserCreate::new(text(&FieldPath::EMAILS), text(&FieldPath::NAME_DISPLAY));
        create.title = title(fields);
        create.active = active(fields);
        create
    }

    pub(super) fn planned_create(&self, draft: &ProfileDraft) -> Result<Vec<PlannedRequest>> {
        draft.check(self)?;
        let create = Self::create_body(draft);
        let request = self.client.create_user_request(&create)?;
        Ok(vec![self.planned("POST", &request, serde_json::to_value(&create).ok())?])
    }

    pub(super) async fn create_profile(&self, draft: &ProfileDraft) -> Result<Profile> {
        draft.check(self)?;
        let request = self.client.create_user_request(&Self::create_body(draft))?;
        let made = self.client.http.send(request).await.and_then(|answer| {
            let kept: WithRaw<wire::User> = answer.decode_record()?;
            self.one(&answer, draft.kind(), map::USER, kept)
        });
        made.map_err(|error| {
            if !error.may_have_taken_effect() {
                return error;
            }
            error.with_hint("the user may be there all the same: find the e-mail address before trying again")
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
        let (request, body) = if id.kind == API_USER {
            let update = api_user_update(change);
            (self.client.update_api_user_request(id.native(), &update)?, serde_json::to_value(&update))
        } else {
            let update = user_update(change);
            (self.client.update_user_request(id.native(), &update)?, serde_json::to_value(&update))
        };
        Ok(vec![self.planned("PATCH", &request, body.ok())?])
    }

    pub(super) async fn update_profile(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        change.check(id, self.info(), self.capabilities())?;
        let native = id.native();
        let (request, read, view) = if id.kind == API_USER {
            let request = self.client.update_api_user_request(native, &api_user_update(change))?;
            (request, api_user_request(native), map::API_USER)
        } else {
            let request = self.client.update_user_request(native, &user_update(change))?;
            (request, user_request(native), map::USER)
        };
        let answer = self.client.http.send(request).await?;
        let answer = self.client.http.read_back(answer, || read).await?;
        let kept: WithRaw<wire::User> = answer.decode_record()?;
        let raw = kept.raw.filter(|_| self.settings.keep_raw);
        Ok(map::user(id.clone(), view, kept.record).with_raw(raw))
    }

    /// A user is deactivated as the service has it; an API user is changed to one that may not sign in.
    pub(super) fn planned_deactivate(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        if id.kind == API_USER {
            return self.planned_update(id, &suspended());
        }
        Ok(vec![self.planned("DELETE", &deactivate_user_request(id.native()), None)?])
    }

    pub(super) async fn deactivate_profile(&self, id: &ProfileId) -> Result<()> {
        self.capabilities().operations.deactivate.check(self.info(), "deactivate", id)?;
        if id.kind != API_USER {
            return self.client.deactivate_user(id.native()).await;
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
