//! What a program consists of: its services, and the servers that stand in for them.

use std::{borrow::Cow, sync::Arc};

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
    name: Cow<'static, str>,
    version: Cow<'static, str>,
    services: Services,
    sandboxes: Vec<Arc<dyn Sandbox>>,
}

impl Default for Program {
    /// Without any service.
    fn default() -> Self {
        Self {
            name: Cow::Borrowed("anyprofile"),
            version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
            services: Services::none(),
            sandboxes: Vec::new(),
        }
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
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Gives the command another version than that of this crate, such as `env!("CARGO_PKG_VERSION")` of the program.
    pub fn with_version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = version.into();
        self
    }

    /// Adds a server that stands in for services.
    pub fn with_sandbox(mut self, sandbox: impl Sandbox) -> Self {
        self.sandboxes.push(Arc::new(sandbox));
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn sandboxes(&self) -> &[Arc<dyn Sandbox>] {
        &self.sandboxes
    }
}
