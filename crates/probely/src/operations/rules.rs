//! The rules for request bodies, as the reference states them. Words of open enumerations and the format of
//! ids are not checked: the service may accept more than it publishes.

use std::borrow::Cow;

use anyprofile_http::Violations;

use crate::wire::{AssignmentChange, AssignmentUpdate, AssignmentWrite, GrantScope, LabelByName, RoleGrant};

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
    for LabelByName { name, color } in labels.unwrap_or_default() {
        check_label(&mut violations, ("labels.name", Some(name)), ("labels.color", color.as_deref()));
    }
    violations
}

/// Returns the rules that the fields of a label violate.
pub(super) fn label(name: Option<&str>, color: Option<&str>) -> Violations {
    let mut violations = Violations::new();
    check_label(&mut violations, ("name", name), ("color", color));
    violations
}

fn check_label(
    violations: &mut Violations,
    (name_field, name): (&'static str, Option<&str>),
    (color_field, color): (&'static str, Option<&str>),
) {
    if let Some(name) = name {
        violations.check_characters(name_field, name, 0..=MAX_LABEL);
    }
    let is_color = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '_' | '-');
    if !color.unwrap_or_default().chars().all(is_color) {
        violations.add(color_field, "must contain only ASCII letters, digits, '#', '_' and '-'");
    }
}

/// Returns the rules that roles and their scopes violate.
pub(super) fn user_roles(grants: Option<&[RoleGrant]>) -> Violations {
    let mut violations = Violations::new();
    for grant in grants.unwrap_or_default() {
        check_id(&mut violations, "user_roles.role.id", &grant.role_id);
        check_scope(&mut violations, "user_roles.", &grant.scope);
    }
    violations
}

/// Returns the rules that role assignments violate. The names of fields begin with `prefix`.
pub(super) fn assignments<'a>(
    prefix: &str,
    assignments: impl IntoIterator<Item = &'a AssignmentWrite>,
) -> Violations {
    let mut violations = Violations::new();
    for AssignmentWrite { user_id, grant } in assignments {
        check_id(&mut violations, format!("{prefix}user.id"), user_id);
        check_id(&mut violations, format!("{prefix}role.id"), &grant.role_id);
        check_scope(&mut violations, prefix, &grant.scope);
    }
    violations
}

/// Returns the rules that changes of role assignments violate. The names of fields begin with `prefix`.
pub(super) fn assignment_changes(prefix: &str, changes: &[AssignmentChange]) -> Violations {
    let mut violations = assignments(prefix, changes.iter().map(|change| &change.assignment));
    for change in changes {
        check_id(&mut violations, format!("{prefix}id"), &change.id);
    }
    violations
}

/// Returns the rules that the change of a role assignment violates.
pub(super) fn assignment_update(update: &AssignmentUpdate) -> Violations {
    let mut violations = Violations::new();
    for (field, id) in [("user.id", &update.user_id), ("role.id", &update.role_id)] {
        if let Some(id) = id {
            check_id(&mut violations, field, id);
        }
    }
    if let Some(scope) = &update.scope {
        check_scope(&mut violations, "", scope);
    }
    violations
}

fn check_id(violations: &mut Violations, field: impl Into<Cow<'static, str>>, id: &str) {
    if id.is_empty() {
        violations.add(field, "is required");
    }
}

fn check_scope(violations: &mut Violations, prefix: &str, scope: &GrantScope) {
    if let Some(id) = scope.place_id() {
        check_id(violations, format!("{prefix}scope.{}.id", scope.tier()), id);
    }
}

/// Returns the rules that a password change violates.
pub(super) fn password(new: &str) -> Violations {
    let mut violations = Violations::new();
    violations.check_characters("password", new, MIN_PASSWORD..=u32::MAX);
    violations
}
