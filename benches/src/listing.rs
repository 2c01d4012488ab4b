//! What a listing costs, beside the floor's, over loopback.

use std::{ffi::OsString, fmt::Write as _, path::Path};

use crate::{
    Outcome,
    command::Command,
    engine::Engine,
    measure::{Cost, cost_of, mebibytes, median},
    server::{Running, Serve},
    service::Service,
};

/// The table.
#[allow(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) fn measure(command: &Path, profiles: u64, times: usize, text: &mut String) -> Outcome {
    let server = Running::start(&Serve { profiles, latency: 0, keep_nothing: false })?;
    let command = Command::new(command, &server.origin);
    writeln!(text, "| service | | wall | CPU a profile | of the floor's | peak memory |")?;
    writeln!(text, "|---|---|---:|---:|---:|---:|")?;
    for service in Service::ALL {
        let list: [OsString; 6] = ["-q", "-o", "ndjson", "list", "--page-size", "100"].map(Into::into);
        let programs = [
            ("floor", Engine::Floor.program(service, &server.origin)?),
            ("native client", Engine::Native.program(service, &server.origin)?),
            ("trait", Engine::Trait.program(service, &server.origin)?),
            ("command to ndjson", command.of(service, &list)),
        ];
        let mut costs: [Vec<Cost>; 4] = Default::default();
        // The first round fills the server. In turns, so that what changes on the machine meanwhile changes all alike.
        for round in 0..=times {
            for ((_, program), costs) in programs.iter().zip(&mut costs) {
                let cost = cost_of(program, &command.environment, 1)?;
                if round > 0 {
                    costs.push(cost);
                }
            }
        }
        let of_floor = median(costs[0].iter().map(|cost| cost.cpu));
        for ((name, _), costs) in programs.iter().zip(&costs) {
            let (wall, cpu) =
                (median(costs.iter().map(|cost| cost.wall)), median(costs.iter().map(|cost| cost.cpu)));
            let memory = costs.iter().map(|cost| cost.memory).max().unwrap_or_default();
            writeln!(
                text,
                "| {} | {name} | {wall:.2} s | {:.2} µs | {:.2} | {:.1} MiB |",
                service.name(),
                cpu * 1e6 / profiles as f64,
                cpu / of_floor,
                mebibytes(memory),
            )?;
        }
    }
    Ok(())
}
