//! User profiles, in all versions of the API.

use std::collections::BTreeMap;

use anyprofile_core::{
    open_enum, open_record,
    profile::GrantStatus,
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
    /// The service's decision about an end user (generally available API). A word that is added later must be
    /// treated as [`Restricted`](Self::Restricted); see [`effective`](Self::effective).
    pub enum EnforcementStatus {
        /// There is no open restriction or ban.
        Unrestricted = "unrestricted",
        /// A restriction that a check can clear is in review.
        Pending = "pending",
        /// There is an open restriction.
        Restricted = "restricted",
        /// There is an open ban.
        Banned = "banned",
    }
}

impl EnforcementStatus {
    /// Returns the status to act on: an unknown word means [`Restricted`](Self::Restricted) (types of the official SDKs).
    #[must_use]
    pub fn effective(&self) -> Self {
        match self {
            Self::Other(_) => Self::Restricted,
            known => known.clone(),
        }
    }
}

open_enum! {
    /// The type of an enforcement action. A word that is added later must be treated as a restriction.
    pub enum EnforcementActionType {
        /// A restriction.
        Restriction = "restriction",
        /// A ban.
        Ban = "ban",
    }
}

open_enum! {
    /// The reason of an enforcement action. A word that is added later must be treated as `unspecified`.
    pub enum EnforcementReason {
        /// The region is not supported.
        UnsupportedRegion = "unsupported_region",
        /// Fraud or abuse.
        FraudOrAbuse = "fraud_or_abuse",
        /// High harm.
        HighHarm = "high_harm",
        /// The usage policy was violated.
        UsagePolicyViolation = "usage_policy_violation",
        /// The end user's account was compromised.
        AccountCompromise = "account_compromise",
        /// No reason is given.
        Unspecified = "unspecified",
    }
}

open_enum! {
    /// What the end user can do about an enforcement action.
    pub enum EnforcementRemedy {
        /// Pass an identity check.
        Verify = "verify",
    }
}

open_enum! {
    /// The status of a tier or a feature of a program.
    pub enum ProgramPartStatus {
        /// It is approved.
        Active = "active",
        /// It is not approved.
        Inactive = "inactive",
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
        /// The open enforcement actions (generally available API); empty if there are none.
        enforcement_actions: Vec<EnforcementAction>,
        /// The programs (generally available API). Only the response to a request for one profile is complete: a list
        /// and an update may omit a status that exists.
        programs: Programs,
    }
}

open_record! {
    /// An open enforcement action of the service against an end user.
    pub struct EnforcementAction {
        /// The id (`enac_…`), which stays the same while the action is open.
        id: OpaqueId,
        /// The type of the action.
        record_type: EnforcementActionType = "type",
        /// The reason.
        reason: EnforcementReason,
        /// What the end user can do about it; null if nothing.
        action: EnforcementRemedy,
        /// When the action was opened.
        opened_at: TimeText,
        /// When the action ends; null if it has no end. A ban has none.
        expires_at: TimeText,
    }
}

open_record! {
    /// The programs of an end user (generally available API). Null means no status, or that the credential may not
    /// read it, or that this response does not report it. Further programs are kept under `unknown`.
    pub struct Programs {
        /// The cyber program.
        cyber: CyberProgram,
        /// The EFS program. Never in a list.
        efs: EfsProgram,
    }
}

open_record! {
    /// The cyber program.
    pub struct CyberProgram {
        /// The status.
        status: GrantStatus,
        /// What a request that names the profile must allow; null unless a tier is active.
        requirements: CyberRequirements,
        /// The tiers `a`, `b` and `c`: all of them, or none where the response does not report them. No tier implies another.
        tiers: BTreeMap<String, ProgramPart>,
    }
}

open_record! {
    /// What a request that names a profile must allow for the active tiers.
    pub struct CyberRequirements {
        /// Data retention.
        data_retention: bool,
        /// Review by a person.
        human_review: bool,
    }
}

open_record! {
    /// The EFS program.
    pub struct EfsProgram {
        /// The status. `active` approves no single feature.
        status: GrantStatus,
        /// The features, such as `cmek`. A missing one is not an inactive one.
        features: BTreeMap<String, ProgramPart>,
    }
}

open_record! {
    /// A tier or a feature of a program.
    pub struct ProgramPart {
        /// The status.
        status: ProgramPartStatus,
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
