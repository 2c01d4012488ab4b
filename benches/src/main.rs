//! What a listing costs, beside what reqwest and `serde_json` alone cost for the same pages.
//!
//! `run` is what `cargo xtask bench` calls; the other commands are the processes that it starts and measures.

mod command;
mod decode;
mod engine;
mod floor;
mod latency;
mod listing;
mod measure;
mod memory;
mod report;
mod response;
mod server;
mod service;
mod valgrind;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{engine::Engine, service::Service};

/// How a part of the benchmark ended.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Measure everything and print the tables as Markdown.
    Run(report::Run),
    /// Serve the pages of a sandbox, each made once and kept.
    Serve(server::Serve),
    /// List all profiles of a server and throw them away.
    List(List),
    /// Decode pages that are in memory.
    Decode(decode::Decode),
    /// Run a program and print what it took, as JSON.
    Measure {
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        program: Vec<std::ffi::OsString>,
    },
}

/// Lists all profiles of a server.
#[derive(Debug, clap::Args)]
struct List {
    /// What lists.
    #[arg(long)]
    engine: Engine,
    /// Of which service.
    #[arg(long)]
    service: Service,
    /// The origin of the server.
    #[arg(long)]
    origin: String,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().part {
        Part::Run(run) => run.run(),
        Part::Serve(serve) => serve.run(),
        Part::List(list) => list.run(),
        Part::Decode(decode) => decode.run(),
        Part::Measure { program } => measure::print(&program),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

impl List {
    fn run(&self) -> Outcome {
        let listed = runtime()?.block_on(self.engine.list(self.service, &self.origin, None))?;
        println!("{listed}");
        Ok(())
    }
}

/// One thread, so that a client and the server have a core each.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
