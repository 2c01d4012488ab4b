//! All measurements, as tables.

use std::{fmt::Write as _, path::PathBuf};

use crate::{Outcome, decode, latency, listing, memory, valgrind};

/// Measures everything and prints the tables as Markdown.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The `anyprofile` command.
    #[arg(long)]
    command: PathBuf,
    /// Profiles a service, of the first table.
    #[arg(long, default_value_t = 100_000)]
    profiles: u64,
    /// Runs of each in the first table; the median counts.
    #[arg(long, default_value_t = 7)]
    times: usize,
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Listing,
    Decode,
    Latency,
    Memory,
}

impl Run {
    pub(crate) fn run(&self) -> Outcome {
        let wants = |part| self.only.is_empty() || self.only.contains(&part);
        let mut text = String::new();
        if wants(Part::Listing) {
            writeln!(text, "## A listing over loopback\n")?;
            writeln!(text, "{} profiles a service, in pages of 100.\n", self.profiles)?;
            listing::measure(&self.command, self.profiles, self.times, &mut text)?;
        }
        if wants(Part::Decode) {
            writeln!(text, "\n## Decoding and normalizing, bytes in and profiles out\n")?;
            if valgrind::is_there() {
                decode::measure(&mut text)?;
            } else {
                writeln!(text, "Not measured: there is no valgrind.")?;
            }
        }
        if wants(Part::Latency) {
            writeln!(text, "\n## 200 pages, 50 ms each\n")?;
            latency::measure(&self.command, &mut text)?;
        }
        if wants(Part::Memory) {
            writeln!(text, "\n## The most memory that is resident\n")?;
            memory::measure(&self.command, &mut text)?;
        }
        print!("{text}");
        Ok(())
    }
}
