//! Prints the table of all faults at all services: what `cargo xtask matrix` writes.

use std::io::{self, Write as _};

use anyprofile_tests::faults::{document, matrix, without_waiting};

fn main() -> io::Result<()> {
    io::stdout().write_all(document(&without_waiting(matrix())?).as_bytes())
}
