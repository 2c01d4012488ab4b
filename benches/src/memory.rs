//! The most memory that a listing takes, by the number of profiles.

use std::{ffi::OsString, fmt::Write as _, fs, path::Path};

use crate::{
    Outcome,
    command::Command,
    engine::Engine,
    measure::{cost_of, mebibytes},
    server::{Running, Serve},
    service::Service,
};

/// What is said to be flat from the second on.
const PROFILES: [u64; 3] = [1, 10_000, 1_000_000];

/// The table.
pub(crate) fn measure(command: &Path, text: &mut String) -> Outcome {
    writeln!(text, "| service | | 1 profile | 10,000 | 1,000,000 | above the first |")?;
    writeln!(text, "|---|---|---:|---:|---:|---:|")?;
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    for profiles in PROFILES {
        // Pages that are kept would be gigabytes.
        let server = Running::start(&Serve { profiles, latency: 0, keep_nothing: true })?;
        let command = Command::new(command, &server.origin);
        let file = std::env::temp_dir().join(format!("anyprofile-bench-{}.ndjson", std::process::id()));
        let mut row = 0;
        for service in Service::ALL {
            let list =
                (format!("{} | trait", service.name()), Engine::Trait.program(service, &server.origin)?);
            let of_command = |name: &str, arguments: &[OsString]| {
                (format!("{} | command, {name}", service.name()), command.of(service, arguments))
            };
            let listed = of_command("list to ndjson", &["-o".into(), "ndjson".into(), "list".into()]);
            let exported =
                of_command("export", &["export".into(), "--to".into(), file.clone().into_os_string()]);
            for (name, program) in [list, listed, exported] {
                let memory = mebibytes(cost_of(&program, &command.environment, 1)?.memory);
                if file.exists() {
                    fs::remove_file(&file)?;
                }
                match rows.get_mut(row) {
                    Some((_, sizes)) => sizes.push(memory),
                    None => rows.push((name, vec![memory])),
                }
                row += 1;
            }
        }
    }
    for (name, sizes) in rows {
        let above = sizes.last().unwrap_or(&0.0) - sizes.first().unwrap_or(&0.0);
        let sizes: Vec<_> = sizes.iter().map(|size| format!("{size:.1} MiB")).collect();
        writeln!(text, "| {name} | {} | {above:.1} MiB |", sizes.join(" | "))?;
    }
    Ok(())
}
