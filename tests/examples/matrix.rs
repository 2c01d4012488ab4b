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
            tables.violations()
        }
        ["pairs"] => violations(pairs::all())?,
        ["pairs", count, seed] => {
            let number = |text: &str| text.parse::<u64>().map_err(io::Error::other);
            let (count, seed) = (usize::try_from(number(count)?).map_err(io::Error::other)?, number(seed)?);
            violations(pairs::sample(seed, count))?
        }
        _ => return Err(io::Error::other("the arguments are: nothing, `pairs`, or `pairs COUNT SEED`")),
    };
    for violation in &violations {
        eprintln!("{violation}");
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tries pairs one after the other, each in a runtime of its own.
fn violations(pairs: Vec<pairs::Pair>) -> io::Result<Vec<String>> {
    let (mut violations, count) = (Vec::new(), pairs.len());
    for (place, pair) in pairs.into_iter().enumerate() {
        violations.extend(without_waiting(pairs::violation(pair))?);
        if place % 1000 == 999 {
            eprintln!("{} of {count} pairs, {} violations", place + 1, violations.len());
        }
    }
    eprintln!("{count} pairs, {} violations", violations.len());
    Ok(violations)
}
