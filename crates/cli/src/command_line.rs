//! The command line of a program, with its services and faults.

use std::borrow::Cow;

use anyprofile::{
    Services,
    engine::{SettingKey, SettingKind},
};
use clap::{CommandFactory as _, builder::PossibleValuesParser};

use crate::{args::Arguments, program::Program};

/// Returns the command line of the program.
pub(crate) fn command_of(program: &Program) -> clap::Command {
    let faults: Vec<_> = program.sandboxes().iter().flat_map(|sandbox| sandbox.fault_names()).collect();
    let has_sandbox = !program.sandboxes().is_empty();
    Arguments::command()
        .name(program.name().to_owned())
        .version(program.version().to_owned())
        .after_long_help(help_of(program.services()))
        .mut_arg("sandbox", |argument| argument.hide(!has_sandbox))
        .mut_subcommand("sandbox", |command| {
            let command = command.hide(!has_sandbox);
            if faults.is_empty() {
                command.mut_arg("fault", |argument| argument.hide(true))
            } else {
                command.mut_arg("fault", |argument| {
                    argument.value_parser(PossibleValuesParser::new(faults.into_iter().map(Cow::into_owned)))
                })
            }
        })
}

/// Returns the help about accounts: the services, with the variables and keys of each.
fn help_of(services: &Services) -> String {
    use std::fmt::Write as _;

    let mut text = String::from(
        "Accounts, from environment variables or from tables [accounts.NAME] of the configuration file:\n",
    );
    for service in services.iter() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\nservice = \"{}\"  {}\n", service.name(), service.summary());
        let credentials = service.credential_keys().into_iter();
        let credentials = credentials.map(|key| (&key.name, &key.variable, key.doc.clone().into_owned()));
        let keys = service.keys().iter().map(|key| (&key.name, &key.variable, described(key)));
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

/// Describes a key, with its choices and its default.
fn described(key: &SettingKey) -> String {
    let words = match &key.kind {
        SettingKind::Choice(_) => format!(": {}", key.kind),
        SettingKind::Table(_) => format!(" ({})", key.kind),
        _ => String::new(),
    };
    let required = if key.is_required { " (required)" } else { "" };
    let default = key.default.as_ref().map(|default| format!(" [default: {default}]")).unwrap_or_default();
    format!("{}{words}{required}{default}", key.doc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_with_and_without_a_sandbox() {
        command_of(&Program::new(Services::builtin())).debug_assert();
        command_of(&Program::default()).debug_assert();
    }

    #[test]
    fn the_help_names_every_service_with_its_keys_and_variables() {
        let help = command_of(&Program::new(Services::builtin())).render_long_help().to_string();
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
