//! Messages to the user, on standard error.

use std::{
    fmt,
    io::{self, IsTerminal as _, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use anyprofile::Error;
use anyprofile_terminal::{printable, printable_lines};
use clap::error::ContextValue;
use tracing::field::{Field, Visit};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

use crate::{exit::Exit, progress};

/// Prints one line; the macro `say!` calls it. A closed standard error is not an error.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    print(&(printable(&line.to_string()) + "\n"));
}

/// Prints a text of several lines, such as a table. External text in it must already be printable where it could
/// start a line.
pub(crate) fn say_lines(text: &str) {
    print(&(printable_lines(text) + "\n"));
}

fn print(text: &str) {
    if cfg!(test) {
        // Kept by the test harness, and shown if the test fails.
        eprint!("{text}");
        return;
    }
    progress::suspended(|| {
        // Standard error is closed: no one is left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    });
}

/// Reports an error of the command line, or prints the requested help, and returns the exit code.
pub(crate) fn usage(mut error: clap::Error) -> Exit {
    if !error.use_stderr() {
        // A closed standard output is not an error.
        let _ = error.print();
        return Exit::Complete;
    }
    // The message repeats the arguments, so they must be made printable.
    let repeated: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in repeated {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(printable(&text)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| printable(text)).collect())
            }
            // Help text that is part of a message.
            ContextValue::StyledStrs(texts) => {
                let texts = texts.iter().map(|text| printable(&text.to_string()).into());
                ContextValue::StyledStrs(texts.collect())
            }
            other => other,
        };
        error.insert(kind, value);
    }
    print(&printable_lines(&error.render().to_string()));
    Exit::Usage
}

/// A writer to standard error that keeps each log record on one line.
struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        print(&(printable(text.strip_suffix('\n').unwrap_or(&text)) + "\n"));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the messages of services are shown in full, by `-v`.
static SHOWS_SERVICE_WORDS: AtomicBool = AtomicBool::new(false);

/// Starts logging to standard error: as `RUST_LOG` says, else by the number of `-v`.
pub(crate) fn start(verbose: u8) {
    SHOWS_SERVICE_WORDS.store(verbose > 0, Ordering::Relaxed);
    let of_environment = std::env::var("RUST_LOG").ok().and_then(|filter| filter.parse().ok());
    let filter = of_environment.unwrap_or_else(|| match verbose {
        0 => Targets::new(),
        1 => Targets::new()
            .with_target("anyprofile", LevelFilter::DEBUG)
            .with_target("anyprofile_http", LevelFilter::DEBUG),
        _ => Targets::new().with_default(LevelFilter::TRACE),
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| LogWriter)
        .with_ansi(false)
        .log_internal_errors(false);
    // Notices are printed by a layer of their own.
    let filter = filter.with_target(WAITS, LevelFilter::OFF).with_target(ACCOUNTS, LevelFilter::OFF);
    let notices = TellNotices(|line: &str| say!("{line}")).with_filter(notices_only());
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(notices).init();
}

/// The tracing target of the client's notices about long waits.
const WAITS: &str = "anyprofile_http::wait";
/// The tracing target of the library's warnings about files that other users can read or change.
const ACCOUNTS: &str = "anyprofile::accounts";

fn notices_only() -> Targets {
    Targets::new().with_target(WAITS, LevelFilter::WARN).with_target(ACCOUNTS, LevelFilter::WARN)
}

/// Prints long waits and warnings in every mode, also with `-q` and without a terminal. A program that is silent for
/// minutes looks like one that hangs.
struct TellNotices<F>(F);

impl<S: tracing::Subscriber, F: Fn(&str) + 'static> Layer<S> for TellNotices<F> {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut notice = Notice::default();
        event.record(&mut notice);
        let Notice { service, account, message } = notice;
        (self.0)(&if event.metadata().target() == WAITS {
            format!("{service} account '{account}': {message}")
        } else {
            format!("warning: {message}")
        });
    }
}

/// The fields of a notice.
#[derive(Default)]
struct Notice {
    service: String,
    account: String,
    message: String,
}

impl Visit for Notice {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = match field.name() {
            "service" => &mut self.service,
            "account" => &mut self.account,
            "message" => &mut self.message,
            _ => return,
        };
        *text = format!("{value:?}");
    }
}

/// Prints an error, its causes, and what the service said about it.
pub(crate) fn error(error: &Error) {
    say!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        say!("  cause: {cause}");
        source = cause.source();
    }
    // Violations found before sending are already part of the message.
    if error.status().is_none() || (error.field_errors().is_empty() && error.service_message().is_none()) {
        return;
    }
    // The service's text may repeat the sent values. It is for the user at the terminal, not for a log file.
    if !io::stderr().is_terminal() && !SHOWS_SERVICE_WORDS.load(Ordering::Relaxed) {
        say!("  the service gave a reason that may contain personal data; run with -v to see it");
    } else {
        for (field, messages) in error.field_errors() {
            for message in messages {
                say!("  {}: {}", without_content(field), without_content(message));
            }
        }
        if let Some(message) = error.service_message() {
            say!("  the service says: {}", without_content(message));
        }
    }
}

/// The maximum number of characters shown of a service's text.
const MOST_SHOWN: usize = 300;

/// Returns a service's text without what looks personal or secret: addresses, quoted content, long tokens. This is
/// not a safeguard, since a name looks like any word; see its caller.
fn without_content(text: &str) -> String {
    let mut quoted = None;
    let unquoted: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_SHOWN)
        .filter_map(|c| match (quoted, c) {
            (None, '"' | '`') => {
                quoted = Some(c);
                Some('…')
            }
            (Some(quote), c) if c == quote => {
                quoted = None;
                None
            }
            (Some(_), _) => None,
            (None, c) => Some(c),
        })
        .collect();
    let is_content = |word: &str| {
        let is_long_token = word.len() > 20 && word.chars().any(|c| c.is_ascii_digit());
        word.contains('@') || is_long_token
    };
    let words = unquoted.split(' ').map(|word| if is_content(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_wait_and_a_warning_are_shown_and_nothing_else_is() {
        let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let shown = std::sync::Arc::clone(&lines);
        let layer = TellNotices(move |line: &str| shown.lock().unwrap().push(line.to_owned()));
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(notices_only()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(target: "anyprofile_http::wait", service = "probely", account = "eu", "waiting {} s", 42);
            tracing::error!(target: "anyprofile_http", service = "probely", account = "eu", "something else");
            tracing::debug!(target: "anyprofile_http::wait", "less");
            tracing::warn!(target: "anyprofile::accounts", "everybody can read it");
        });
        assert_eq!(
            *lines.lock().unwrap(),
            ["probely account 'eu': waiting 42 s", "warning: everybody can read it"]
        );
    }

    #[test]
    fn a_services_words_are_shown_without_what_they_repeat() {
        assert_eq!(without_content("This field is required."), "This field is required.");
        assert_eq!(without_content("User ada@example.com is taken"), "User … is taken");
        assert_eq!(without_content("Unexpected value \"Ada Lovelace\" here"), "Unexpected value … here");
        assert_eq!(without_content("key sk-ant-0123456789abcdefghij bad"), "key … bad");
        assert_eq!(without_content(&"é".repeat(400)).chars().count(), MOST_SHOWN);
    }
}
