//! User profiles, in all versions of the API.

use std::collections::BTreeMap;

use anyprofile_core::{
    open_enum, open_record,
    profile::{GrantStatus, RawJson},
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// The relationship of an end user to the platform (beta 2026-03-24).
    pub enum Relationship {
        /// A user of the platform's own product.
        External = "external",
        /// A customer that the platform resells to.
        Resold = "resold",
        /// A person of the platform's own organization.
        Internal = "internal",
    }
}

open_enum! {
    /// How an end user's requests reach the API (betas since 2026-08-18).
    pub enum AccessType {
        /// Through the platform's application.
        Application = "application",
        /// Passed through, as the end user's own requests.
        Passthrough = "passthrough",
    }
}

open_enum! {
    /// The type of an end user.
    pub enum EntityType {
        /// A person.
        Individual = "individual",
        /// A company.
        Business = "business",
        /// A non-profit organization.
        NonProfit = "non_profit",
        /// A public body.
        Government = "government",
    }
}

open_enum! {
    /// The service's decision about an end user (generally available API). The words are published, but not
    /// their effects.
    pub enum EnforcementStatus {
        /// No restrictions.
        Unrestricted = "unrestricted",
        /// Not decided yet.
        Pending = "pending",
        /// Restricted.
        Restricted = "restricted",
        /// Banned.
        Banned = "banned",
    }
}

open_record! {
    /// A user profile: an end user of the platform that holds the account.
    pub struct UserProfile {
        /// The id (`uprof_…`).
        id: OpaqueId,
        /// `user_profile`.
        record_type: String = "type",
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change, including changes of grants.
        updated_at: TimeText,
        /// The platform's own metadata: up to 16 entries, with keys up to 64 and values up to 512 characters.
        metadata: BTreeMap<String, String>,
        /// The grants by name. A name that is missing was never requested.
        trust_grants: BTreeMap<String, TrustGrant>,
        /// The name, 1 to 255 characters; null if none was set.
        name: String,
        /// The platform's id of the end user (betas 2026-03-24 and 2026-08-18). Not unique.
        external_id: String,
        /// The relationship of the end user to the platform (beta 2026-03-24).
        relationship: Relationship,
        /// How requests reach the API (betas since 2026-08-18).
        access_type: AccessType,
        /// The time when the platform onboarded the end user (beta 2026-08-18).
        external_user_onboarded_at: String,
        /// The platform's details of the end user (betas since 2026-09-04).
        external_user_details: ExternalUserDetails,
        /// The service's decision (generally available API): a word of [`EnforcementStatus`].
        enforcement_status: String,
        /// The service's enforcement actions (generally available API). Their format is not published.
        enforcement_actions: RawJson,
    }
}

open_record! {
    /// A grant.
    pub struct TrustGrant {
        /// The status of the grant.
        status: GrantStatus,
    }
}

open_record! {
    /// The platform's details of an end user (betas since 2026-09-04).
    pub struct ExternalUserDetails {
        /// The platform's own decision: a word of [`AccountStatus`](super::AccountStatus). It does not affect
        /// the grants.
        account_status: String,
        /// The country, ISO 3166-1 alpha-2, upper case.
        country: String,
        /// A hash of the e-mail address. No hash function is prescribed, so it cannot be compared by itself.
        email_hash: String,
        /// A hash of the name. No hash function is prescribed.
        name_hash: String,
        /// The type of the end user.
        entity_type: EntityType,
        /// The time when the platform onboarded the end user.
        onboarded_at: String,
        /// The platform's id of the end user. Not unique.
        reference_id: String,
    }
}
