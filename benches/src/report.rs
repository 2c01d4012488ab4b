//! All measurements, as tables.

use std::{ffi::OsString, fmt::Write as _, path::PathBuf};

use crate::{
    Outcome,
    engine::Engine,
    measure::{Cost, cost_of},
    server::{Running, Serve},
    service::Service,
    valgrind,
};

/// Measures everything and prints the tables as Markdown.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The `anyprofile` command.
    #[arg(long)]
    command: PathBuf,
    /// Profiles a service, of the tables that compare.
    #[arg(long, default_value_t = 100_000)]
    profiles: u64,
    /// Runs of each; the median counts.
    #[arg(long, default_value_t = 5)]
    times: usize,
    /// Only these parts: listing, decode.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

impl Run {
    pub(crate) fn run(&self) -> Outcome {
        let wants = |part: &str| self.only.is_empty() || self.only.iter().any(|only| only == part);
        let mut text = String::new();
        if wants("listing") {
            self.listing(&mut text)?;
        }
        if wants("decode") && valgrind::is_there() {
            decoding(&mut text)?;
        }
        println!("{text}");
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    fn listing(&self, text: &mut String) -> Outcome {
        let server = Running::start(&Serve { profiles: self.profiles, latency: 0, keep_nothing: false })?;
        let environment = Environment::new(&server.origin)?;
        writeln!(text, "| service | | wall | CPU a profile | of the floor's | peak memory |")?;
        writeln!(text, "|---|---|---:|---:|---:|---:|")?;
        for service in Service::ALL {
            let floor = program(Engine::Floor, service, &server.origin)?;
            // The first listing fills the server.
            cost_of(&floor, &[], 1)?;
            let mut row = |name: &str, cost: Cost, floor: Cost| {
                let micros = cost.cpu * 1e6 / self.profiles as f64;
                writeln!(
                    text,
                    "| {} | {name} | {:.2} s | {micros:.2} µs | {:.2} | {:.1} MiB |",
                    service.name(),
                    cost.wall,
                    cost.cpu / floor.cpu,
                    cost.memory as f64 / 1024.0,
                )
            };
            let programs = [Engine::Floor, Engine::Native, Engine::Trait];
            // In turns, so that what changes on the machine meanwhile changes all of them.
            let mut costs = Vec::new();
            for engine in programs {
                costs.push(cost_of(&program(engine, service, &server.origin)?, &[], self.times)?);
            }
            for (engine, cost) in programs.into_iter().zip(&costs) {
                row(engine.name(), *cost, costs[0])?;
            }
            let list: Vec<OsString> = [
                self.command.clone().into_os_string(),
                "--account".into(),
                service.name().into(),
                "-q".into(),
                "-o".into(),
                "ndjson".into(),
                "list".into(),
                "--page-size".into(),
                "100".into(),
            ]
            .into();
            row("command, ndjson", cost_of(&list, &environment.0, self.times)?, costs[0])?;
        }
        Ok(())
    }
}

fn program(engine: Engine, service: Service, origin: &str) -> Outcome<Vec<OsString>> {
    let mut program = vec![std::env::current_exe()?.into_os_string()];
    program.extend(
        ["list", "--engine", engine.name(), "--service", service.name(), "--origin", origin]
            .map(OsString::from),
    );
    Ok(program)
}

fn decoding(text: &mut String) -> Outcome {
    writeln!(
        text,
        "\n| service | | instructions a profile | of the floor's | allocations a profile | bytes |"
    )?;
    writeln!(text, "|---|---|---:|---:|---:|---:|")?;
    for service in Service::ALL {
        let mut floor = None;
        for engine in Engine::ALL {
            let counts = valgrind::counts(engine, service)?;
            let floor = floor.get_or_insert(counts);
            writeln!(
                text,
                "| {} | {} | {:.0} | {:.2} | {:.1} | {:.0} |",
                service.name(),
                engine.name(),
                counts.instructions,
                counts.instructions / floor.instructions,
                counts.allocations,
                counts.bytes
            )?;
        }
    }
    Ok(())
}

/// The accounts of the command.
struct Environment(Vec<(&'static str, OsString)>);

impl Environment {
    #[allow(clippy::unnecessary_wraps, reason = "as the others")]
    fn new(origin: &str) -> Outcome<Self> {
        Ok(Self(vec![
            ("UPSUN_API_TOKEN", "sandbox-upsun-api-token".into()),
            ("UPSUN_API_URL", format!("{origin}/upsun").into()),
            ("UPSUN_AUTH_URL", format!("{origin}/upsun-auth").into()),
            ("PROBELY_API_KEY", "sandbox-probely-api-key".into()),
            ("PROBELY_API_BASE_URL", format!("{origin}/probely").into()),
            ("ANTHROPIC_API_KEY", "sandbox-anthropic-api-key".into()),
            ("ANTHROPIC_BASE_URL", format!("{origin}/anthropic").into()),
        ]))
    }
}
