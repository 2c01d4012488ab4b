//! The files that the file connector of ConductorOne imports (public documentation, seen 2026-11).

use std::collections::BTreeSet;

use anyprofile_core::{
    Field, FieldPath, Kind, Profile,
    profile::{RoleAssignment, ScopeTier},
};

use super::{Form, FormError, cells::Cells, loss::LossReport, reader::Reader};

/// The columns of the users. `User ID` and `Email Address` are required.
pub(super) const HEADER: &str = "Last Name,First Name,Full Name,User ID,Username,Email Address,User Status,Manager ID,User Type,Account Owner\n";
/// The columns of the entitlements. The first three are required.
pub(super) const ENTITLEMENTS_HEADER: &str = "Resource Type,Resource Name,Entitlement,Entitlement Description,Entitlement Display Name,Entitlement Slug\n";

/// The cells of the table of entitlements.
pub(super) type Entitlement = [String; 6];

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport) -> Cells {
    loss.alter("User ID", "the id at the service is written, without the service and the account");
    let mut cells = Cells::default();
    cells.push("Last Name", reader.text(&FieldPath::NAME_FAMILY), loss);
    cells.push("First Name", reader.text(&FieldPath::NAME_GIVEN), loss);
    cells.push("Full Name", reader.full_name(), loss);
    cells.push_required("User ID", Some(reader.profile.id.native()), loss);
    cells.push("Username", reader.sign_in_name(), loss);
    cells.push_required("Email Address", reader.main_address(), loss);
    // The documentation names no words for the status. Ours are written where the status is known.
    cells.push("User Status", reader.text(&FieldPath::STATUS), loss);
    let manager = manager(reader, loss);
    cells.push("Manager ID", manager, loss);
    let user_type = user_type(reader, loss);
    cells.push("User Type", user_type, loss);
    let owner = owner(reader, loss);
    cells.push("Account Owner", owner, loss);
    for (path, items) in [
        (FieldPath::ROLES, reader.profile.roles.items().len()),
        (FieldPath::GROUPS, reader.profile.groups.items().len()),
        (FieldPath::ENTITLEMENTS, reader.profile.entitlements.items().len()),
    ] {
        reader.uses(&path);
        if items > 0 {
            loss.alter(path.as_str(), "what exists is in the file of entitlements; who has it has no column");
        }
    }
    cells
}

fn manager<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> Option<&'a str> {
    let manager = reader.profile.employee.manager.value()?;
    let id = manager.id.value()?;
    reader.uses(&FieldPath::EMPLOYEE_MANAGER);
    if manager.name.is_known() || manager.email.is_known() {
        loss.alter("employee.manager", "only the id of the manager is written");
    }
    Some(id)
}

/// Returns the type. An account without one is taken for that of a person.
fn user_type(reader: &mut Reader<'_>, loss: &mut LossReport) -> Option<&'static str> {
    match reader.kind() {
        Some(Kind::Human) => {}
        Some(Kind::Service) => return Some("Service"),
        Some(_) => {
            loss.guess("User Type", "neither Service nor System fits, and an empty type stands for a person");
        }
        None => loss.guess("User Type", "the type is not known, and an empty one stands for a person"),
    }
    None
}

fn owner<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> Option<&'a str> {
    let owner = reader.profile.owner.value()?;
    let text = owner.email.value().or(owner.id.value())?;
    reader.uses(&FieldPath::OWNER);
    if owner.name.is_known() || owner.email.is_known() && owner.id.is_known() {
        loss.alter("owner", "only the e-mail address of the owner is written, or else the id");
    }
    Some(text)
}

/// Returns the entitlements of a profile that were not written before.
pub(super) fn entitlements(
    profile: &Profile,
    written: &mut BTreeSet<Entitlement>,
    loss: &mut LossReport,
) -> Result<String, FormError> {
    let account = profile.id.account.as_str();
    let roles = profile.roles.items().iter().filter_map(|it| role(it, account));
    let groups = profile.groups.items().iter().filter_map(|group| {
        let [id, name] = [&group.id, &group.name].map(known);
        let place = name.or(id)?;
        let shown = format!("Member of {place}");
        Some(["group", place, "member", "", &shown, id.unwrap_or_default()].map(str::to_owned))
    });
    let others = profile.entitlements.items().iter().filter_map(|it| {
        let [value, name] = [&it.value, &it.name].map(known);
        let (value, name) = (value.or(name)?, name.or(value)?);
        Some(["account", account, value, "", name, value].map(str::to_owned))
    });
    let mut lines = String::new();
    for entitlement in roles.chain(groups).chain(others) {
        if written.contains(&entitlement) {
            continue;
        }
        let mut cells = Cells::default();
        for (column, text) in ENTITLEMENTS_HEADER.trim_end().split(',').zip(&entitlement) {
            cells.push(column, Some(text), loss);
        }
        lines.push_str(&cells.into_line(Form::ConductorOne)?);
        written.insert(entitlement);
    }
    Ok(lines)
}

/// Returns a role at the place that it is for. A role whose place is not known is one of the account, where the profile was found.
fn role(assignment: &RoleAssignment, account: &str) -> Option<Entitlement> {
    let role = assignment.role.value()?;
    let [id, name] = [&role.id, &role.name].map(known);
    let name = name.or(id)?;
    let scope = assignment.scope.value();
    let tier = scope.and_then(|scope| scope.tier.value()).unwrap_or(&ScopeTier::Account);
    let place =
        scope.and_then(|scope| scope.name.value().or(scope.id.value())).map_or(account, String::as_str);
    Some([tier.as_str(), place, name, "", name, id.unwrap_or_default()].map(str::to_owned))
}

fn known(field: &Field<String>) -> Option<&str> {
    field.value().map(String::as_str)
}
