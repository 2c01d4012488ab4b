//! The commands.

mod apply;
mod check;
#[cfg(feature = "conformance")]
mod conformance;
mod create;
#[cfg(feature = "declared")]
mod definition;
mod diff;
mod enroll;
mod export;
mod find;
mod init;
mod list;
mod offboard;
mod own;
mod persons;
mod plan;
mod providers;
mod push;
mod review;
mod sandbox;
mod selected;
mod show;
mod source;
mod update;
mod update_many;
mod verify;

use anyprofile::{FieldPath, profile_schema};

use clap::builder::PossibleValuesParser;

use crate::{
    args::{Arguments, Command, Global, SchemaOf},
    command_line::command_of,
    exit::{Exit, Failure},
    files,
    output::print_line,
    session::configured_if_any,
};

pub(crate) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match arguments.command {
        Command::List(list) => list::run(global, list).await,
        Command::Export(arguments) => export::run(global, arguments).await,
        Command::Verify { snapshot } => verify::run(global, &snapshot).await,
        Command::Push(arguments) => push::run(global, arguments).await,
        Command::Diff(arguments) => diff::run(global, arguments).await,
        Command::Persons(arguments) => persons::run(global, arguments).await,
        Command::Review(arguments) => review::run(global, arguments).await,
        Command::Offboard(arguments) => offboard::run(global, arguments).await,
        Command::Members(members) => list::members(global, members).await,
        Command::Get { id, enrich, fields } => show::get(global, &id, enrich, &fields.paths()).await,
        Command::Find { key, fields } => find::run(global, &key, fields.paths()).await,
        Command::Me { fields } => show::me(global, &fields.paths()).await,
        Command::Create(create) => create::run(global, create).await,
        Command::Deactivate(selected) => {
            selected::run(global, selected, selected::SelectedAction::Deactivate).await
        }
        Command::Delete(selected) => selected::run(global, selected, selected::SelectedAction::Delete).await,
        Command::Enroll(enroll) => enroll::run(global, enroll).await,
        Command::Update(update) => update::run(global, update).await,
        Command::Plan(plan) => plan::run(global, plan).await,
        Command::Apply(apply) => apply::run(global, apply).await,
        Command::Check => check::run(global).await,
        #[cfg(feature = "conformance")]
        Command::Conformance {
            #[cfg(feature = "declared")]
            definition,
        } => {
            #[cfg(feature = "declared")]
            if !definition.is_empty() {
                return conformance::of_definitions(global, &definition).await;
            }
            conformance::run(global).await
        }
        #[cfg(feature = "declared")]
        Command::Definition(command) => definition::run(global, command).await,
        Command::Providers => providers::run(global).await,
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => crate::mcp::run(global, arguments).await,
        #[cfg(not(feature = "mcp"))]
        Command::Mcp { .. } => Err(Failure::Usage(
            "the server for agents is not built into this program; build it with the feature `mcp`, or with `full`".to_owned(),
        )),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Profile => profile_schema(),
                SchemaOf::Manifest => anyprofile::snapshot::manifest_schema(),
                SchemaOf::Policy => anyprofile::review::policy_schema(),
                #[cfg(feature = "declared")]
                SchemaOf::Definition => serde_json::to_value(anyprofile::declared::schema())?,
            };
            print_line(&serde_json::to_string_pretty(&schema)?)?;
            Ok(Exit::Complete)
        }
        Command::Sandbox(sandbox) => sandbox::run(global, sandbox).await,
        Command::Init(init) => init::run(global, init).await,
        Command::Man { folder } => {
            let failed = |error: std::io::Error| files::failure(&folder, &error);
            std::fs::create_dir_all(&folder).map_err(failed)?;
            clap_mangen::generate_to(command_of(&global.program), &folder).map_err(failed)?;
            say!("wrote the manual pages to {}", folder.display());
            Ok(Exit::Complete)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = with_names(command_of(&global.program), global);
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut script);
            print_line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(Exit::Complete)
        }
    }
}

/// Adds the names of accounts and fields, for completions.
fn with_names(command: clap::Command, global: &Global) -> clap::Command {
    // A configuration that cannot be read is no reason for a shell without completions.
    let accounts = configured_if_any(global).ok().flatten();
    let accounts: Vec<String> =
        accounts.iter().flat_map(anyprofile::Accounts::names).map(ToString::to_string).collect();
    let fields: Vec<String> = FieldPath::CORE.iter().map(ToString::to_string).collect();
    let named = |mut command: clap::Command| {
        if command.get_arguments().any(|argument| argument.get_id() == "lists") {
            command = command.mut_arg("lists", |argument| {
                argument.value_parser(PossibleValuesParser::new(fields.clone()))
            });
        }
        command
    };
    let command = command.mut_subcommands(named);
    if accounts.is_empty() {
        return command;
    }
    command.mut_arg("account", |argument| argument.value_parser(PossibleValuesParser::new(accounts)))
}
