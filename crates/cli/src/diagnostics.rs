//! What is said to the person, on standard error.

use anyprofile::Error;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error: as `RUST_LOG` says, else by the number of `-v`.
pub(crate) fn start(verbose: u8) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        EnvFilter::new(match verbose {
            0 => "off",
            1 => "anyprofile=debug,anyprofile_http=debug",
            _ => "trace",
        })
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

/// Shows an error, and what the service said of it.
pub(crate) fn error(error: &Error) {
    eprintln!("error: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        eprintln!("  cause: {cause}");
        source = cause.source();
    }
    // Violations that were found before sending are in the message already.
    if error.status().is_some() {
        for (field, messages) in error.field_errors() {
            for message in messages {
                eprintln!("  {}: {}", without_content(field), without_content(message));
            }
        }
        if let Some(message) = error.service_message() {
            eprintln!("  the service says: {}", without_content(message));
        }
    }
}

/// How much of a service's words is shown, in characters.
const MOST_SHOWN: usize = 300;

/// A service's words with what may be personal or secret in them hidden: addresses, quoted content, long
/// runs of letters and digits. Standard error ends up in the logs of whatever runs the command.
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
    fn a_services_words_are_shown_without_what_they_repeat() {
        assert_eq!(without_content("This field is required."), "This field is required.");
        assert_eq!(without_content("User ada@example.com is taken"), "User … is taken");
        assert_eq!(without_content("Unexpected value \"Ada Lovelace\" here"), "Unexpected value … here");
        assert_eq!(without_content("key sk-ant-0123456789abcdefghij bad"), "key … bad");
        assert_eq!(without_content(&"é".repeat(400)).chars().count(), MOST_SHOWN);
    }
}
