//! Writes as values.

use serde::{Deserialize, Serialize};

use crate::{
    Capabilities, Error, ProfileChange, ProfileDraft, ProfileId, ProviderInfo, Status, capabilities::Support,
};

/// A write at a service: what to do, not how.
///
/// [`ProfileProvider::plan`](crate::ProfileProvider::plan) turns it into requests. It serializes with all values;
/// `Debug` shows none of them.
///
/// ```
/// # fn main() -> anyprofile_core::Result<()> {
/// use anyprofile_core::{FieldPath, ProfileChange, ProfileId, Write};
///
/// let ada: ProfileId = "memory:test/user/ada".parse()?;
/// let write = Write::update(ada.clone(), ProfileChange::new().set(FieldPath::TITLE, "countess"));
/// assert_eq!((write.operation(), write.id()), ("update", Some(&ada)));
/// assert_eq!(Write::delete(ada).operation(), "delete");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Write {
    /// Creates a profile. No service prevents a second profile with the same data.
    Create {
        /// The new profile.
        draft: ProfileDraft,
    },
    /// Updates one profile.
    Update {
        /// The profile.
        id: ProfileId,
        /// The changes of its fields.
        change: ProfileChange,
    },
    /// Deactivates a profile: it can no longer sign in, and is not deleted. The service may still list it.
    Deactivate {
        /// The profile.
        id: ProfileId,
    },
    /// Deletes a profile permanently.
    Delete {
        /// The profile.
        id: ProfileId,
    },
    /// Creates a link with which the person of a profile can enroll. Each time may create another link.
    Enroll {
        /// The profile.
        id: ProfileId,
    },
}

impl Write {
    /// Creates a write that creates a profile.
    pub const fn create(draft: ProfileDraft) -> Self {
        Self::Create { draft }
    }

    /// Creates a write that updates one profile.
    pub const fn update(id: ProfileId, change: ProfileChange) -> Self {
        Self::Update { id, change }
    }

    /// Creates a write that deactivates a profile.
    pub const fn deactivate(id: ProfileId) -> Self {
        Self::Deactivate { id }
    }

    /// Creates a write that deletes a profile.
    pub const fn delete(id: ProfileId) -> Self {
        Self::Delete { id }
    }

    /// Creates a write that creates an enrollment link.
    pub const fn enroll(id: ProfileId) -> Self {
        Self::Enroll { id }
    }

    /// Returns the name of the operation, as in [`Operations`](crate::capabilities::Operations).
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Update { .. } => "update",
            Self::Deactivate { .. } => "deactivate",
            Self::Delete { .. } => "delete",
            Self::Enroll { .. } => "enroll",
        }
    }

    /// Returns the id of the profile; `None` for a profile that is to be created.
    pub const fn id(&self) -> Option<&ProfileId> {
        match self {
            Self::Create { .. } => None,
            Self::Update { id, .. } | Self::Deactivate { id } | Self::Delete { id } | Self::Enroll { id } => {
                Some(id)
            }
        }
    }

    /// Returns whether a service supports the write.
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

    /// Creates the error of a provider that does not support the write.
    pub fn unsupported(&self, info: &ProviderInfo, capabilities: &Capabilities) -> Error {
        self.support(capabilities).missing(info, self.operation())
    }

    /// Returns the statuses that a profile may have after the write; empty if the write does not change the status.
    pub const fn statuses(&self) -> &'static [Status] {
        match self {
            Self::Deactivate { .. } => &[Status::Suspended, Status::Deleted],
            Self::Delete { .. } => &[Status::Deleted],
            Self::Create { .. } | Self::Update { .. } | Self::Enroll { .. } => &[],
        }
    }
}
