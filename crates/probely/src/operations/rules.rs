//! The rules for request bodies, as the reference states them. Words of open enumerations and the format of
//! ids are not checked: the service may accept more than it publishes.

use anyprofile_http::Violations;

use crate::wire::{LabelByName, RoleGrant};

/// The maximum length of a user's name, in characters.
pub(crate) const MAX_NAME: u32 = 60;
/// The maximum length of a label, in characters.
pub(crate) const MAX_LABEL: u32 = 255;
/// The minimum length of a new password, in characters.
const MIN_PASSWORD: u32 = 10;

/// Returns the rules that the ids of a bulk change violate.
pub(super) fn ids(ids: &[String]) -> Violations {
    let mut violations = Violations::new();
    if ids.is_empty() || ids.iter().any(String::is_empty) {
        violations.add("ids", "must contain at least one id, and no empty id");
    }
    violations
}

/// Returns the rules that an e-mail address violates.
pub(super) fn email(email: Option<&str>) -> Violations {
    let mut violations = Violations::new();
    if let Some(email) = email {
        violations.check_email("email", email);
    }
    violations
}

/// Returns the rules that a user's name violates.
pub(super) fn name(name: Option<&str>) -> Violations {
    let mut violations = Violations::new();
    if let Some(name) = name {
        violations.check_characters("name", name, 0..=MAX_NAME);
    }
    violations
}

/// Returns the rules that labels violate.
pub(super) fn labels(labels: Option<&[LabelByName]>) -> Violations {
    let mut violations = Violations::new();
    for label in labels.unwrap_or_default() {
        violations.check_characters("labels.name", &label.name, 0..=MAX_LABEL);
        let is_color = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '_' | '-');
        if !label.color.iter().flat_map(|color| color.chars()).all(is_color) {
            violations.add("labels.color", "must contain only ASCII letters, digits, '#', '_' and '-'");
        }
    }
    violations
}

/// Returns the rules that roles and their scopes violate.
pub(super) fn user_roles(grants: Option<&[RoleGrant]>) -> Violations {
    let mut violations = Violations::new();
    for grant in grants.unwrap_or_default() {
        if grant.role_id.is_empty() {
            violations.add("user_roles.role.id", "is required");
        }
        if grant.scope.place_id().is_some_and(str::is_empty) {
            violations.add(format!("user_roles.scope.{}.id", grant.scope.tier()), "is required");
        }
    }
    violations
}

/// Returns the rules that a password change violates.
pub(super) fn password(new: &str) -> Violations {
    let mut violations = Violations::new();
    violations.check_characters("password", new, MIN_PASSWORD..=u32::MAX);
    violations
}
