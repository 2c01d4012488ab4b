//! Making, changing and deleting user profiles, and the organization's users and invites.
//!
//! No request of these is repeated by the retry policy. A repeated creation makes a second profile or invite, since no
//! id of a profile is unique for the service and there is no key for a request; a repeated link is a second credential;
//! what a repeated change would undo is not known. A repeated `DELETE` would harm nothing, but the service does not
//! document it as safe: where the first one came through, the second is told that there is no such thing, and what
//! succeeded would look as if it had failed. An error whose outcome is not known says so.

use std::time::SystemTime;

use anyprofile_core::{Error, Result, Timestamp, wire::Tolerant};
use anyprofile_http::{Answer, Request};
use serde::Serialize;

use super::{AnthropicClient, organization::organization_user_request, rules};
use crate::{
    config::Shape,
    wire::{
        ActionUrl, Deleted, EnrollmentUrl, Invite, InviteCreate, OrganizationRole, OrganizationUser,
        UserProfile, UserProfileAction, UserProfileCreate, UserProfileUpdate,
    },
};

impl AnthropicClient {
    /// Makes a user profile: `POST /v1/user_profiles`. A profile of nothing is made with an empty body.
    ///
    /// **It is not idempotent**: the same body sent twice makes two profiles, whatever ids of the platform it holds. When
    /// the outcome is not known, look for what was made by its `external_id` or `reference_id` and by when it was
    /// made, before trying again.
    ///
    /// Source: page of the reference on creating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every broken rule by
    /// field, a field that the account's beta does not know included;
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the answer does not show the profile, which may be there all the
    /// same.
    pub async fn create_user_profile(&self, create: &UserProfileCreate) -> Result<UserProfile> {
        let answer = self.http.send(self.create_user_profile_request(create)?).await?;
        made(&answer)
    }

    /// Changes a user profile, and gives it as it then is: `POST /v1/user_profiles/{user_profile_id}`. What is not set
    /// stays, also in the metadata and in the details.
    ///
    /// Source: page of the reference on updating user profiles, and the official SDKs.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent with every broken rule by
    /// field, a field that the account's beta does not know included;
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn update_user_profile(
        &self,
        user_profile_id: &str,
        update: &UserProfileUpdate,
    ) -> Result<UserProfile> {
        let answer = self.http.send(self.update_user_profile_request(user_profile_id, update)?).await?;
        self.http.read_back(answer, || self.get_request(user_profile_id)).await?.decode_record()
    }

    /// Makes a link for an end user to enroll with:
    /// `POST /v1/user_profiles/{user_profile_id}/enrollment_url`, without a body. **The link is a credential**: whoever
    /// holds it can enroll as the end user until it expires. Each call may make another one.
    ///
    /// The reference has it for accounts with a beta; without one, there is
    /// [`create_action_url`](Self::create_action_url).
    ///
    /// Source: page of the reference on creating enrollment URLs, and the official SDKs. That a second link leaves the first
    /// one working is inferred.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn create_enrollment_url(&self, user_profile_id: &str) -> Result<EnrollmentUrl> {
        let answer = self.http.send(self.enrollment_url_request(user_profile_id)).await?;
        made(&answer)
    }

    /// Deletes a user profile: `DELETE /v1/user_profiles/{user_profile_id}`. In the generally available API alone.
    ///
    /// Source: page of the reference on deleting user profiles.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported), before anything is sent, for an account with one of
    /// the published betas; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn delete_user_profile(&self, user_profile_id: &str) -> Result<Deleted> {
        let answer = self.http.send(self.delete_user_profile_request(user_profile_id)?).await?;
        Ok(answer.decode_record_if_any()?.unwrap_or_default())
    }

    /// Makes a link for somebody to act with: `POST /v1/user_profiles/{user_profile_id}/action_urls`. In the generally
    /// available API alone. **The link is a credential**: until it expires it lets in whoever has it.
    ///
    /// Source: page of the reference on creating action URLs.
    ///
    /// # Errors
    /// [`Unsupported`](anyprofile_core::ErrorKind::Unsupported), before anything is sent, for an account with one of
    /// the published betas; [`NotFound`](anyprofile_core::ErrorKind::NotFound).
    pub async fn create_action_url(
        &self,
        user_profile_id: &str,
        action: &UserProfileAction,
    ) -> Result<ActionUrl> {
        let answer = self.http.send(self.action_url_request(user_profile_id, action)?).await?;
        made(&answer)
    }

    /// Gives a user of the organization another role, and gives the user as it then is:
    /// `POST /v1/organizations/users/{user_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on updating a
    /// user.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for a role that the API
    /// is known not to give (see [`OrganizationRole::SETTABLE`]); [`NotFound`](anyprofile_core::ErrorKind::NotFound);
    /// else as with [reading](Self::get_organization).
    pub async fn update_organization_user(
        &self,
        user_id: &str,
        role: &OrganizationRole,
    ) -> Result<OrganizationUser> {
        let answer = self.http.send(self.update_organization_user_request(user_id, role)?).await?;
        self.http.read_back(answer, || organization_user_request(user_id)).await?.decode_record()
    }

    /// Removes a user from the organization: `DELETE /v1/organizations/users/{user_id}`.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on removing a
    /// user.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); else as with [reading](Self::get_organization).
    pub async fn remove_organization_user(&self, user_id: &str) -> Result<Deleted> {
        let answer = self.http.send(remove_organization_user_request(user_id)).await?;
        Ok(answer.decode_record_if_any()?.unwrap_or_default())
    }

    /// Invites somebody to the organization: `POST /v1/organizations/invites`. It sends an e-mail message. An invite
    /// cannot be changed, only deleted.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on creating
    /// an invite.
    ///
    /// # Errors
    /// [`InvalidRequest`](anyprofile_core::ErrorKind::InvalidRequest), before anything is sent, for an address that is
    /// none and a role that the API is known not to give (see [`OrganizationRole::SETTABLE`]);
    /// [`Decode`](anyprofile_core::ErrorKind::Decode) if the answer does not show the invite, which may be there all
    /// the same; else as with [reading](Self::get_organization).
    pub async fn create_invite(&self, create: &InviteCreate) -> Result<Invite> {
        let answer = self.http.send(self.create_invite_request(create)?).await?;
        made(&answer)
    }

    /// Takes back an invite that is not accepted yet: `DELETE /v1/organizations/invites/{invite_id}`. It may stay
    /// in the list, as deleted.
    ///
    /// Needs an Admin key, or an OAuth token with `org:admin`. Source: Admin API, page of the reference on deleting
    /// an invite.
    ///
    /// # Errors
    /// [`NotFound`](anyprofile_core::ErrorKind::NotFound); else as with [reading](Self::get_organization).
    pub async fn delete_invite(&self, invite_id: &str) -> Result<Deleted> {
        let answer = self.http.send(delete_invite_request(invite_id)).await?;
        Ok(answer.decode_record_if_any()?.unwrap_or_default())
    }

    pub(crate) fn create_user_profile_request(&self, create: &UserProfileCreate) -> Result<Request> {
        let operation = "BetaCreateUserProfile";
        rules::create(create, self.beta.as_deref(), now()).refuse(self.http.info(), operation)?;
        let request = Request::post(operation).path("/v1/user_profiles").json(create);
        Ok(self.in_beta(request))
    }

    pub(crate) fn update_user_profile_request(
        &self,
        user_profile_id: &str,
        update: &UserProfileUpdate,
    ) -> Result<Request> {
        let operation = "BetaUpdateUserProfile";
        rules::update(update, self.beta.as_deref(), now()).refuse(self.http.info(), operation)?;
        let request =
            Request::post(operation).path("/v1/user_profiles").segment(user_profile_id).json(update);
        Ok(self.in_beta(request))
    }

    pub(crate) fn enrollment_url_request(&self, user_profile_id: &str) -> Request {
        let request = Request::post("BetaCreateEnrollmentUrl")
            .path("/v1/user_profiles")
            .segment(user_profile_id)
            .path("/enrollment_url");
        self.in_beta(request)
    }

    pub(crate) fn delete_user_profile_request(&self, user_profile_id: &str) -> Result<Request> {
        let operation = "DeleteUserProfile";
        self.check_generally_available(operation)?;
        let request = Request::delete(operation).path("/v1/user_profiles").segment(user_profile_id);
        Ok(self.in_beta(request))
    }

    pub(crate) fn action_url_request(
        &self,
        user_profile_id: &str,
        action: &UserProfileAction,
    ) -> Result<Request> {
        #[derive(Serialize)]
        struct Typed<'a> {
            r#type: &'a UserProfileAction,
        }
        #[derive(Serialize)]
        struct Body<'a> {
            action: Typed<'a>,
        }

        let operation = "CreateUserProfileActionUrl";
        self.check_generally_available(operation)?;
        let request = Request::post(operation)
            .path("/v1/user_profiles")
            .segment(user_profile_id)
            .path("/action_urls")
            .json(&Body { action: Typed { r#type: action } });
        Ok(self.in_beta(request))
    }

    pub(crate) fn update_organization_user_request(
        &self,
        user_id: &str,
        role: &OrganizationRole,
    ) -> Result<Request> {
        #[derive(Serialize)]
        struct Body<'a> {
            role: &'a OrganizationRole,
        }

        let operation = "AdminUpdateUser";
        rules::role(role).refuse(self.http.info(), operation)?;
        Ok(Request::post(operation).path("/v1/organizations/users").segment(user_id).json(&Body { role }))
    }

    pub(crate) fn create_invite_request(&self, create: &InviteCreate) -> Result<Request> {
        let operation = "AdminCreateInvite";
        rules::invite(create).refuse(self.http.info(), operation)?;
        Ok(Request::post(operation).path("/v1/organizations/invites").json(create))
    }

    /// Refuses what came with the generally available API for a beta that is older.
    fn check_generally_available(&self, operation: &'static str) -> Result<()> {
        match &self.beta {
            Some(beta) if Shape::of(Some(beta)) < Shape::GenerallyAvailable => {
                let reason = format!("the beta {beta} has no such operation");
                Err(Error::unsupported(self.http.info(), operation, &reason)
                    .with_hint("use an account that names no beta"))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn remove_organization_user_request(user_id: &str) -> Request {
    Request::delete("AdminRemoveUser").path("/v1/organizations/users").segment(user_id)
}

pub(crate) fn delete_invite_request(invite_id: &str) -> Request {
    Request::delete("AdminDeleteInvite").path("/v1/organizations/invites").segment(invite_id)
}

/// The time, if the clock shows one that can be.
fn now() -> Option<Timestamp> {
    SystemTime::now().try_into().ok()
}

/// The record that was made.
fn made<T: Tolerant>(answer: &Answer) -> Result<T> {
    answer.decode_record().map_err(|error| {
        error.with_hint("it may have been made all the same: look for it before trying again")
    })
}
