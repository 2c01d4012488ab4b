//! Confirmation before a write.

use std::io::{self, BufRead, IsTerminal as _, Write as _};

use crate::{args::Confirm, exit::Failure};

/// Asks for confirmation, unless it was given before. Without a terminal, nothing is written.
pub(crate) fn confirmed(confirm: &Confirm) -> Result<bool, Failure> {
    if confirm.yes {
        return Ok(true);
    }
    let Some(mut terminal) = terminal() else {
        return Err(Failure::Usage(
            "nothing was written: there is no terminal for the confirmation prompt; add --yes".to_owned(),
        ));
    };
    write!(io::stderr(), "Write these changes? [y/N] ")?;
    io::stderr().flush()?;
    let mut response = String::new();
    terminal.read_line(&mut response)?;
    let is_confirmed = matches!(response.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !is_confirmed {
        say!("nothing was written");
    }
    Ok(is_confirmed)
}

/// Opens the terminal for the user's input. Standard input may be a pipe from another command.
fn terminal() -> Option<Box<dyn BufRead>> {
    if !io::stderr().is_terminal() {
        return None;
    }
    if io::stdin().is_terminal() {
        return Some(Box::new(io::stdin().lock()));
    }
    let device = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    let terminal = std::fs::File::open(device).ok()?;
    Some(Box::new(io::BufReader::new(terminal)))
}
