//! What is written is confirmed before.

use std::io::{self, BufRead, IsTerminal as _, Write as _};

use crate::{args::Confirm, exit::Failure};

/// Whether what was shown may be written: asks the person, unless that was said before. Without a terminal there is
/// nobody to ask, and nothing is written.
pub(crate) fn confirmed(confirm: &Confirm) -> Result<bool, Failure> {
    if confirm.yes {
        return Ok(true);
    }
    let Some(mut terminal) = terminal() else {
        return Err(Failure::Usage(
            "nothing was written: confirm with --yes, since there is no terminal to ask on".to_owned(),
        ));
    };
    write!(io::stderr(), "Write this? [y/N] ")?;
    io::stderr().flush()?;
    let mut response = String::new();
    terminal.read_line(&mut response)?;
    let yes = matches!(response.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !yes {
        say!("nothing was written");
    }
    Ok(yes)
}

/// Where the person answers. Standard input may be taken by what another command found.
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
