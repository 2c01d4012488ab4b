//! What a program consists of: its services, and the servers that stand in for them.

use std::sync::Arc;

use crate::sandbox::Sandbox;
use anyprofile::Services;

/// The command with services of one's own, and with servers that stand in for them.
///
/// ```no_run
/// use anyprofile::Services;
/// use anyprofile_cli::{Program, Sandbox};
///
/// fn program(sandbox: impl Sandbox) -> Program {
///     Program::new(Services::builtin()).named("directory").with_sandbox(sandbox)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    name: &'static str,
    services: Services,
    sandboxes: Vec<Arc<dyn Sandbox>>,
}

impl Default for Program {
    /// Without any service.
    fn default() -> Self {
        Self { name: "anyprofile", services: Services::none(), sandboxes: Vec::new() }
    }
}

impl Program {
    /// The command `anyprofile` with these services. With the feature `sandbox` it has the embedded sandbox, of those
    /// services of this project that are among them.
    pub fn new(services: Services) -> Self {
        let program = Self { services, ..Self::default() };
        #[cfg(feature = "sandbox")]
        let program = program.with_sandbox(crate::embedded::Embedded);
        program
    }

    /// Gives the command another name, as it stands in its help.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Adds a server that stands in for services.
    pub fn with_sandbox(mut self, sandbox: impl Sandbox) -> Self {
        self.sandboxes.push(Arc::new(sandbox));
        self
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn sandboxes(&self) -> &[Arc<dyn Sandbox>] {
        &self.sandboxes
    }
}
