//! What is written of the organization's own people, through the trait: a user's role, invites, and who is removed.

use anyprofile_core::{
    Change, FieldPath, PlannedRequest, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider as _,
    Result,
};
use anyprofile_http::Request;

use super::organization::{AnthropicOrganizationProvider, INVITE, INVITED, USER};
use crate::{
    client::{delete_invite_request, organization_user_request, remove_organization_user_request},
    wire::{InviteCreate, OrganizationRole},
};

fn text<'a>(change: &'a ProfileChange, path: &FieldPath) -> &'a str {
    match change.get(path) {
        Change::Set(value) => value.as_str().unwrap_or_default(),
        Change::Keep | Change::Clear => "",
    }
}

impl AnthropicOrganizationProvider {
    fn update_request(&self, id: &ProfileId, change: &ProfileChange) -> Result<Request> {
        change.check(id, self.info(), self.capabilities())?;
        let role = OrganizationRole::from(text(change, &FieldPath::ROLES));
        self.client().update_organization_user_request(id.native(), &role)
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
        Ok(vec![self.client().http.planned(&self.update_request(id, change)?)?])
    }

    pub(super) async fn update_user(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        let http = &self.client().http;
        let answer = http.send(self.update_request(id, change)?).await?;
        let answer = http.read_back(answer, || organization_user_request(id.native())).await?;
        self.decoded_of(&answer, id, &USER)
    }

    fn invite_request(&self, draft: &ProfileDraft) -> Result<Request> {
        draft.check(self)?;
        let fields = draft.fields();
        let role = OrganizationRole::from(text(fields, &FieldPath::ROLES));
        self.client().create_invite_request(&InviteCreate::new(text(fields, &FieldPath::EMAILS), role))
    }

    pub(super) fn planned_create(&self, draft: &ProfileDraft) -> Result<Vec<PlannedRequest>> {
        Ok(vec![self.client().http.planned(&self.invite_request(draft)?)?])
    }

    pub(super) async fn invite(&self, draft: &ProfileDraft) -> Result<Profile> {
        let request = self.invite_request(draft)?;
        let answer = self.client().http.send(request).await;
        answer.and_then(|answer| self.decoded(&answer, &INVITED))
    }

    fn delete_request(&self, id: &ProfileId) -> Result<Request> {
        self.capabilities().operations.delete.check(self.info(), "delete", id)?;
        Ok(if id.kind == INVITE {
            delete_invite_request(id.native())
        } else {
            remove_organization_user_request(id.native())
        })
    }

    pub(super) fn planned_delete(&self, id: &ProfileId) -> Result<Vec<PlannedRequest>> {
        Ok(vec![self.client().http.planned(&self.delete_request(id)?)?])
    }

    pub(super) async fn remove(&self, id: &ProfileId) -> Result<()> {
        self.client().http.send(self.delete_request(id)?).await?.acknowledges(id)
    }
}
