#![doc = include_str!("../../README.md")]

use std::sync::Arc;

use anyprofile::{Accounts, ProfileProvider, Result};
use anyprofile_sandbox::Sandbox;

/// The accounts of a sandbox, as the environment would name them.
///
/// # Errors
/// Never, while the sandbox describes itself.
pub fn accounts(sandbox: &Sandbox) -> Result<Accounts> {
    let description = sandbox.description();
    Accounts::from_variables(|name| {
        Some(match name {
            "UPSUN_API_TOKEN" => description.upsun.api_token.clone(),
            "UPSUN_API_URL" => description.upsun.base_url.clone(),
            "UPSUN_AUTH_URL" => description.upsun.auth_url.clone(),
            "PROBELY_API_KEY" => description.probely.api_key.clone(),
            "PROBELY_API_BASE_URL" => description.probely.base_url.clone(),
            "ANTHROPIC_API_KEY" => description.anthropic.api_key.clone(),
            "ANTHROPIC_BASE_URL" => description.anthropic.base_url.clone(),
            _ => return None,
        })
    })
}

/// The providers of a sandbox: Upsun, Probely, Anthropic.
///
/// # Errors
/// Never, while the sandbox describes itself.
pub fn providers(sandbox: &Sandbox) -> Result<Vec<Arc<dyn ProfileProvider>>> {
    accounts(sandbox)?.connect()
}
