//! What is written, through the trait: each field by the operation that owns it.

use anyprofile_core::{
    Change, Effect, Error, ErrorKind, FieldPath, GetOptions, IdKind, PlannedRequest, Profile, ProfileChange,
    ProfileId, ProfileProvider as _, Result, wire::WithRaw,
};
use anyprofile_http::Request;

use super::{COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, PROJECT_OPTIONS_URL, UI_COLORSCHEME, UpsunProvider};
use crate::{
    client::{
        organization_address_update_request, profile_address_update_request, profile_update_request,
        update_request, user_update_request,
    },
    map,
    wire::{self, AddressUpdate, ProfileUpdate, UserUpdate},
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

/// What the address owns. The lines of the street are the service's own, from the outer to the inner.
fn address_update(change: &ProfileChange) -> AddressUpdate {
    let mut lines = match change.get(&FieldPath::BILLING_ADDRESS_STREET_ADDRESS) {
        Change::Keep => None,
        Change::Clear => Some("".split('\n')),
        Change::Set(value) => Some(value.as_str().unwrap_or_default().split('\n')),
    };
    // A line that there was and is not any more is emptied.
    let mut line = || lines.as_mut().map(|lines| lines.next().unwrap_or_default().trim().to_owned());
    AddressUpdate {
        country: text(change, &FieldPath::BILLING_ADDRESS_COUNTRY),
        name_line: text(change, &FieldPath::BILLING_ADDRESS_RECIPIENT),
        thoroughfare: line(),
        premise: line(),
        sub_premise: line(),
        locality: text(change, &FieldPath::BILLING_ADDRESS_LOCALITY),
        administrative_area: text(change, &FieldPath::BILLING_ADDRESS_REGION),
        postal_code: text(change, &FieldPath::BILLING_ADDRESS_POSTAL_CODE),
        ..AddressUpdate::default()
    }
}

/// The requests of a change, in their order.
fn requests(id: &ProfileId, change: &ProfileChange) -> Vec<Request> {
    let (native, address) = (id.native(), address_update(change));
    let mut requests = Vec::new();
    if id.kind == IdKind::ORGANIZATION {
        let profile = map::organization_update(change);
        requests.extend((!profile.is_empty()).then(|| update_request(native, &profile)));
        let address = (!address.is_empty()).then(|| organization_address_update_request(native, &address));
        requests.extend(address);
    } else {
        let (profile, user) = (profile_update(change), user_update(change));
        requests.extend((!profile.is_empty()).then(|| profile_update_request(native, &profile)));
        requests.extend((!user.is_empty()).then(|| user_update_request(native, &user)));
        requests.extend((!address.is_empty()).then(|| profile_address_update_request(native, &address)));
    }
    requests
}

impl UpsunProvider {
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
        requests(id, change).iter().map(|request| self.client.http.planned(request)).collect()
    }

    pub(super) async fn update_profile(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        self.check_change(id, change)?;
        let requests = requests(id, change);
        if id.kind == IdKind::ORGANIZATION && address_update(change).is_empty() && !change.is_empty() {
            // Its answer shows all that can be changed.
            let update = map::organization_update(change);
            let kept: WithRaw<wire::Profile> = self.client.send_update(id.native(), &update).await?;
            return Ok(self.with_raw(map::profile(id.clone(), kept.record), kept.raw));
        }
        let is_change = !requests.is_empty();
        for (number, request) in requests.into_iter().enumerate() {
            let operation = request.operation().clone();
            // The record of an organization's profile has another id, and an address has none.
            let made = self.client.http.send(request).await.and_then(|answer| {
                if id.kind == IdKind::ORGANIZATION { answer.acknowledged() } else { answer.acknowledges(id) }
            });
            made.map_err(|error| if number == 0 { error } else { after_others(error, &operation) })?;
        }
        let read = self.changed(id, change).await;
        read.map_err(|error| if is_change { error.after_write() } else { error })
    }

    /// The profile with the records that a change is of.
    async fn changed(&self, id: &ProfileId, change: &ProfileChange) -> Result<Profile> {
        let is_of_user = id.kind != IdKind::ORGANIZATION && !user_update(change).is_empty();
        let profile = self.one(id, &GetOptions::new().with_enrich(is_of_user)).await?;
        if is_of_user || address_update(change).is_empty() {
            return Ok(profile);
        }
        self.with_address(profile).await
    }
}

/// The error of a request that others came before.
fn after_others(error: Error, operation: &str) -> Error {
    let before = format!("the part of the change before {operation} was made");
    let hint = match error.effect() {
        Effect::None => match error.hint() {
            Some(hint) => format!("{before}, the rest was not; {hint}"),
            None => format!("{before}, the rest was not"),
        },
        _ => format!("{before}; whether the rest was is not known: read the profile before trying again"),
    };
    error.with_effect(Effect::Partial).with_hint(hint)
}
