//! The commands.

mod apply;
mod check;
#[cfg(feature = "conformance")]
mod conformance;
mod create;
mod enroll;
mod export;
mod find;
mod list;
mod own;
mod plan;
mod providers;
mod sandbox;
mod selected;
mod show;
mod update;
mod update_many;

use anyprofile::profile_schema;

use crate::{
    args::{Arguments, Command},
    command_line::command_of,
    exit::{Exit, Failure},
    output::print_line,
};

pub(crate) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match arguments.command {
        Command::List(list) => list::run(global, list).await,
        Command::Export(arguments) => export::run(global, arguments).await,
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
        Command::Conformance => conformance::run(global).await,
        Command::Providers => providers::run(global).await,
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => crate::mcp::run(global, arguments).await,
        Command::Schema => {
            print_line(&serde_json::to_string_pretty(&profile_schema())?)?;
            Ok(Exit::Complete)
        }
        Command::Sandbox(sandbox) => sandbox::run(global, sandbox).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let mut command = command_of(&global.program);
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut script);
            print_line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(Exit::Complete)
        }
    }
}
