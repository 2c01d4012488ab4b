//! Random operations by random faults: what `cargo xtask soak` runs. The arguments are the seed, and `seconds`, `operations`
//! or `life` with a number.

use std::{io, process::ExitCode};

use anyprofile_tests::soak::{Bound, run};

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let wrong =
        || io::Error::other("the arguments are: SEED, and `seconds`, `operations` or `life` with a number");
    let [seed, what, number] = &arguments[..] else { return Err(wrong()) };
    let (seed, number) = (seed.parse().map_err(|_| wrong())?, number.parse().map_err(|_| wrong())?);
    let bound = match what.as_str() {
        "seconds" => Bound::Seconds(number),
        "operations" => Bound::Operations(number),
        "life" => Bound::Life(number),
        _ => return Err(wrong()),
    };
    println!("seed {seed}");
    Ok(match run(seed, bound)? {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            eprintln!("{violation}");
            ExitCode::FAILURE
        }
    })
}
