//! The personnel file of Drata (public help page, seen 2026-11).

use anyprofile_core::{Field, FieldPath, Kind};

use super::{
    cells::Cells,
    loss::LossReport,
    reader::{Reader, main_of},
};

/// The columns that were seen. All but `avatar_url` and `job_title` are required.
pub(super) const HEADER: &str = "id,first_name,last_name,email,avatar_url,is_contractor,mfa,job_title\n";

/// What SCIM calls the relationship of a person to the organization (RFC 7643, section 4.1.1).
const USER_TYPE: FieldPath = FieldPath::extension("extension.user_type");

pub(super) fn record(reader: &mut Reader<'_>, loss: &mut LossReport, mfa: Option<bool>) -> Cells {
    let profile = reader.profile;
    match reader.kind() {
        Some(Kind::Human) => {}
        Some(_) => loss.guess(
            "id",
            "a profile that is not a person is written as one, because the file has only people",
        ),
        None => loss.guess("id", "it is not known whether the profile is a person; it is written as one"),
    }
    loss.alter("id", "the id at the service is written, without the service and the account");
    let (first, last) = names(reader, loss);
    let email = reader.main_address();
    let avatar = picture(reader, loss);
    let contractor = is_contractor(reader, loss);
    let title = reader.text(&FieldPath::TITLE);
    let mut cells = Cells::default();
    cells.push_required("id", Some(profile.id.native()), loss);
    cells.push_required("first_name", first, loss);
    cells.push_required("last_name", last, loss);
    cells.push_required("email", email, loss);
    cells.push("avatar_url", avatar, loss);
    cells.push_required("is_contractor", Some(yes_or_no(contractor)), loss);
    cells.push_required("mfa", mfa.map(yes_or_no), loss);
    cells.push("job_title", title, loss);
    cells
}

const fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Returns the first and the last name. If the service has neither, the full name is split at its last space, which is wrong for many
/// names.
fn names<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> (Option<&'a str>, Option<&'a str>) {
    let (given, family) = (reader.text(&FieldPath::NAME_GIVEN), reader.text(&FieldPath::NAME_FAMILY));
    if given.is_some() || family.is_some() {
        return (given, family);
    }
    // An address is not a name.
    let Some(name) = reader.full_name().map(str::trim).filter(|name| !name.contains('@')) else {
        return (None, None);
    };
    loss.guess("first_name", "the full name is split at its last space");
    match name.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (Some(first), Some(last)),
        None => (Some(name), None),
    }
}

fn picture<'a>(reader: &mut Reader<'a>, loss: &mut LossReport) -> Option<&'a str> {
    if let Some(url) = reader.text(&FieldPath::PICTURE) {
        return Some(url);
    }
    reader.uses(&FieldPath::PHOTOS);
    let photos = reader.profile.photos.items();
    if photos.len() > 1 {
        loss.alter("avatar_url", "one picture of several is written");
    }
    main_of(photos, |photo| &photo.primary)?.url.value().map(String::as_str)
}

/// Returns whether the person is a contractor. Only SCIM has a word for it, and services use it in their own ways.
fn is_contractor(reader: &mut Reader<'_>, loss: &mut LossReport) -> bool {
    let user_type: Field<String> = reader.extension_text(&USER_TYPE).into();
    let is = |word: &str| user_type.is_known_and(|known| known.eq_ignore_ascii_case(word));
    if is("contractor") {
        return true;
    }
    if !is("employee") && !is("intern") {
        loss.guess("is_contractor", "no is written, because the service does not say who is a contractor");
    }
    false
}
