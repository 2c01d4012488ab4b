//! What only Upsun knows of a profile.

use anyprofile_core::{FieldState, open_record, profile::ProfileExtension};

use crate::wire::{Address, CurrentTrial, Organization, OrganizationMember};

open_record! {
    /// What only Upsun knows of a profile.
    pub struct UpsunExtension {
        /// The id inside an organization's profile, which is another one than the organization's.
        profile_id: String,
        /// The type of the company, free text.
        company_type: String,
        /// The legal form, in Upsun's word.
        customer_type: String,
        /// Whether the user agreed to marketing messages.
        marketing: bool,
        /// Whether the new interface is on.
        new_ui: bool,
        /// The color scheme of the interface.
        ui_colorscheme: String,
        /// The URL of a catalog in place of the default.
        default_catalog: String,
        /// The URL of the project options of the whole organization.
        project_options_url: String,
        /// The trial.
        current_trial: CurrentTrial,
        /// The namespace in which the user name is unique.
        namespace: String,
        /// When the user agreed to the terms.
        consented_at: String,
        /// How the user agreed to the terms.
        consent_method: String,
        /// Whether a phone number was verified.
        phone_number_verified: bool,
        /// The postal address as it came, with how addresses are written in its country.
        address: Box<Address>,
        /// The organization as `/organizations` shows it: its machine name, owner, vendor and type, what it can do and
        /// how it is billed.
        organization: Box<Organization>,
        /// The membership of an organization: what the member may do, and since when.
        member: Box<OrganizationMember>,
    }
}

impl ProfileExtension for UpsunExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}
