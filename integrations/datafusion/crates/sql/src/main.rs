//! SQL over user profiles: live accounts and snapshots.

/// Prints a message to standard error. If nobody reads it, there is nobody to tell.
macro_rules! say {
    ($($message:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($message)*);
    }};
}

mod args;
mod connect;
mod exit;
mod output;
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
    // What was begun is dropped then, and with it the file that is not whole.
    let ended = tokio::select! {
        ended = run(&arguments) => ended,
        () = interrupted(&arguments) => {
            say!("interrupted");
            return Exit::Partial.into();
        }
    };
    match ended {
        Ok(exit) => exit.into(),
        // As for `head`.
        Err(failure) if failure.is_unread() => Exit::Complete.into(),
        Err(failure) => {
            failure.print();
            failure.exit().into()
        }
    }
}

/// Waits for an interruption. At a terminal, statements are ended one by one.
async fn interrupted(arguments: &Arguments) {
    let is_interactive =
        arguments.query.is_empty() && arguments.file.is_empty() && std::io::stdin().is_terminal();
    if is_interactive || tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
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
    let texts = texts.iter().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
    let statements: Vec<_> = texts.flat_map(split::statements).collect();
    if statements.is_empty() {
        return Err(Failure::Usage("there is no query; pass one, or -f FILE".to_owned()));
    }
    query::run_all(&session, arguments, &statements).await
}
