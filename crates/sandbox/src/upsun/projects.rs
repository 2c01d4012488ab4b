//! The projects: their ids follow from their numbers.

use super::organizations::{self, Organization};

/// The number of projects of each organization.
pub(super) const OF_ORGANIZATION: u64 = 8;

const TITLES: [&str; 5] = ["Größe", "shop", "Świątynia", "", "блог"];

pub(super) fn title(number: u64) -> &'static str {
    TITLES[usize::try_from(number % 5).unwrap_or(0)]
}

pub(super) fn id(number: u64) -> String {
    format!("sbxproject{number:03}")
}

/// Returns the number of a project and its organization.
pub(super) fn find(project_id: &str) -> Option<(u64, Organization)> {
    let number: u64 = project_id.strip_prefix("sbxproject")?.parse().ok()?;
    let organization = organizations::all().find(|it| it.number == number / OF_ORGANIZATION)?;
    (id(number) == project_id).then_some((number, organization))
}
