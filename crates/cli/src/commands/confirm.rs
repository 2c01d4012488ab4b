//! What is written is confirmed before.

use std::io::{self, IsTerminal as _, Write as _};

use crate::exit::Failure;

/// Asks the person. Without a terminal there is nobody to ask, and nothing is written.
pub(crate) fn confirmed() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(
            "nothing was written: confirm with --yes, since there is no terminal to ask on".to_owned(),
        ));
    }
    write!(io::stderr(), "Write this? [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !yes {
        say!("nothing was written");
    }
    Ok(yes)
}
