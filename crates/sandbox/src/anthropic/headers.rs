//! Checks the headers of a request, and selects the version of the API.

use percent_encoding::percent_decode_str;

use super::WORKSPACE_ID;
use super::errors::error;
use crate::description::{ANTHROPIC_ADMIN_API_KEY, ANTHROPIC_ADMIN_TOKEN, ANTHROPIC_API_KEY};
use crate::exchange::{Call, Reply};

const VERSIONS: [&str; 3] = ["2023-01-01", "2023-06-01", "2026-10-21"];
const PROFILE_BETAS: &str = "user-profiles-";

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    March,
    August,
    September,
    /// No dated beta of user profiles.
    General,
}

impl Generation {
    fn of_beta(beta: &str) -> Option<Self> {
        match beta.strip_prefix(PROFILE_BETAS)? {
            "2026-03-24" => Some(Self::March),
            "2026-08-18" => Some(Self::August),
            "2026-09-04" => Some(Self::September),
            _ => None,
        }
    }

    /// Returns whether the listing can be ordered by name.
    pub(super) fn has_order_by(self) -> bool {
        matches!(self, Self::September | Self::General)
    }

    /// Returns the version that the headers select; [`check`] has refused invalid ones.
    pub(super) fn of(call: &Call) -> Self {
        // Clients that pin a date send it beside the one that was asked for: the newest counts.
        let dates = betas(call).filter_map(Self::of_beta);
        dates.max_by_key(|generation| *generation as u8).unwrap_or(Self::General)
    }
}

pub(super) fn check(call: &Call) -> Result<(), Reply> {
    check_credential(call)?;
    match call.header("anthropic-version") {
        None => return Err(error(call, 400, "anthropic-version: header is required")),
        Some(version) if !VERSIONS.contains(&version) => {
            return Err(error(call, 400, &format!("anthropic-version: {version} is not a valid version")));
        }
        Some(_) => {}
    }
    check_betas(call)?;
    match call.header("anthropic-workspace-id") {
        None | Some(WORKSPACE_ID) => Ok(()),
        Some(other) if other.starts_with("wrkspc_") => {
            Err(error(call, 403, "The credential is bound to another workspace."))
        }
        Some(_) => Err(error(call, 400, "anthropic-workspace-id: not a workspace id")),
    }
}

fn check_credential(call: &Call) -> Result<(), Reply> {
    let (key, token) = (call.header("x-api-key"), bearer(call));
    // A client may send both: each must be right.
    let credentials: Vec<&str> = key.into_iter().chain(token).collect();
    if credentials.is_empty() {
        return Err(error(call, 401, "x-api-key header is required"));
    }
    let is_key = |key: &str| [ANTHROPIC_API_KEY, ANTHROPIC_ADMIN_API_KEY].contains(&key);
    // The clients send keys as bearer tokens too, but a token is never a key.
    let is_known =
        key.is_none_or(is_key) && token.is_none_or(|token| is_key(token) || token == ANTHROPIC_ADMIN_TOKEN);
    if !is_known {
        return Err(error(call, 401, "invalid x-api-key"));
    }
    let (right, message): (&[&str], &str) = match Area::of(call) {
        Area::Profiles => (&[ANTHROPIC_API_KEY], "An admin key is not allowed here."),
        Area::Organization => {
            (&[ANTHROPIC_ADMIN_API_KEY, ANTHROPIC_ADMIN_TOKEN], "An admin key is required here.")
        }
        Area::ServiceAccounts => {
            (&[ANTHROPIC_ADMIN_TOKEN], "An OAuth token with the scope org:admin is required here.")
        }
    };
    if credentials.iter().any(|credential| !right.contains(credential)) {
        return Err(error(call, 403, message));
    }
    Ok(())
}

fn bearer(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Returns whether the credential is the token, which belongs to a user.
pub(super) fn is_admin_token(call: &Call) -> bool {
    bearer(call) == Some(ANTHROPIC_ADMIN_TOKEN)
}

/// The parts of the API, which require different credentials.
enum Area {
    Profiles,
    Organization,
    ServiceAccounts,
}

impl Area {
    fn of(call: &Call) -> Self {
        let decode = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let segments: Vec<String> = call.path.split('/').map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments[..] {
            ["", "v1", "organizations", "service_accounts", ..]
            | ["", "v1", "organizations", "workspaces", _, "service_accounts", ..] => Self::ServiceAccounts,
            ["", "v1", "organizations", ..] => Self::Organization,
            _ => Self::Profiles,
        }
    }
}

fn check_betas(call: &Call) -> Result<(), Reply> {
    // The names of other parts of the API are not known here: whatever has the form of one is accepted.
    let is_known = |beta: &str| match beta.strip_prefix(PROFILE_BETAS) {
        Some(_) => Generation::of_beta(beta).is_some(),
        None => has_form_of_beta(beta),
    };
    match betas(call).find(|beta| !is_known(beta)) {
        Some(unknown) => {
            let message = format!("Unexpected value(s) `{unknown}` for the `anthropic-beta` header.");
            Err(error(call, 400, &message))
        }
        None => Ok(()),
    }
}

/// Returns whether a text has the form `name-YYYY-MM-DD`.
fn has_form_of_beta(beta: &str) -> bool {
    let Some((name, date)) = beta.len().checked_sub(11).and_then(|at| beta.split_at_checked(at)) else {
        return false;
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_date =
        |(at, c): (usize, char)| if matches!(at, 0 | 5 | 8) { c == '-' } else { c.is_ascii_digit() };
    !name.is_empty() && name.chars().all(is_name) && date.char_indices().all(is_date)
}

/// Returns whether the request asks for a beta.
pub(super) fn has_beta(call: &Call, beta: &str) -> bool {
    betas(call).any(|known| known == beta)
}

/// Returns all betas of all `anthropic-beta` headers.
fn betas(call: &Call) -> impl Iterator<Item = &str> {
    let lines = call.headers.get_all("anthropic-beta").iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|beta| !beta.is_empty())
}
