//! Groups, their members, and roles (Admin API).

use anyprofile_core::{
    open_enum, open_record,
    wire::{OpaqueId, TimeText},
};

open_enum! {
    /// Where a group comes from.
    pub enum GroupSource {
        /// It was created in the organization.
        Direct = "direct",
        /// A directory provides it over SCIM: it can be read, and not changed.
        Scim = "scim",
    }
}

open_enum! {
    /// Where a role comes from.
    pub enum RoleSource {
        /// The service's own.
        BuiltIn = "built_in",
        /// The organization's own.
        Custom = "custom",
    }
}

open_record! {
    /// A group of the organization's users (`GET /v1/organizations/rbac_groups`).
    pub struct RbacGroup {
        /// The id (`rbac_group_…`).
        id: OpaqueId,
        /// `rbac_group`.
        record_type: String = "type",
        /// The name, 1 to 255 characters. Not unique.
        name: String,
        /// Where the group comes from.
        source_type: GroupSource,
        /// The ids of the roles that members get. Empty if there are none; null if the service could not read them
        /// just now.
        role_ids: Vec<String>,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// A user's membership in a group (`GET /v1/organizations/rbac_groups/{rbac_group_id}/members`).
    pub struct RbacGroupMember {
        /// `rbac_group_member`.
        record_type: String = "type",
        /// The id of the user (`user_…`).
        user_id: OpaqueId,
        /// The user's e-mail address.
        email: String,
        /// The id of the group.
        rbac_group_id: OpaqueId,
        /// The time when the user joined the group.
        created_at: TimeText,
    }
}

open_record! {
    /// A role that groups can have (`GET /v1/organizations/rbac_roles`).
    pub struct RbacRole {
        /// The id (`rbac_role_…`).
        id: OpaqueId,
        /// `rbac_role`.
        record_type: String = "type",
        /// The name.
        display_name: String,
        /// Where the role comes from.
        source: RbacRoleSource,
        /// The time of creation.
        created_at: TimeText,
        /// The time of the last change.
        updated_at: TimeText,
    }
}

open_record! {
    /// Where a role comes from.
    pub struct RbacRoleSource {
        /// The kind of the source. A word that is added later is neither of the known ones.
        record_type: RoleSource = "type",
    }
}

open_record! {
    /// A permission of a role (`GET /v1/organizations/rbac_roles/{rbac_role_id}/permissions`).
    pub struct RbacRolePermission {
        /// `rbac_role_permission`.
        record_type: String = "type",
        /// What is allowed. `capability_access_all` and `capability_access_all_ga` allow many things at once.
        action: String,
        /// What it is allowed on.
        resource: PermissionResource,
    }
}

open_record! {
    /// What a permission is for. Its type decides which of the other keys it has.
    pub struct PermissionResource {
        /// `organization`, `connector`, `connector_tool`, `connector_scope` or `all_connectors`.
        record_type: String = "type",
        /// The id of the organization.
        organization_id: OpaqueId,
        /// The id of the connector, for one connector and for its tools and scopes.
        connector_id: OpaqueId,
        /// The name of the connector's tool.
        tool_name: String,
        /// The connector's scope.
        scope: String,
    }
}
