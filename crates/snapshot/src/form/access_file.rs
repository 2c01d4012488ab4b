//! The access files of Vanta and SecureSlate (public help pages, seen 2026-11).

use anyprofile_core::{FieldPath, Kind, Status};

use super::{cells::Cells, loss::LossReport, reader::Reader};

/// The columns of Vanta. `Account name` and `Status` are required.
pub(super) const HEADER: &str = "Account name,Account owner,Role,Status\n";
/// The columns of SecureSlate. `Account name` and `Status` are required.
pub(super) const HEADER_WITH_MFA: &str = "Account name,Account owner,Role,MFA Status,Status\n";

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport, mfa: Option<bool>) -> Cells {
    let mut cells = Cells::default();
    let name = account_name(reader, loss);
    cells.push_required("Account name", Some(name), loss);
    let owner = account_owner(reader, loss);
    cells.push("Account owner", Some(owner), loss);
    let roles = roles(reader, loss);
    cells.push("Role", Some(&roles), loss);
    if let Some(mfa) = mfa {
        cells.push("MFA Status", Some(if mfa { "Yes" } else { "No" }), loss);
    }
    let status = status(reader, loss);
    cells.push("Status", Some(status), loss);
    cells
}

/// Returns the name of the account: the one to sign in with, or else the best that is known.
fn account_name<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> &'a str {
    let mut guess = |what| {
        let reason = format!("the name to sign in with is not known; {what} is written");
        loss.guess("Account name", &reason);
    };
    let native = reader.profile.id.native();
    let name = if let Some(name) = reader.sign_in_name() {
        name
    } else if let Some(address) = reader.main_address() {
        guess("the e-mail address");
        address
    } else if let Some(name) = reader.full_name() {
        guess("the name of the profile");
        name
    } else {
        guess("the id");
        native
    };
    if name != native {
        loss.leave_out("id");
    }
    name
}

/// Returns whom the account belongs to. `External user`, which the files have too, is never guessed.
fn account_owner<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> &'a str {
    let kind = reader.kind();
    if matches!(kind, Some(Kind::Service | Kind::Organization)) {
        return "Not a person";
    }
    let is_human = kind == Some(&Kind::Human);
    match reader.main_address() {
        Some(address) if is_human => address,
        Some(address) => {
            loss.guess(
                "Account owner",
                "it is not known whether it is a person; its e-mail address is written",
            );
            address
        }
        None if is_human => {
            loss.guess("Account owner", "No owner is written for a person without a known e-mail address");
            "No owner"
        }
        None => {
            loss.guess("Account owner", "No owner is written, because nothing says whose the account is");
            "No owner"
        }
    }
}

/// Returns the names of the roles, separated by commas.
fn roles(reader: &mut Reader<'_>, loss: &mut LossReport) -> String {
    let mut names = reader.role_names();
    for name in names.iter_mut().filter(|name| name.contains(',')) {
        loss.alter(
            "Role",
            "a comma in the name of a role is written as a space, because commas separate roles",
        );
        *name = name.split(',').map(str::trim).collect::<Vec<_>>().join(" ").into();
    }
    names.join(", ")
}

/// Returns the status. An account of which it is not known that access is gone is active: an auditor must not be told otherwise.
fn status(reader: &mut Reader<'_>, loss: &mut LossReport) -> &'static str {
    reader.uses(&FieldPath::STATUS);
    let why = match reader.profile.status.value() {
        Some(Status::Active) => return "Active",
        Some(Status::Suspended | Status::Deleted) => return "Deactivated",
        Some(Status::Pending) => "a profile that is invited or under review",
        Some(_) => "a status that has another word",
        None => "a status that is not known",
    };
    let reason = format!("{why} is written as Active, because the form has only Active and Deactivated");
    loss.guess("Status", &reason);
    "Active"
}
