//! Prints what comes of all faults at all services: what `cargo xtask matrix` writes. With `pairs`, tries all pairs of them
//! in place of that; with `pairs COUNT SEED` some.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anyprofile_tests::faults::{Tables, pairs, without_waiting};

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let violations = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let tables = Tables::make()?;
            io::stdout().write_all(tables.document().as_bytes())?;
            let violations = tables.violations();
            for violation in &violations {
                eprintln!("{violation}");
            }
            violations.len()
        }
        ["pairs"] => violations(pairs::all())?,
        ["pairs", count, seed] => {
            let number = |text: &str| text.parse::<u64>().map_err(io::Error::other);
            let (count, seed) = (usize::try_from(number(count)?).map_err(io::Error::other)?, number(seed)?);
            violations(pairs::sample(seed, count))?
        }
        _ => return Err(io::Error::other("the arguments are: nothing, `pairs`, or `pairs COUNT SEED`")),
    };
    Ok(if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tries pairs one after the other, each in a runtime of its own. Gives how many must not be.
fn violations(pairs: Vec<pairs::Pair>) -> io::Result<usize> {
    let (mut violations, count) = (0, pairs.len());
    for (place, pair) in pairs.into_iter().enumerate() {
        if let Some(violation) = without_waiting(pairs::violation(pair))? {
            violations += 1;
            eprintln!("{violation}");
        }
        if place % 1000 == 999 {
            eprintln!("{} of {count} pairs, {violations} violations", place + 1);
        }
    }
    eprintln!("{count} pairs, {violations} violations");
    Ok(violations)
}
