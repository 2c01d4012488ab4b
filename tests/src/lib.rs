#![doc = include_str!("../../README.md")]

pub mod faults;
mod in_process;
pub mod model;
pub mod random;
pub mod services;
pub mod soak;

use std::sync::Arc;

use anyprofile::{Accounts, ProfileProvider, Result};
use anyprofile_sandbox::Sandbox;

/// The accounts of a sandbox, as the environment would name them.
///
/// # Errors
/// Never, while the sandbox describes itself.
pub fn accounts(sandbox: &Sandbox) -> Result<Accounts> {
    let description = sandbox.description();
    Accounts::from_variables(|name| description.variable(name).map(str::to_owned))
}

/// The providers of a sandbox: Upsun, Probely, Anthropic, SCIM.
///
/// # Errors
/// Never, while the sandbox describes itself.
pub fn providers(sandbox: &Sandbox) -> Result<Vec<Arc<dyn ProfileProvider>>> {
    accounts(sandbox)?.connect()
}
