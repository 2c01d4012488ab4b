//! The program around the commands.

use std::{process::ExitCode, sync::Arc};

use anyprofile::Services;
use clap::{CommandFactory as _, FromArgMatches as _, builder::PossibleValuesParser};

use crate::{args::Arguments, commands, diagnostics, exit::Exit, sandbox::Sandbox};

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

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn sandboxes(&self) -> &[Arc<dyn Sandbox>] {
        &self.sandboxes
    }

    /// The command line, with what depends on the services.
    pub(crate) fn command(&self) -> clap::Command {
        let faults: Vec<_> = self.sandboxes.iter().flat_map(|sandbox| sandbox.fault_names()).collect();
        let has_sandbox = !self.sandboxes.is_empty();
        Arguments::command()
            .name(self.name)
            .after_long_help(help_of(&self.services))
            .mut_arg("sandbox", |argument| argument.hide(!has_sandbox))
            .mut_subcommand("sandbox", |command| {
                let command = command.hide(!has_sandbox);
                if faults.is_empty() {
                    command.mut_arg("fault", |argument| argument.hide(true))
                } else {
                    command
                        .mut_arg("fault", |argument| argument.value_parser(PossibleValuesParser::new(faults)))
                }
            })
    }

    /// Reads the program's arguments, runs the command, and gives its exit code.
    pub fn run(self) -> ExitCode {
        let parsed =
            self.command().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
        let mut arguments = match parsed {
            Ok(arguments) => arguments,
            Err(error) => return diagnostics::usage(error).into(),
        };
        arguments.global.program = self;
        diagnostics::start(arguments.global.verbose);
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                say!("error: the program cannot start: {error}");
                return Exit::Defect.into();
            }
        };
        let exit = match runtime.block_on(commands::run(arguments)) {
            Ok(exit) => exit,
            Err(failure) => failure.report(),
        };
        // A page on its way, or a sandbox, is not waited for.
        runtime.shutdown_background();
        exit.into()
    }
}

/// What the help says of accounts: the services, with the variables and keys of each.
fn help_of(services: &Services) -> String {
    use std::fmt::Write as _;

    let mut text = String::from(
        "Accounts, from the environment or from tables [accounts.NAME] of the configuration file:\n",
    );
    for service in services.iter() {
        // Writing to a text cannot fail.
        let _ = write!(text, "\nservice = \"{}\"  {}\n", service.name(), service.summary());
        let credentials = service.credential_keys().into_iter();
        let credentials = credentials.map(|key| (&key.name, &key.variable, &key.doc));
        let keys = service.keys().iter().map(|key| (&key.name, &key.variable, &key.doc));
        for (name, variable, doc) in credentials.chain(keys) {
            let _ = match variable {
                Some(variable) => writeln!(text, "  {name} ({variable}): {doc}"),
                None => writeln!(text, "  {name}: {doc}"),
            };
        }
    }
    let common: Vec<_> = anyprofile::COMMON_KEYS.iter().map(|key| &*key.name).collect();
    let _ = write!(text, "\nEvery account also takes {}.", common.join(", "));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_with_and_without_a_sandbox() {
        Program::new(Services::builtin()).command().debug_assert();
        Program::default().command().debug_assert();
    }

    #[test]
    fn the_help_names_every_service_with_its_keys_and_variables() {
        let help = Program::new(Services::builtin()).command().render_long_help().to_string();
        for service in Services::builtin().iter() {
            for key in service.credential_keys() {
                assert!(help.contains(&*key.name), "{}", key.name);
                assert!(key.variable.as_ref().is_none_or(|variable| help.contains(&**variable)));
            }
            for key in service.keys() {
                assert!(help.contains(&*key.name), "{}", key.name);
            }
        }
    }
}
