//! What is said to the person, on standard error.

use std::{
    fmt,
    io::{self, IsTerminal as _, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use anyprofile::{Error, error::Effect};
use clap::error::ContextValue;
use tracing::field::{Field, Visit};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

use crate::{
    exit::Exit,
    printable::{printable, printable_lines},
    progress,
};

/// Says one line to the person; `say!` does it. If nobody listens any more, that is no failure.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    print(&(printable(&line.to_string()) + "\n"));
}

/// Says a text of several lines of ours, such as a table. What of it comes from outside must be printable already where it
/// could begin a line.
pub(crate) fn say_lines(text: &str) {
    print(&(printable_lines(text) + "\n"));
}

fn print(text: &str) {
    progress::suspended(|| {
        // Nobody listens any more.
        let _ = io::stderr().write_all(text.as_bytes());
    });
}

/// Tells what is wrong with the command line, or prints the help that was asked for, and gives the exit code.
pub(crate) fn usage(mut error: clap::Error) -> Exit {
    if !error.use_stderr() {
        // Nobody reads any more.
        let _ = error.print();
        return Exit::Complete;
    }
    // The arguments are repeated in it.
    let repeated: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in repeated {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(printable(&text)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| printable(text)).collect())
            }
            // Help that is an argument in a sentence.
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

/// A writer to standard error that keeps a line of a log one line.
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

/// Whether the person asked for everything, with `-v`.
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
    // Notices have a line of their own.
    let filter = filter.with_target(WAITS, LevelFilter::OFF).with_target(ACCOUNTS, LevelFilter::OFF);
    let notices = TellNotices(|line: &str| say!("{line}")).with_filter(notices_only());
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(notices).init();
}

/// Where the client tells of long waits.
const WAITS: &str = "anyprofile_http::wait";
/// Where the library tells of files that others can read or change.
const ACCOUNTS: &str = "anyprofile::accounts";

fn notices_only() -> Targets {
    Targets::new().with_target(WAITS, LevelFilter::WARN).with_target(ACCOUNTS, LevelFilter::WARN)
}

/// Shows long waits and warnings, whatever else is shown: with `-q` and without a terminal too. A program that says nothing
/// for minutes is taken for one that hangs.
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

/// The fields of such an event.
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

/// What became of something that failed, in a word, with the kind of the error.
pub(crate) fn outcome(error: &Error) -> String {
    let word = match error.effect() {
        Effect::None => "failed",
        Effect::Partial => "WRITTEN IN PART",
        Effect::Whole => "written, and not read back",
        _ => "NOT KNOWN",
    };
    format!("{word} ({})", error.kind())
}

/// Shows an error, and what the service said of it.
pub(crate) fn error(error: &Error) {
    say!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        say!("  cause: {cause}");
        source = cause.source();
    }
    // Violations that were found before sending are in the message already.
    if error.status().is_none() || (error.field_errors().is_empty() && error.service_message().is_none()) {
        return;
    }
    // The service's words may repeat what was sent: they are for the person, and not for the log of whatever
    // runs the command.
    if !io::stderr().is_terminal() && !SHOWS_SERVICE_WORDS.load(Ordering::Relaxed) {
        say!("  the service says why in its own words, which may be personal: run it with -v to see them");
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

/// How much of a service's words is shown, in characters.
const MOST_SHOWN: usize = 300;

/// A service's words without what looks personal or secret: addresses, quoted content, long runs of letters and
/// digits. Not a safeguard, since a name looks like any word; see where it is called.
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
