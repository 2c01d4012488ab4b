//! The data controls of an end user at Google's cloud: keys and storage of the platform's customer.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::Serialize;

open_enum! {
    /// The state of a region's key or bucket. Its record has what the state needs.
    pub enum GoogleRegionStatus {
        /// None is set.
        NotConfigured = "not_configured",
        /// It is being checked; the former one, if any, is in use.
        Pending = "pending",
        /// It is in use.
        Active = "active",
        /// A check failed; the former one, if any, is in use.
        Failed = "failed",
        /// It is not used at present.
        Suspended = "suspended",
    }
}

open_record! {
    /// The data controls of an end user (`GET /v1/user_profiles/{user_profile_id}/providers/google/data_controls`).
    pub struct GoogleDataControls {
        /// `google_managed_data_controls`.
        record_type: String = "type",
        /// The id of the user profile.
        user_profile_id: OpaqueId,
        /// The value of the label that buckets must have.
        bucket_label_value: String,
        /// The encryption with the customer's own keys.
        cmek: GoogleEncryption,
        /// The storage in the customer's own buckets.
        storage: GoogleStorage,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// The encryption with the customer's own keys (CMEK).
    pub struct GoogleEncryption {
        /// `enabled` or `disabled`.
        record_type: String = "type",
        /// The key of each region; only if enabled.
        external_key_ids: BTreeMap<String, String>,
        /// The state of each region's key; only if enabled.
        status: BTreeMap<String, GoogleRegionKey>,
        /// Former keys that data may still be encrypted with.
        retired_keys: Vec<GoogleRetiredKey>,
    }
}

open_record! {
    /// The state of the key of a region.
    pub struct GoogleRegionKey {
        /// The state.
        record_type: GoogleRegionStatus = "type",
        /// The key in use: the former one, while another one is checked or has failed.
        effective_external_key_id: String,
        /// What is wrong with the key.
        error: String,
        /// The time of the last check.
        last_checked_at: TimeText,
        /// The time when the key was found to be right.
        validated_at: TimeText,
    }
}

open_record! {
    /// A key that is not used for new data any more.
    pub struct GoogleRetiredKey {
        /// The key.
        external_key_id: String,
        /// The region.
        region: String,
        /// The time from which no data needs it.
        expires_at: TimeText,
    }
}

open_record! {
    /// The storage in the customer's own buckets.
    pub struct GoogleStorage {
        /// `enabled` or `disabled`.
        record_type: String = "type",
        /// The bucket of each region; only if enabled.
        buckets: BTreeMap<String, GoogleBucket>,
        /// The state of each region's bucket; only if enabled.
        status: BTreeMap<String, GoogleRegionStorage>,
        /// Former buckets that may still have data.
        retired_buckets: Vec<GoogleRetiredBucket>,
    }
}

open_record! {
    /// A bucket of the customer.
    pub struct GoogleBucket {
        /// The name.
        bucket_name: String,
        /// The number of its project: digits.
        project_number: String,
        /// The id of its project; null until it is known.
        project_id: String,
        /// Where it is; null until it is known.
        location: String,
        /// The key that encrypts it; null if there is none.
        kms_key_name: String,
    }
}

open_record! {
    /// The state of the bucket of a region.
    pub struct GoogleRegionStorage {
        /// The state.
        record_type: GoogleRegionStatus = "type",
        /// The bucket in use: the former one, while another one is checked or has failed.
        effective_bucket: GoogleBucket,
        /// The checks that failed.
        failed_checks: Vec<GoogleFailedCheck>,
        /// The time when the bucket was found to be right.
        validated_at: TimeText,
    }
}

open_record! {
    /// A check that failed.
    pub struct GoogleFailedCheck {
        /// The check, such as `location_mismatch`.
        check: String,
        /// What is wrong.
        message: String,
        /// The service's account that the check concerns, such as `ingest`; null if it concerns none of them.
        role: String,
    }
}

open_record! {
    /// A bucket that gets no new data any more.
    pub struct GoogleRetiredBucket {
        /// The name.
        bucket_name: String,
        /// The number of its project.
        project_number: String,
        /// The region.
        region: String,
        /// The time from which it has no data.
        expires_at: TimeText,
    }
}

/// The data controls to change (`POST /v1/user_profiles/{user_profile_id}/providers/google/data_controls`): one of the
/// two or both. One that is not set is not sent and stays unchanged.
///
/// `Debug` shows which are set, without keys and buckets.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DataControlsUpdate {
    /// The encryption with the customer's own keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmek: Option<GoogleEncryptionInput>,
    /// The storage in the customer's own buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<GoogleStorageInput>,
}

impl fmt::Debug for DataControlsUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DataControlsUpdate")
            .field("cmek", &self.cmek.as_ref().map(|_| ".."))
            .field("storage", &self.storage.as_ref().map(|_| ".."))
            .finish()
    }
}

/// The encryption with the customer's own keys, to switch on or off.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GoogleEncryptionInput {
    /// Off.
    Disabled,
    /// On.
    Enabled {
        /// The key of each region to change; `None` takes the region's key away. Other regions stay unchanged.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        external_key_ids: BTreeMap<String, Option<String>>,
    },
}

/// The storage in the customer's own buckets, to switch on or off.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum GoogleStorageInput {
    /// Off.
    Disabled,
    /// On.
    Enabled {
        /// The bucket of each region to change; `None` takes the region's bucket away. Other regions stay unchanged.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        buckets: BTreeMap<String, Option<GoogleBucketInput>>,
    },
}

/// A bucket to use.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GoogleBucketInput {
    /// The name.
    pub bucket_name: String,
    /// The number of its project: digits.
    pub project_number: String,
}

impl GoogleBucketInput {
    /// Names a bucket.
    pub fn new(bucket_name: impl Into<String>, project_number: impl Into<String>) -> Self {
        Self { bucket_name: bucket_name.into(), project_number: project_number.into() }
    }
}

/// Writes a `Debug` that shows no names.
macro_rules! debug_without_names {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

debug_without_names! { GoogleEncryptionInput, GoogleStorageInput, GoogleBucketInput }
