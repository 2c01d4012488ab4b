//! The fields that only Upsun has.

use anyprofile_core::{FieldState, open_record, profile::ProfileExtension};

use crate::wire::{Address, CurrentTrial, Organization, OrganizationMember};

open_record! {
    /// The fields of a profile that only Upsun has.
    pub struct UpsunExtension {
        /// The id in an organization's profile, which differs from the organization's id.
        profile_id: String,
        /// The type of the company, free text.
        company_type: String,
        /// The legal form, in the service's word.
        customer_type: String,
        /// Whether the user agreed to marketing messages.
        marketing: bool,
        /// Whether the new interface is enabled.
        new_ui: bool,
        /// The color scheme of the interface.
        ui_colorscheme: String,
        /// The URL of a catalog that replaces the default one.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// The trial.
        current_trial: CurrentTrial,
        /// The namespace in which the user name is unique.
        namespace: String,
        /// The time when the user agreed to the terms.
        consented_at: String,
        /// How the user agreed to the terms.
        consent_method: String,
        /// Whether a phone number was verified.
        phone_number_verified: bool,
        /// The postal address as the service sent it, with the address format of its country.
        address: Box<Address>,
        /// The organization as `/organizations` shows it: its machine name, owner, vendor and type, its
        /// capabilities and billing.
        organization: Box<Organization>,
        /// The membership of an organization: the member's permissions, and since when.
        member: Box<OrganizationMember>,
    }
}

impl ProfileExtension for UpsunExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}
