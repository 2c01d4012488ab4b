//! Who owns or administers an account.

use serde::{Deserialize, Serialize};

use super::{Profile, RoleAssignment};
use crate::Field;

/// Why somebody counts as an owner or an administrator of a whole account.
///
/// ```
/// use anyprofile_core::{Profile, profile::Privilege};
///
/// let mut ada = Profile::new("probely:eu/user/1".parse()?);
/// // A service that does not say it has said neither yes nor no.
/// assert!(!ada.privileges().contains(&Privilege::Owner) && !ada.access.owner.is_known());
/// ada.access.owner = true.into();
/// assert_eq!(ada.privileges(), [Privilege::Owner]);
/// # Ok::<(), anyprofile_core::id::IdError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Privilege {
    /// The service calls them an owner, or they have a role of that name.
    Owner,
    /// They have the role of an administrator.
    Admin,
}

/// The roles that own an account or an organization, in lower case.
const OWNERS: [&str; 2] = ["owner", "account owner"];
/// The roles that administer one.
const ADMINS: [&str; 3] = ["admin", "administrator", "account admin"];

impl Profile {
    /// Returns what somebody is known to be: an owner of the whole account, an administrator, both, or nothing. A role in a team or for a
    /// target is neither, and what the service does not say is not known.
    pub fn privileges(&self) -> Vec<Privilege> {
        let has_role = |names: &[&str]| {
            let is_named = |text: &Field<String>| {
                text.is_known_and(|text| names.contains(&text.to_lowercase().as_str()))
            };
            let roles = self.roles.items().iter().filter(|it| is_of_all(it)).filter_map(|it| it.role.value());
            roles.into_iter().any(|role| is_named(&role.name) || is_named(&role.id))
        };
        let is_owner = self.access.owner.is_known_to_be(&true) || has_role(&OWNERS);
        let all = [(Privilege::Owner, is_owner), (Privilege::Admin, has_role(&ADMINS))];
        all.into_iter().filter_map(|(privilege, is_so)| is_so.then_some(privilege)).collect()
    }
}

/// Returns whether a role is one for the whole account or organization.
fn is_of_all(assignment: &RoleAssignment) -> bool {
    let tier = assignment.scope.value().and_then(|scope| scope.tier.value());
    tier.is_none_or(|tier| matches!(tier.as_str(), "account" | "organization"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Role, RoleScope, ScopeTier};

    #[test]
    fn a_role_counts_only_for_the_whole_account() {
        let mut profile = Profile::new("probely:eu/user/1".parse().unwrap());
        let role = |tier: Option<ScopeTier>| {
            let scope = tier.map_or(Field::Absent, |tier| RoleScope::default().with_tier(tier).into());
            Field::Value(vec![RoleAssignment::new(Role::new("7", "Administrator"), scope)])
        };
        for (tier, is_admin) in
            [(None, true), (Some(ScopeTier::Account), true), (Some(ScopeTier::from("team")), false)]
        {
            profile.roles = role(tier.clone());
            assert_eq!(profile.privileges() == [Privilege::Admin], is_admin, "{tier:?}");
        }
    }
}
