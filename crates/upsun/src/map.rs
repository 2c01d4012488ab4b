//! From the API's records to the normalized profile, and from changes to the API's body.

use anyprofile_core::{
    Change, Email, Extension, Field, FieldPath, Kind, OrganizationKind, Profile, ProfileChange,
    ProfileExtension, ProfileId, Status, open_record,
    wire::{note_other_types, read_time},
};

use crate::wire::{self, CurrentTrial, CustomerType, OrganizationProfileUpdate, ProfileType};

open_record! {
    /// What only Upsun knows of a profile.
    pub struct UpsunExtension {
        /// The id inside an organization's profile, which is another one than the organization's.
        profile_id: String = "profile_id",
        /// The type of the company, free text.
        company_type: String = "company_type",
        /// The legal form, in Upsun's word.
        customer_type: String = "customer_type",
        /// Whether the user agreed to marketing messages.
        marketing: bool = "marketing",
        /// Whether the new interface is on.
        new_ui: bool = "new_ui",
        /// The color scheme of the interface.
        ui_colorscheme: String = "ui_colorscheme",
        /// The URL of a catalog in place of the default.
        default_catalog: String = "default_catalog",
        /// The URL of the project options of the whole organization.
        project_options_url: String = "project_options_url",
        /// The trial.
        current_trial: CurrentTrial = "current_trial",
        /// The namespace in which the user name is unique.
        namespace: String = "namespace",
        /// When the user agreed to the terms.
        consented_at: String = "consented_at",
        /// How the user agreed to the terms.
        consent_method: String = "consent_method",
        /// Whether a phone number was verified.
        phone_number_verified: bool = "phone_number_verified",
    }
}

impl ProfileExtension for UpsunExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<anyprofile_core::FieldState> {
        self.state(key)
    }
}

/// A profile of `/profiles`, or of an organization if `id` is one's.
pub(crate) fn profile(id: ProfileId, record: wire::Profile) -> Profile {
    let mut profile = Profile::new(id);
    let is_addressed_otherwise = record.id.value().is_some_and(|own| own.as_str() != profile.id.native());
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::Profile::KEYS);
    profile.kind = record.profile_type.map(|kind| match kind {
        ProfileType::User => Kind::Human,
        ProfileType::Organization => Kind::Organization,
        other => Kind::from(other.as_str()),
    });
    profile.name.display = record.display_name.empty_as_null();
    profile.username = record.username.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null());
    profile.picture = record.picture.empty_as_null();
    profile.website = record.website_url.empty_as_null();
    profile.organization.name = record.company_name.empty_as_null();
    profile.organization.legal_name = record.legal_entity_name.empty_as_null();
    profile.organization.role = record.company_role.empty_as_null();
    let company_type = record.company_type.empty_as_null();
    let customer_type = record.customer_type.empty_as_null();
    profile.organization.kind = match customer_type.as_deref() {
        Field::Value(word) => organization_kind(CustomerType::from_read_word(word)).into(),
        Field::Null => Field::Null,
        Field::Absent => company_type.clone().map(OrganizationKind::from),
    };
    profile.billing.contact = record.billing_contact.empty_as_null();
    profile.billing.vat_number = record.vat_number.empty_as_null();
    profile.billing.currency = record.currency.empty_as_null();
    profile.billing.invoiced = record.invoiced;
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    profile.extension = Some(Extension::new(UpsunExtension {
        profile_id: if is_addressed_otherwise { record.id.map(String::from) } else { Field::Absent },
        company_type,
        customer_type,
        marketing: record.marketing,
        new_ui: record.new_ui,
        ui_colorscheme: record.ui_colorscheme.empty_as_null(),
        default_catalog: record.default_catalog.empty_as_null(),
        project_options_url: record.project_options_url.empty_as_null(),
        current_trial: record.current_trial,
        ..UpsunExtension::default()
    }));
    profile
}

/// The user of `/users/me`.
pub(crate) fn user(id: ProfileId, record: wire::User) -> Profile {
    let mut profile = Profile::new(id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::User::KEYS);
    profile.kind = Kind::Human.into();
    profile.status =
        record.deactivated.map(|deactivated| if deactivated { Status::Suspended } else { Status::Active });
    profile.status_raw = record.deactivated.map(|deactivated| format!("deactivated={deactivated}"));
    profile.name.given = record.first_name.empty_as_null();
    profile.name.family = record.last_name.empty_as_null();
    let parts: Vec<_> =
        [&profile.name.given, &profile.name.family].into_iter().filter_map(Field::value).cloned().collect();
    if !parts.is_empty() {
        profile.name.display = parts.join(" ").into();
        profile.name.derived = true.into();
    }
    profile.username = record.username.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null()).map(|mut emails| {
        for email in &mut emails {
            email.verified = record.email_verified;
        }
        emails
    });
    profile.picture = record.picture.empty_as_null();
    profile.website = record.website.empty_as_null();
    profile.country = record.country.empty_as_null();
    profile.organization.name = record.company.empty_as_null();
    profile.security.mfa_enabled = record.mfa_enabled;
    profile.security.sso = record.sso_enabled;
    profile.times.created =
        read_time(&mut profile, FieldPath::TIMES_CREATED, "created_at", record.created_at);
    profile.times.updated =
        read_time(&mut profile, FieldPath::TIMES_UPDATED, "updated_at", record.updated_at);
    profile.extension = Some(Extension::new(UpsunExtension {
        namespace: record.namespace.empty_as_null(),
        consented_at: record.consented_at.empty_as_null(),
        consent_method: record.consent_method.empty_as_null(),
        phone_number_verified: record.phone_number_verified,
        ..UpsunExtension::default()
    }));
    profile
}

fn organization_kind(customer_type: CustomerType) -> OrganizationKind {
    match customer_type {
        CustomerType::Individual => OrganizationKind::Individual,
        CustomerType::Company => OrganizationKind::Company,
        CustomerType::Government => OrganizationKind::Government,
        CustomerType::Other(word) => OrganizationKind::from(word),
    }
}

/// The body of a change that was checked: only what is to be set.
pub(crate) fn organization_update(change: &ProfileChange) -> OrganizationProfileUpdate {
    let text = |path: &FieldPath| match change.get(path) {
        Change::Set(value) => value.as_str().map(str::to_owned),
        Change::Keep | Change::Clear => None,
    };
    OrganizationProfileUpdate {
        default_catalog: text(&crate::provider::DEFAULT_CATALOG),
        project_options_url: text(&crate::provider::PROJECT_OPTIONS_URL),
        company_name: text(&FieldPath::ORGANIZATION_NAME),
        vat_number: text(&FieldPath::BILLING_VAT_NUMBER),
        billing_contact: text(&FieldPath::BILLING_CONTACT),
        legal_entity_name: text(&FieldPath::ORGANIZATION_LEGAL_NAME),
        customer_type: text(&FieldPath::ORGANIZATION_KIND).map(|word| CustomerType::from_read_word(&word)),
    }
}
