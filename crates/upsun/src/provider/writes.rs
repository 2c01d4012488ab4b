//! What is written, through the trait: each field by the operation that owns it.

use anyprofile_core::{
    Change, Error, ErrorKind, FieldPath, GetOptions, IdKind, PlannedRequest, Profile, ProfileChange,
    ProfileId, ProfileProvider as _, Result, wire::WithRaw,
};
use anyprofile_http::Request;
use serde::Serialize;

use super::{COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, PROJECT_OPTIONS_URL, UI_COLORSCHEME, UpsunProvider};
use crate::{
    client::{profile_update_request, update_request, user_update_request},
    map,
    wire::{self, ProfileUpdate, UserUpdate},
};

/// A text that is to be set, or emptied.
fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    match change.get(path) {
        Change::Set(value) => value.as_str().map(str::to_owned),
        Change::Clear => Some(String::new()),
        Change::Keep => None,
    }
}

/// What the profile of `/profiles` owns.
fn profile_update(change: &ProfileChange) -> ProfileUpdate {
    ProfileUpdate {
        display_name: text(change, &FieldPath::NAME_DISPLAY),
        username: text(change, &FieldPath::USERNAME),
        picture: text(change, &FieldPath::PICTURE),
        company_name: text(change, &FieldPath::ORGANIZATION_NAME),
        company_role: text(change, &FieldPath::ORGANIZATION_ROLE),
        company_type: text(change, &COMPANY_TYPE),
        vat_number: text(change, &FieldPath::BILLING_VAT_NUMBER),
        default_catalog: text(change, &DEFAULT_CATALOG),
        project_options_url: text(change, &PROJECT_OPTIONS_URL),
        ui_colorscheme: text(change, &UI_COLORSCHEME),
        marketing: match change.get(&MARKETING) {
            Change::Set(value) => value.as_bool(),
            Change::Keep | Change::Clear => None,
        },
        ..ProfileUpdate::default()
    }
}

/// What the user of `/users` owns.
fn user_update(change: &ProfileChange) -> UserUpdate {
    UserUpdate {
        first_name: text(change, &FieldPath::NAME_GIVEN),
        last_name: text(change, &FieldPath::NAME_FAMILY),
        country: text(change, &FieldPath::COUNTRY),
        ..UserUpdate::default()
    }
}

impl UpsunProvider {
    fn planned(&self, request: &Request, update: &impl Serialize) -> Result<PlannedRequest> {
        let url = self.client.http.url(request)?;
        Ok(PlannedRequest::new("PATCH", url, serde_json::to_value(update).ok()))
    }

    fn check_change(&self, id: &ProfileId, change: &ProfileChange) -> Result<()> {
        change.check(id, self.info(), self.capabilities())?;
        if id.kind == IdKind::ORGANIZATION && id.native().starts_with("name=") {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "an organization is updated by its id, not by its name",
            )
            .with_provider(self.info())
            .with_operation("update")
            .with_hint("use the id, which the console shows (26 letters and digits)"));
        }
        Ok(())
    }

    pub(super) fn planned_update(
        &self,
        id: &ProfileId,
        change: &ProfileChange,
    ) -> Result<Vec<PlannedRequest>> {
        self.check_change(id, change)?;
        if change.is_empty() {
            return Ok(Vec::new());
        }
        if id.kind == IdKind::ORGANIZATION {
            let update = map::organization_update(change);
            return Ok(vec![self.planned(&update_request(id.native(), &update), &update)?]);
        }
        let (profile, user) = (profile_update(change), user_update(change));
        let mut requests = Vec::new();
        if !profile.is_empty() {
            requests.push(self.planned(&profile_update_request(id.native(), &profile), &profile)?);
        }
        if !user.is_empty() {
            requests.push(self.planned(&user_update_request(id.native(), &user), &user)?);
        }
        Ok(requests)
    }

    pub(super) async fn update_profile(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.check_change(id, change)?;
        if change.is_empty() {
            return self.one(id, &GetOptions::new()).await;
        }
        if id.kind == IdKind::ORGANIZATION {
            let update = map::organization_update(change);
            let answer = self.client.send_update(id.native(), &update).await?;
            let kept: WithRaw<wire::Profile> = answer.decode_record()?;
            return Ok(self.with_raw(map::profile(id.clone(), kept.record), kept.raw));
        }
        let (profile, user) = (profile_update(change), user_update(change));
        if !profile.is_empty() {
            self.client.update_profile(id.native(), &profile).await?;
        }
        if !user.is_empty() {
            let updated = self.client.update_user(id.native(), &user).await;
            updated.map_err(|error| {
                if profile.is_empty() {
                    return error;
                }
                let known = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                error
                    .with_possible_effect()
                    .with_hint(format!("the part of the change that belongs to the profile was made{known}"))
            })?;
        }
        let read = self.one(id, &GetOptions::new().with_enrich(!user.is_empty())).await;
        read.map_err(Error::after_write)
    }
}
