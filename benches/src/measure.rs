//! What a process takes: the time of the clock and of the processors, and the most memory.

use std::{
    ffi::OsString,
    process::{Command, Stdio},
    time::Instant,
};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// What a process took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of the processors, of the program and the system for it.
    pub(crate) cpu: f64,
    /// The most memory that was resident, in KiB.
    pub(crate) memory: i64,
}

/// Runs a program, lets its standard output go nowhere, and prints what it took. It is the only child of this
/// process, so that what the system counts for all children is its own.
pub(crate) fn print(program: &[OsString]) -> Outcome {
    let (name, arguments) = program.split_first().ok_or("no program")?;
    let began = Instant::now();
    let status = Command::new(name).args(arguments).stdout(Stdio::null()).status()?;
    let wall = began.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{}: {status}", name.display()).into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cost = Cost {
        wall,
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        memory: usage.max_rss(),
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "seconds of a benchmark are far from 2^52")]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// Of KiB.
#[allow(clippy::cast_precision_loss, reason = "sizes of a process are far from 2^52")]
pub(crate) fn mebibytes(memory: i64) -> f64 {
    memory as f64 / 1024.0
}

/// Runs a program in a process of its own, so many times, and gives what the median run took.
pub(crate) fn cost_of(program: &[OsString], environment: &[(&str, OsString)], times: usize) -> Outcome<Cost> {
    let mut costs = Vec::with_capacity(times);
    for _ in 0..times {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("measure")
            .arg("--")
            .args(program)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{program:?} failed").into());
        }
        costs.push(serde_json::from_slice::<Cost>(&output.stdout)?);
    }
    Ok(Cost {
        wall: median(costs.iter().map(|cost| cost.wall)),
        cpu: median(costs.iter().map(|cost| cost.cpu)),
        memory: costs.iter().map(|cost| cost.memory).max().unwrap_or_default(),
    })
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
