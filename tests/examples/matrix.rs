//! Prints the table of all faults at all services: what `cargo xtask matrix` writes.

use std::io::{self, Write as _};

use anyprofile_tests::faults::{document, without_waiting};

fn main() -> io::Result<()> {
    io::stdout().write_all(without_waiting(document())?.as_bytes())
}
