//! Instructions and allocations, counted by valgrind: the same on every machine and at every load.

use std::{
    ffi::OsString,
    process::{Command, Stdio},
};

use crate::{Outcome, engine::Engine, service::Service};

const PROFILES: u64 = 1000;
/// The difference of two runs leaves out what a program does once.
const PASSES: [u64; 2] = [1, 6];

/// What decoding takes, a profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// Whether there is a valgrind.
pub(crate) fn is_there() -> bool {
    let output = Command::new("valgrind").arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}

/// Counts what an engine does for the pages of a service.
pub(crate) fn counts(engine: Engine, service: Service) -> Outcome<Counts> {
    let mut found = [[0.0; 3]; 2];
    for (passes, found) in PASSES.into_iter().zip(&mut found) {
        let callgrind = run("callgrind", engine, service, passes)?;
        let instructions = number_after(&callgrind, "Collected : ").ok_or("callgrind says no count")?;
        let dhat = run("dhat", engine, service, passes)?;
        let line = dhat.lines().find(|line| line.contains("Total:")).ok_or("dhat says no total")?;
        let bytes = number_after(line, "Total:").ok_or("dhat says no bytes")?;
        let blocks = number_after(line, " in ").ok_or("dhat says no blocks")?;
        *found = [instructions, blocks, bytes];
    }
    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    let profiles = (PROFILES * (PASSES[1] - PASSES[0])) as f64;
    let [instructions, allocations, bytes] =
        [0, 1, 2].map(|index| (found[1][index] - found[0][index]) / profiles);
    Ok(Counts { instructions, allocations, bytes })
}

fn run(tool: &str, engine: Engine, service: Service, passes: u64) -> Outcome<String> {
    let mut command = Command::new("valgrind");
    command.arg(format!("--tool={tool}")).arg(format!("--{tool}-out-file=/dev/null"));
    command.arg(std::env::current_exe()?).args(decode(engine, service, PROFILES, passes));
    let output = command.stdout(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("valgrind: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stderr)?)
}

/// The arguments of a process that decodes.
pub(crate) fn decode(engine: Engine, service: Service, profiles: u64, passes: u64) -> Vec<OsString> {
    let (profiles, passes) = (profiles.to_string(), passes.to_string());
    [
        "decode",
        "--engine",
        engine.name(),
        "--service",
        service.name(),
        "--profiles",
        &profiles,
        "--passes",
        &passes,
    ]
    .map(OsString::from)
    .into()
}

fn number_after(text: &str, word: &str) -> Option<f64> {
    let rest = text.split_once(word)?.1.trim_start();
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.replace(',', "").parse().ok()
}
