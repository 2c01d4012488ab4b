//! Random operations by random faults, held against a plain model.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cargo::{Outcome, cargo};

/// How long, or how many operations, and from which seed.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long.
    #[arg(long, default_value_t = 2, conflicts_with = "operations")]
    minutes: u64,
    /// How many operations, in place of a time.
    #[arg(long)]
    operations: Option<u64>,
    /// What is chosen from. By default the time; it is printed, and repeats the run.
    #[arg(long)]
    seed: Option<u64>,
    /// Only this life of the run: a failure names it.
    #[arg(long)]
    life: Option<u64>,
}

/// Runs it.
///
/// # Errors
/// If something comes of an operation that must not, which is printed with how to repeat it.
pub(crate) fn run(options: &Options) -> Outcome {
    let seed = seed_or_time(options.seed).to_string();
    let (what, bound) = match (options.life, options.operations) {
        (Some(life), _) => ("life", life),
        (None, Some(operations)) => ("operations", operations),
        (None, None) => ("seconds", options.minutes.saturating_mul(60)),
    };
    let bound = bound.to_string();
    let example = ["run", "--quiet", "--package", "anyprofile-tests", "--example", "soak", "--"];
    cargo(&[&example[..], &[&seed, what, &bound]].concat(), &[])
}

/// The seed, or one that no other run has.
pub(crate) fn seed_or_time(seed: Option<u64>) -> u64 {
    let time = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    seed.unwrap_or_else(time)
}
