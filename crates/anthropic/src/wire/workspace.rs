//! Workspaces and their members (Admin API).

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

open_enum! {
    /// The role of a user or a service account in a workspace. Admins and billing users of the organization have
    /// their role in every workspace.
    pub enum WorkspaceRole {
        /// Managing the workspace and its members.
        Admin = "workspace_admin",
        /// Managing billing. It can be set for a member, but not given to a new one.
        Billing = "workspace_billing",
        /// Using the workspace and its API keys.
        Developer = "workspace_developer",
        /// As a developer, with restrictions.
        RestrictedDeveloper = "workspace_restricted_developer",
        /// Using the workbench.
        User = "workspace_user",
    }
}

open_record! {
    /// A workspace of the organization (`GET /v1/organizations/workspaces`).
    pub struct Workspace {
        /// The id (`wrkspc_…`).
        id: OpaqueId,
        /// `workspace`.
        record_type: String = "type",
        /// The name.
        name: String,
        /// The time of creation.
        created_at: TimeText,
        /// The time when it was archived; null for a workspace in use.
        archived_at: TimeText,
        /// The compartment that the workspace belongs to.
        compartment_id: String,
        /// Where data is kept and models run.
        data_residency: DataResidency,
        /// The color in the Console, such as `#6C5BB9`.
        display_color: String,
        /// The customer's key that encrypts the workspace; null if there is none.
        external_key_id: String,
        /// The tags.
        tags: BTreeMap<String, String>,
        /// The user profile that the workspace is bound to; null if it is bound to none.
        user_profile_id: String,
    }
}

open_record! {
    /// Where the data of a workspace is kept, and where its models run.
    pub struct DataResidency {
        /// Where models may run.
        allowed_inference_geos: InferenceGeos,
        /// Where models run if a request does not say it: `global` or `us`.
        default_inference_geo: String,
        /// Where data is kept: `us`.
        workspace_geo: String,
    }
}

/// Where models may run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InferenceGeos {
    /// Anywhere (`"unrestricted"`).
    Unrestricted,
    /// In these places alone, such as `us`.
    Only(Vec<String>),
}

const UNRESTRICTED: &str = "unrestricted";

impl Serialize for InferenceGeos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unrestricted => serializer.serialize_str(UNRESTRICTED),
            Self::Only(geos) => geos.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for InferenceGeos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Word(String),
            List(Vec<String>),
        }

        match Form::deserialize(deserializer)? {
            Form::List(geos) => Ok(Self::Only(geos)),
            Form::Word(word) if word == UNRESTRICTED => Ok(Self::Unrestricted),
            // A word that is not published: it is not to be taken for permission.
            Form::Word(_) => Err(serde::de::Error::custom("must be `unrestricted` or a list")),
        }
    }
}

open_record! {
    /// A user's membership in a workspace (`GET /v1/organizations/workspaces/{workspace_id}/members`).
    pub struct WorkspaceMember {
        /// `workspace_member`.
        record_type: String = "type",
        /// The id of the user (`user_…`).
        user_id: OpaqueId,
        /// The id of the workspace.
        workspace_id: OpaqueId,
        /// The role in the workspace.
        workspace_role: WorkspaceRole,
    }
}

/// A workspace to create (`POST /v1/organizations/workspaces`). A field that is not set is not sent. An organization
/// has at most 100 workspaces.
///
/// `Debug` shows no values.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorkspaceCreate {
    /// The name.
    pub name: String,
    /// Where data is kept and models run. The place of the data cannot be changed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_residency: Option<DataResidencyInput>,
    /// The color in the Console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_color: Option<String>,
    /// The customer's key that encrypts the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_key_id: Option<String>,
    /// The tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The user profile that the workspace is bound to. It can be set once; only the deletion of the profile frees
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_profile_id: Option<String>,
}

impl WorkspaceCreate {
    /// Creates a workspace with a name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// The fields of a workspace to change (`POST /v1/organizations/workspaces/{workspace_id}`). A field that is not set
/// is not sent and stays unchanged.
///
/// `Debug` shows no values.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorkspaceUpdate {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where models run. The place of the data ([`workspace_geo`](DataResidencyInput::workspace_geo)) cannot be
    /// changed: an update that sets it is refused before anything is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_residency: Option<DataResidencyInput>,
    /// The color in the Console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_color: Option<String>,
    /// The customer's key that encrypts the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_key_id: Option<String>,
    /// The tags to set, or with `None` to remove (sent as null); other tags stay unchanged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, Option<String>>,
    /// The user profile that the workspace is bound to, if it is bound to none so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_profile_id: Option<String>,
}

/// Where the data of a workspace is to be kept, and where its models may run. A field that is not set is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DataResidencyInput {
    /// Where models may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_inference_geos: Option<InferenceGeos>,
    /// Where models run if a request does not say it: `global` or `us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_inference_geo: Option<String>,
    /// Where data is kept: `us`. Only at creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_geo: Option<String>,
}

impl fmt::Debug for WorkspaceCreate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WorkspaceCreate").finish_non_exhaustive()
    }
}

impl fmt::Debug for WorkspaceUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WorkspaceUpdate").finish_non_exhaustive()
    }
}
