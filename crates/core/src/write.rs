//! What is to be written at a service, as a value.

use serde::{Deserialize, Serialize};

use crate::{
    Capabilities, Error, ProfileChange, ProfileDraft, ProfileId, ProviderInfo, Status, capabilities::Support,
};

/// One thing that is to be written at a service: what is asked for, and not yet how.
///
/// [`ProfileProvider::plan`](crate::ProfileProvider::plan) works out what it comes to. It serializes with all values that are
/// to be written; `Debug` shows none of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Write {
    /// Creating a profile. No service keeps a second one from being made.
    Create {
        /// The profile.
        draft: ProfileDraft,
    },
    /// Changing one profile.
    Update {
        /// The profile.
        id: ProfileId,
        /// What is to become of its fields.
        change: ProfileChange,
    },
    /// Keeping a profile from signing in, without deleting it. The service may go on listing it.
    Deactivate {
        /// The profile.
        id: ProfileId,
    },
    /// Deleting a profile for good.
    Delete {
        /// The profile.
        id: ProfileId,
    },
    /// Making a link for the person of a profile to enroll with. Each time may make another one.
    Enroll {
        /// The profile.
        id: ProfileId,
    },
}

impl Write {
    /// To create a profile.
    pub const fn create(draft: ProfileDraft) -> Self {
        Self::Create { draft }
    }

    /// To change one profile.
    pub const fn update(id: ProfileId, change: ProfileChange) -> Self {
        Self::Update { id, change }
    }

    /// To keep a profile from signing in.
    pub const fn deactivate(id: ProfileId) -> Self {
        Self::Deactivate { id }
    }

    /// To delete a profile.
    pub const fn delete(id: ProfileId) -> Self {
        Self::Delete { id }
    }

    /// To make a link to enroll with.
    pub const fn enroll(id: ProfileId) -> Self {
        Self::Enroll { id }
    }

    /// The operation, as [`Operations`](crate::capabilities::Operations) names it.
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Update { .. } => "update",
            Self::Deactivate { .. } => "deactivate",
            Self::Delete { .. } => "delete",
            Self::Enroll { .. } => "enroll",
        }
    }

    /// The profile that is written to. None of one that is to be created.
    pub const fn id(&self) -> Option<&ProfileId> {
        match self {
            Self::Create { .. } => None,
            Self::Update { id, .. } | Self::Deactivate { id } | Self::Delete { id } | Self::Enroll { id } => {
                Some(id)
            }
        }
    }

    /// What of it a service has.
    pub const fn support<'a>(&self, capabilities: &'a Capabilities) -> &'a Support {
        let operations = &capabilities.operations;
        match self {
            Self::Create { .. } => &operations.create,
            Self::Update { .. } => &operations.update,
            Self::Deactivate { .. } => &operations.deactivate,
            Self::Delete { .. } => &operations.delete,
            Self::Enroll { .. } => &operations.enroll,
        }
    }

    /// The error of a provider that does not have this write.
    pub fn unsupported(&self, info: &ProviderInfo, capabilities: &Capabilities) -> Error {
        self.support(capabilities).missing(info, self.operation())
    }

    /// The statuses of a profile to which it was done. None where it changes no status.
    pub const fn statuses(&self) -> &'static [Status] {
        match self {
            Self::Deactivate { .. } => &[Status::Suspended, Status::Deleted],
            Self::Delete { .. } => &[Status::Deleted],
            Self::Create { .. } | Self::Update { .. } | Self::Enroll { .. } => &[],
        }
    }
}
