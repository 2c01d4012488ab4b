//! How long a listing takes where each response takes its time.

use std::{ffi::OsString, fmt::Write as _, path::Path};

use crate::{
    Outcome,
    command::Command,
    engine::Engine,
    measure::cost_of,
    server::{Running, Serve},
    service::Service,
};

/// 200 pages.
const PROFILES: u64 = 20_000;
const MILLISECONDS: u64 = 50;

/// The table.
pub(crate) fn measure(command: &Path, text: &mut String) -> Outcome {
    let server = Running::start(&Serve { profiles: PROFILES, latency: MILLISECONDS, keep_nothing: false })?;
    let command = Command::new(command, &server.origin);
    writeln!(text, "| | one page after the other (floor) | ours | | in any order | |")?;
    writeln!(text, "|---|---:|---:|---:|---:|---:|")?;
    let mut slowest = (0.0, Service::Upsun);
    for service in Service::ALL {
        let engines = [Engine::Floor, Engine::Trait, Engine::Unordered];
        let [floor, ours, unordered] = engines.map(|engine| -> Outcome<f64> {
            let program = engine.program(service, &server.origin)?;
            // The first run makes the server's pages.
            cost_of(&program, &[], 1)?;
            Ok(cost_of(&program, &[], 1)?.wall)
        });
        let (floor, ours, unordered) = (floor?, ours?, unordered?);
        writeln!(
            text,
            "| {} | {floor:.2} s | {ours:.2} s | {:.2} | {unordered:.2} s | {:.2} |",
            service.name(),
            ours / floor,
            unordered / floor
        )?;
        if ours > slowest.0 {
            slowest = (ours, service);
        }
    }
    let list: [OsString; 7] =
        ["-q", "-o", "ndjson", "list", "--page-size", "100", "--concurrency=8"].map(Into::into);
    let alone = cost_of(&command.of(slowest.1, &list), &command.environment, 1)?.wall;
    let all = cost_of(&command.of_all(&list), &command.environment, 1)?.wall;
    writeln!(
        text,
        "\nThe command lists all three accounts in {all:.2} s, and the slowest of them ({}) alone in {alone:.2} s: {:.2} of it.",
        slowest.1.name(),
        all / alone
    )?;
    Ok(())
}
