//! User profiles, in all their dated shapes.

use std::collections::BTreeMap;

use anyprofile_core::{
    open_enum, open_record,
    profile::{GrantStatus, RawJson},
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// How an end user comes to the platform (beta 2026-03-24).
    pub enum Relationship {
        /// A user of the platform's own product.
        External = "external",
        /// A customer that the platform resells to.
        Resold = "resold",
        /// One of the platform's own people.
        Internal = "internal",
    }
}

open_enum! {
    /// How an end user's requests come to the API (betas since 2026-08-18).
    pub enum AccessType {
        /// Through the platform's application.
        Application = "application",
        /// As the end user's own.
        Passthrough = "passthrough",
    }
}

open_enum! {
    /// What an end user is.
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
    /// What the service has decided about an end user (generally available API). The words are published, and
    /// not what follows from each.
    pub enum EnforcementStatus {
        /// No limits.
        Unrestricted = "unrestricted",
        /// Not decided yet.
        Pending = "pending",
        /// With limits.
        Restricted = "restricted",
        /// Shut out.
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
        /// When it was made.
        created_at: TimeText,
        /// When it was last changed; a change of a grant counts.
        updated_at: TimeText,
        /// The platform's own pairs: up to 16, keys up to 64 and values up to 512 characters.
        metadata: BTreeMap<String, String>,
        /// Grants by name; a name that is missing was never asked for.
        trust_grants: BTreeMap<String, TrustGrant>,
        /// The name, 1 to 255 characters; null until one is given.
        name: String,
        /// The platform's id of the end user (betas 2026-03-24 and 2026-08-18). Not unique.
        external_id: String,
        /// How the end user comes to the platform (beta 2026-03-24).
        relationship: Relationship,
        /// How requests come to the API (betas since 2026-08-18).
        access_type: AccessType,
        /// When the platform took the end user on (beta 2026-08-18).
        external_user_onboarded_at: String,
        /// What the platform says of the end user (betas since 2026-09-04).
        external_user_details: ExternalUserDetails,
        /// What the service has decided (generally available API): a word of [`EnforcementStatus`].
        enforcement_status: String,
        /// What was done about it (generally available API). The form is not published.
        enforcement_actions: RawJson,
    }
}

open_record! {
    /// A grant.
    pub struct TrustGrant {
        /// Whether it is held.
        status: GrantStatus,
    }
}

open_record! {
    /// What the platform says of an end user (betas since 2026-09-04).
    pub struct ExternalUserDetails {
        /// The platform's own decision: a word of [`AccountStatus`](super::AccountStatus). It does not drive the
        /// grants.
        account_status: String,
        /// ISO 3166-1 alpha-2, upper case.
        country: String,
        /// A hash of the e-mail address. No hash function is prescribed, so it matches nothing by itself.
        email_hash: String,
        /// A hash of the name. No hash function is prescribed.
        name_hash: String,
        /// What the end user is.
        entity_type: EntityType,
        /// When the platform took the end user on.
        onboarded_at: String,
        /// The platform's id of the end user. Not unique.
        reference_id: String,
    }
}
