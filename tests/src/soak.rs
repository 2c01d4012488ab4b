//! Random operations by random faults, held against a plain model of what the service holds.
//!
//! A run is made of lives: a sandbox of one service, a provider, and a few dozen operations, most of them with one fault or
//! two. The model is what the service held at first, read without the code that is tested, and what was written to it since. A
//! life depends on the run's seed and its own number alone, so that one that fails can be repeated alone.

mod life;
mod step;

use std::{fmt, io, time::Instant};

use crate::faults::{Lie, without_waiting};

/// How long a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// So long, by the machine's clock, and to the end of the life that is under way.
    Seconds(u64),
    /// Until so many operations were made, and to the end of the life that is under way.
    Operations(u64),
    /// This life alone.
    Life(u64),
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lives.
    pub lives: u64,
    /// Operations.
    pub operations: u64,
    /// Operations during which a fault made a difference.
    pub disturbed: u64,
    /// Operations that ended with an error.
    pub failed: u64,
    /// Writes after which the service held something else.
    pub written: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lives, operations, disturbed, failed, written } = self;
        write!(
            formatter,
            "{lives} lives, {operations} operations: {disturbed} disturbed, {failed} ended with an error, {written} wrote"
        )
    }
}

/// Something came of an operation that must not.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The seed of the run.
    pub seed: u64,
    /// The number of the life.
    pub life: u64,
    /// What happened in it, step by step; the last one is the one that is wrong.
    pub steps: Vec<String>,
    /// The requests of the last step, and the status that each was answered with: 0 for none.
    pub requests: Vec<String>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, life, steps, requests, reason } = self;
        writeln!(formatter, "seed {seed}, life {life}, step {}: {reason}", steps.len())?;
        for (place, step) in steps.iter().enumerate() {
            writeln!(formatter, "  {}. {step}", place + 1)?;
        }
        for request in requests {
            writeln!(formatter, "     {request}")?;
        }
        write!(formatter, "to repeat it: cargo xtask soak --seed {seed} --life {life}")
    }
}

/// Runs lives until the bound, or until something is wrong.
///
/// # Errors
/// If no sandbox can be had.
pub fn run(seed: u64, bound: Bound) -> io::Result<Result<Tally, Box<Violation>>> {
    run_by(seed, bound, None)
}

/// The same with a provider that lies, if so: the soak has to find it out.
///
/// # Errors
/// If no sandbox can be had.
pub fn run_by(seed: u64, bound: Bound, lie: Option<Lie>) -> io::Result<Result<Tally, Box<Violation>>> {
    let began = Instant::now();
    let mut tally = Tally::default();
    let mut number = if let Bound::Life(life) = bound { life } else { 0 };
    loop {
        if let Err(violation) = without_waiting(life::live(seed, number, lie, &mut tally))? {
            return Ok(Err(violation));
        }
        tally.lives += 1;
        number += 1;
        let is_over = match bound {
            Bound::Seconds(seconds) => began.elapsed().as_secs() >= seconds,
            Bound::Operations(operations) => tally.operations >= operations,
            Bound::Life(_) => true,
        };
        if is_over {
            return Ok(Ok(tally));
        }
    }
}
