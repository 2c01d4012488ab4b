//! Writes: each field is written by the operation of its record.

use anyprofile_core::{FieldPath, IdKind, ProfileChange, ProfileId};
use anyprofile_engine::Action;

use super::{
    COMPANY_TYPE, DEFAULT_CATALOG, MARKETING, PROJECT_OPTIONS_URL, UI_COLORSCHEME,
    records::ORGANIZATION_PROFILES,
};
use crate::{
    operations,
    wire::{AddressUpdate, CustomerType, OrganizationProfileUpdate, ProfileUpdate, UserUpdate},
};

/// Returns the text to set; empty if the field is to be cleared.
fn text(change: &ProfileChange, path: &FieldPath) -> Option<String> {
    change.text(path).or_cleared_by("").map(str::to_owned)
}

/// Returns the changes of the profile of `/profiles`.
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
        marketing: change.flag(&MARKETING).into_set(),
        ..ProfileUpdate::default()
    }
}

/// Returns the changes of the user of `/users`.
fn user_update(change: &ProfileChange) -> UserUpdate {
    UserUpdate {
        first_name: text(change, &FieldPath::NAME_GIVEN),
        last_name: text(change, &FieldPath::NAME_FAMILY),
        country: text(change, &FieldPath::COUNTRY),
        ..UserUpdate::default()
    }
}

/// Returns the changes of the address. The street's lines are the service's fields, from outer to inner.
fn address_update(change: &ProfileChange) -> AddressUpdate {
    let street = change.text(&FieldPath::BILLING_ADDRESS_STREET_ADDRESS).or_cleared_by("");
    let mut lines = street.map(|street| street.split('\n'));
    // A line that is no longer used is cleared.
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

/// Returns the changes of an organization's profile.
fn organization_update(change: &ProfileChange) -> OrganizationProfileUpdate {
    OrganizationProfileUpdate {
        default_catalog: text(change, &DEFAULT_CATALOG),
        project_options_url: text(change, &PROJECT_OPTIONS_URL),
        company_name: text(change, &FieldPath::ORGANIZATION_NAME),
        vat_number: text(change, &FieldPath::BILLING_VAT_NUMBER),
        billing_contact: text(change, &FieldPath::BILLING_CONTACT),
        legal_entity_name: text(change, &FieldPath::ORGANIZATION_LEGAL_NAME),
        customer_type: text(change, &FieldPath::ORGANIZATION_KIND)
            .map(|word| CustomerType::from_read_word(&word)),
    }
}

/// Returns the actions of a change, in order.
pub(super) fn actions(id: &ProfileId, change: &ProfileChange) -> Vec<Action> {
    let (native, address) = (id.native(), address_update(change));
    let mut actions = Vec::new();
    if id.kind == IdKind::ORGANIZATION {
        let profile = organization_update(change);
        if !profile.is_empty() {
            let operation = operations::update_organization_profile(native, &profile);
            actions.push(if address.is_empty() {
                // Its response shows every field that can be changed.
                Action::shows(ORGANIZATION_PROFILES.under_asked(operation, id))
            } else {
                // The id of the record differs from the id of the organization.
                Action::acknowledged(operation)
            });
        }
        if !address.is_empty() {
            actions.push(Action::acknowledged(operations::update_organization_address(native, &address)));
        }
        return actions;
    }
    let (profile, user) = (profile_update(change), user_update(change));
    if !profile.is_empty() {
        actions.push(Action::accepted(operations::update_profile(native, &profile), id));
    }
    if !user.is_empty() {
        actions.push(Action::accepted(operations::update_user(native, &user), id));
    }
    if !address.is_empty() {
        actions.push(Action::accepted(operations::update_profile_address(native, &address), id));
    }
    actions
}
