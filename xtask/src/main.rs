//! The project's own chores. A person and CI run the same ones: `cargo xtask ci`.

mod api;
mod bench;
mod cargo;
mod dist;
mod drift;
mod features;
mod files;
mod first_steps;
mod fuzz;
mod integrations;
mod matrix;
mod new_provider;
mod operations;
mod prism;
mod real;
mod release;
mod services;
mod shape;
mod soak;
mod spec;
mod weight;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

use crate::cargo::{Outcome, cargo};

/// The project's chores.
#[derive(Debug, Parser)]
enum Chore {
    /// All of what follows up to `features`, in this order.
    Ci,
    /// Run all tests.
    Test,
    /// Check the formatting and docs/operations.md, and lint with warnings denied.
    Lint,
    /// Build the documentation with warnings denied.
    Docs,
    /// Check licences, bans, sources and advisories. Needs cargo-deny.
    Deny,
    /// Build the command to be handed on, with the list of its crates in it, and its bill of materials. Needs cargo-auditable
    /// and cargo-cyclonedx.
    Dist,
    /// Write the crate of a further service: a connector that lists and gets, a fixture server, and a conformance test whose
    /// failures are what is left to do. docs/providers.md goes on from there.
    NewProvider {
        /// The name of the service: lower case letters and digits.
        #[arg(required_unless_present = "check")]
        name: Option<String>,
        /// Where to, outside of this workspace. It then has the command with the service in it.
        #[arg(long, value_name = "FOLDER")]
        path: Option<PathBuf>,
        /// Write one below the target directory, and hold that it builds and fails where it should.
        #[arg(long, conflicts_with_all = ["name", "path"])]
        check: bool,
    },
    /// Copy the first programs of the README and of the documentation into packages of their own, and run them against the sandbox.
    FirstSteps,
    /// Build the libraries with each combination of features that matters.
    Features,
    /// Write docs/operations.md, the table of all operations of the services, from docs/operations.toml, after
    /// checking that every method and test in it exists.
    Operations {
        /// Write nothing; fail if the file is not as it would be written.
        #[arg(long)]
        check: bool,
        /// OpenAPI documents (JSON). Their services' operations must be those of the table.
        specs: Vec<PathBuf>,
    },
    /// Compare our records with the schemas of OpenAPI documents. Each difference must be explained in docs/drift.toml.
    Drift {
        /// OpenAPI documents (JSON), each of one service.
        #[arg(required = true)]
        specs: Vec<PathBuf>,
    },
    /// Run the fuzz targets, each for so many seconds. Needs cargo-fuzz.
    Fuzz {
        /// How long, for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only these targets.
        targets: Vec<String>,
    },
    /// Write docs/api: the public API of each crate. Needs cargo-public-api, and a nightly compiler for the documentation as JSON.
    Api {
        /// Write nothing; fail if a file is not as it would be written.
        #[arg(long)]
        check: bool,
    },
    /// Try what a release needs: versions, changelog, metadata, the package of each crate, the API since the last tag, the oldest compiler,
    /// the oldest dependencies, and all combinations of features. Publishes nothing.
    Release {
        /// Required, since nothing else is possible from here.
        #[arg(long, required = true)]
        dry_run: bool,
        /// Leave out what takes longest.
        #[arg(long)]
        quick: bool,
    },
    /// Write what the README and docs/accounts.md of the facade say of services, from the services' descriptors.
    Services {
        /// Write nothing; fail if a document is not as it would be written.
        #[arg(long)]
        check: bool,
    },
    /// Check, lint and test the workspaces below `integrations`, which are heavy and apart from all others.
    Integrations,
    /// Run the queries of a review on a cluster of one scheduler and two executors, and compare them with one process; kill executors
    /// meanwhile. Needs python3.
    Distributed {
        /// How many people each of two snapshots has; by default 200000, in a debug build.
        #[arg(long, value_name = "N")]
        rows: Option<String>,
    },
    /// Print the shape of the code: methods of the trait, circles of modules, services named where none should be, lines.
    Shape,
    /// Count the crates of the library, and fail where they are more than weight.toml allows.
    Weight {
        /// Also measure the command, and release builds from nothing: takes minutes.
        #[arg(long)]
        build: bool,
    },
    /// Measure listings beside `reqwest` and `serde_json` alone, and write docs/performance.md. Wants valgrind, and a machine
    /// that does nothing else.
    Bench {
        /// Only these parts (listing, decode, latency, memory), and write nothing.
        parts: Vec<String>,
    },
    /// Write docs/faults.md: what comes of each fault at each service. Fails where something comes of one that must not.
    Matrix {
        /// Write nothing; fail if the file is not as it would be written.
        #[arg(long)]
        check: bool,
        /// Write nothing, and try pairs of the faults of listings: all of them, which takes half an hour.
        #[arg(long, conflicts_with = "check")]
        pairs: bool,
        /// So many pairs in place of all.
        #[arg(long, requires = "pairs")]
        count: Option<u32>,
        /// What the pairs are chosen from, where not all are tried. By default the time; it is printed.
        #[arg(long, requires = "count")]
        seed: Option<u64>,
    },
    /// Do random things by random faults at the sandbox, and hold what is said against a plain model of what is there.
    Soak {
        #[command(flatten)]
        options: soak::Options,
    },
    /// Call every operation of OpenAPI documents, those that write included, at Prism, a mock server that checks the
    /// requests. Needs node and npm, and installs Prism below the target directory.
    Prism {
        /// OpenAPI documents (JSON), each of one service that has a crate. With `--catalog`, names of definitions; all of the folder
        /// without one.
        #[arg(required_unless_present = "catalog")]
        specs: Vec<PathBuf>,
        /// A folder with documents of the catalog's services, each NAME.openapi.json: their definitions' requests are checked.
        #[arg(long, value_name = "FOLDER")]
        catalog: Option<PathBuf>,
    },
    /// List and write at real servers with 500 users each. Needs python3, node and npm, and installs the servers below the
    /// target directory.
    #[command(subcommand)]
    Real(RealServers),
}

/// Real servers.
#[derive(Debug, clap::Subcommand)]
enum RealServers {
    /// scim2-server by index and by cursor, scimmy-routers, and canaille.
    Scim,
    /// `anyprofile mcp`, by the official client SDK.
    Mcp,
    /// The targets of `anyprofile export`, read back with duckdb, pyarrow, polars, pandas, sqlite3, psql and an S3-compatible server.
    Snapshots {
        /// How many profiles each service of the sandbox has; 2000 by default.
        #[arg(long, value_name = "N")]
        profiles: Option<String>,
    },
    /// The persons of an organisation that figurant makes, with its answer key.
    Persons {
        /// Also what nobody can tell from the keys alone, such as addresses that were given to somebody else.
        #[arg(long)]
        hazards: bool,
    },
    /// Definitions of the catalog on Matrix Synapse, `JupyterHub`, and Airflow with the FAB auth manager.
    Declared {
        /// Only these: synapse, jupyterhub, airflow-fab.
        servers: Vec<String>,
    },
    /// The page of a review in Chromium.
    Review {
        /// The folder for screenshots.
        #[arg(long, value_name = "FOLDER")]
        screenshots: Option<std::path::PathBuf>,
    },
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Ci => ci(),
        Chore::Test => test(),
        Chore::Lint => lint(),
        Chore::Docs => docs(),
        Chore::Deny => deny(),
        Chore::Dist => dist::run(),
        Chore::NewProvider { check: true, .. } => new_provider::check(),
        Chore::NewProvider { name, path, .. } => new_provider::run(&name.unwrap_or_default(), path),
        Chore::FirstSteps => first_steps::run(),
        Chore::Features => features::build_all(),
        Chore::Operations { check, specs } => operations::run(check, &specs),
        Chore::Drift { specs } => drift::run(&specs),
        Chore::Fuzz { seconds, targets } => fuzz::run(seconds, &targets),
        Chore::Matrix { pairs: true, count, seed, .. } => matrix::pairs(count, seed),
        Chore::Matrix { check, .. } => matrix::run(check),
        Chore::Api { check } => api::run(check),
        Chore::Release { quick, .. } => release::dry_run(quick),
        Chore::Services { check } => services::run(check),
        Chore::Integrations => integrations::check(),
        Chore::Distributed { rows } => integrations::distributed(rows.as_deref()),
        Chore::Shape => shape::run(),
        Chore::Weight { build } => weight::run(build),
        Chore::Bench { parts } => bench::run(&parts),
        Chore::Soak { options } => soak::run(&options),
        Chore::Prism { specs, catalog: None } => prism::run(&specs),
        Chore::Prism { specs, catalog: Some(folder) } => {
            let names: Vec<_> = specs.iter().map(|name| name.display().to_string()).collect();
            prism::run_catalog(&folder, &names)
        }
        Chore::Real(RealServers::Scim) => real::scim(),
        Chore::Real(RealServers::Mcp) => real::mcp(),
        Chore::Real(RealServers::Snapshots { profiles }) => real::snapshots(profiles.as_deref()),
        Chore::Real(RealServers::Persons { hazards }) => real::persons(hazards),
        Chore::Real(RealServers::Declared { servers }) => real::declared(&servers),
        Chore::Real(RealServers::Review { screenshots }) => real::review(screenshots.as_deref()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Outcome {
    test()?;
    lint()?;
    docs()?;
    deny()?;
    weight::run(false)?;
    new_provider::check()?;
    first_steps::run()?;
    features::build_all()
}

fn test() -> Outcome {
    cargo(&["test", "--workspace", "--quiet"], &[])
}

fn lint() -> Outcome {
    operations::run(true, &[])?;
    cargo(&["fmt", "--all", "--check"], &[])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"], &[])?;
    // The fuzz targets are a workspace of their own, so they would rot unseen.
    let fuzz = ["--manifest-path", "fuzz/Cargo.toml"];
    cargo(&[&["fmt"][..], &fuzz, &["--check"]].concat(), &[])?;
    cargo(&[&["clippy"][..], &fuzz, &["--locked", "--", "--deny", "warnings"]].concat(), &[])
}

fn docs() -> Outcome {
    // Test crates are left out: their pages are for nobody.
    let libraries = ["--exclude", "anyprofile-tests", "--exclude", "xtask"];
    let arguments = [&["doc", "--workspace", "--no-deps", "--all-features"][..], &libraries].concat();
    cargo(&arguments, &[("RUSTDOCFLAGS", "--deny warnings")])
}

fn deny() -> Outcome {
    // The advisory database is a repository of its own, which is not everywhere within reach.
    let advisories = std::env::var_os("ANYPROFILE_ADVISORIES").is_some();
    let mut arguments = vec!["deny", "--all-features", "check", "bans", "licenses", "sources"];
    if advisories {
        arguments.push("advisories");
    } else {
        eprintln!(
            "xtask: advisories are not checked; set ANYPROFILE_ADVISORIES=1 where their database can be fetched"
        );
    }
    cargo(&arguments, &[])
}
