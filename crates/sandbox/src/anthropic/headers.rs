//! Checks the headers of a request, and selects the version of the API.

use super::{WORKSPACE_ID, error};
use crate::description::{ANTHROPIC_ADMIN_API_KEY, ANTHROPIC_API_KEY};
use crate::exchange::{Call, Reply};

const VERSIONS: [&str; 3] = ["2023-01-01", "2023-06-01", "2026-10-21"];
/// The paths that require the admin key, and only that one.
const ADMIN_PATHS: &str = "/v1/organizations/";
const PROFILE_BETAS: &str = "user-profiles-";

/// Betas that are unrelated to profiles. A client may send them with every request.
const OTHER_BETAS: [&str; 23] = [
    "message-batches-2024-09-24",
    "prompt-caching-2024-07-31",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "pdfs-2024-09-25",
    "token-counting-2024-11-01",
    "token-efficient-tools-2025-02-19",
    "output-128k-2025-02-19",
    "files-api-2025-04-14",
    "mcp-client-2025-04-04",
    "mcp-client-2025-11-20",
    "dev-full-thinking-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "code-execution-2025-05-22",
    "extended-cache-ttl-2025-04-11",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "model-context-window-exceeded-2025-08-26",
    "skills-2025-10-02",
    "fast-mode-2026-02-01",
    "output-300k-2026-03-24",
    "oauth-2025-04-20",
    "oidc-federation-2026-04-01",
];

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
        betas(call).find_map(Self::of_beta).unwrap_or(Self::General)
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
    let bearer = call.header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    // A client may send both: each must be right.
    let keys: Vec<&str> = call.header("x-api-key").into_iter().chain(bearer).collect();
    if keys.is_empty() {
        return Err(error(call, 401, "x-api-key header is required"));
    }
    if keys.iter().any(|key| ![ANTHROPIC_API_KEY, ANTHROPIC_ADMIN_API_KEY].contains(key)) {
        return Err(error(call, 401, "invalid x-api-key"));
    }
    let (right, message) = if call.path.starts_with(ADMIN_PATHS) {
        (ANTHROPIC_ADMIN_API_KEY, "An admin key is required here.")
    } else {
        (ANTHROPIC_API_KEY, "An admin key is not allowed here.")
    };
    if keys.iter().any(|key| *key != right) {
        return Err(error(call, 403, message));
    }
    Ok(())
}

fn check_betas(call: &Call) -> Result<(), Reply> {
    let known = |beta: &str| OTHER_BETAS.contains(&beta) || Generation::of_beta(beta).is_some();
    if let Some(unknown) = betas(call).find(|beta| !known(beta)) {
        let message = format!("Unexpected value(s) `{unknown}` for the `anthropic-beta` header.");
        return Err(error(call, 400, &message));
    }
    let mut generations: Vec<&str> = betas(call).filter(|beta| beta.starts_with(PROFILE_BETAS)).collect();
    generations.dedup();
    if generations.len() > 1 {
        return Err(error(call, 400, "Only one user-profiles date may be in the `anthropic-beta` header."));
    }
    Ok(())
}

/// Returns all betas of all `anthropic-beta` headers.
fn betas(call: &Call) -> impl Iterator<Item = &str> {
    let lines = call.headers.get_all("anthropic-beta").iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|beta| !beta.is_empty())
}
