//! Statements at a terminal, one after the other.

use std::{borrow::Cow, path::PathBuf};

use etcetera::BaseStrategy as _;
use rustyline::{
    Context, Editor, Helper,
    completion::Completer,
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::FileHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};

use crate::{
    args::{Arguments, Format},
    connect::Session,
    exit::{Exit, Failure},
    output::Rows,
    query, split,
};

const HELP: &str = "Statements end with `;`. Others:
  show tables;               the tables
  describe live.profiles;    the columns of a table
  explain select …;          what is asked of which service
  \\o FORMAT                  table, json, ndjson or csv
  \\?                         this help
  \\q                         quit";

/// Reads and runs statements until the end of the input.
pub(crate) async fn run(session: &Session, arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.to.is_some() {
        return Err(Failure::Usage("--to needs a query, or -f FILE".to_owned()));
    }
    let failed = |error: ReadlineError| Failure::Usage(format!("the terminal: {error}"));
    let mut editor: Editor<Statements, FileHistory> = Editor::new().map_err(failed)?;
    editor.set_helper(Some(Statements));
    let history = history();
    if let Some(path) = &history {
        // There is none yet at the first start.
        let _ = editor.load_history(path);
    }
    say!("anyprofile-sql {}. \\? for help, \\q to quit.", env!("CARGO_PKG_VERSION"));
    let mut rows = Rows::new(arguments)?;
    loop {
        match editor.readline("sql> ") {
            Ok(line) => {
                let _ = editor.add_history_entry(line.trim());
                match line.trim() {
                    "\\q" | "quit" | "exit" | "quit;" | "exit;" => break,
                    "\\?" => say!("{HELP}"),
                    command if command.starts_with('\\') => set_format(&mut rows, command),
                    text => {
                        for statement in split::statements(text) {
                            run_one(session, arguments, &statement, &mut rows).await?;
                        }
                    }
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(failed(error)),
        }
    }
    if let Some(path) = &history {
        let saved = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        if saved.is_err() || editor.save_history(path).is_err() {
            say!("note: the history could not be saved to {}", path.display());
        }
    }
    rows.finish()?;
    Ok(Exit::Complete)
}

/// Runs a statement, which ctrl-c ends. What fails is told, and the next one can be typed.
async fn run_one(
    session: &Session,
    arguments: &Arguments,
    statement: &str,
    rows: &mut Rows,
) -> Result<(), Failure> {
    let failure = tokio::select! {
        result = query::run(session, statement, rows) => result.err(),
        _ = tokio::signal::ctrl_c() => {
            say!("cancelled");
            None
        }
    };
    if let Some(failure) = failure {
        failure.print();
    }
    // Rows that were begun and not ended have taken the output with them.
    if !rows.is_idle() {
        let format = rows.format();
        *rows = Rows::new(arguments)?;
        rows.set_format(format);
    }
    Ok(())
}

fn set_format(rows: &mut Rows, command: &str) {
    let format = match command.split_whitespace().collect::<Vec<_>>()[..] {
        ["\\o", "table"] => Format::Table,
        ["\\o", "json"] => Format::Json,
        ["\\o", "ndjson"] => Format::Ndjson,
        ["\\o", "csv"] => Format::Csv,
        _ => {
            say!("this is no command\n{HELP}");
            return;
        }
    };
    rows.set_format(format);
}

/// Returns where the statements are remembered.
fn history() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Some(folder.join("anyprofile").join("sql-history"))
}

/// Reads on until a statement ends.
struct Statements;

impl Helper for Statements {}

impl Completer for Statements {
    type Candidate = String;
}

impl Hinter for Statements {
    type Hint = String;

    fn hint(&self, _: &str, _: usize, _: &Context<'_>) -> Option<String> {
        None
    }
}

impl Highlighter for Statements {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        hint.into()
    }
}

impl Validator for Statements {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().trim_start();
        let is_command = text.starts_with('\\') || matches!(text.trim_end(), "quit" | "exit");
        let is_whole = is_command || split::is_whole(text);
        Ok(if is_whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}
