//! SQL over user profiles: live accounts and snapshots.

mod args;
mod connect;
mod exit;
mod output;
mod printable;
mod query;
mod repl;
mod split;

use std::{
    io::{IsTerminal as _, Read as _},
    process::ExitCode,
};

use clap::Parser as _;

use self::{
    args::Arguments,
    connect::Session,
    exit::{Exit, Failure},
};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit().into()
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut texts = arguments.query.clone();
    for file in &arguments.file {
        let read = std::fs::read_to_string(file);
        texts.push(read.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?);
    }
    let is_interactive = texts.is_empty() && std::io::stdin().is_terminal();
    if texts.is_empty() && !is_interactive {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| Failure::Usage(format!("standard input: {error}")))?;
        texts.push(text);
    }
    let session = Session::start(arguments).await?;
    if is_interactive {
        return repl::run(&session, arguments).await;
    }
    let statements: Vec<_> = texts.iter().flat_map(|text| split::statements(text)).collect();
    if statements.is_empty() {
        return Err(Failure::Usage("there is no query; pass one, or -f FILE".to_owned()));
    }
    query::run_all(&session, arguments, &statements).await
}
