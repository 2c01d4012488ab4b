//! How heavy the library and the command are: `weight.toml` holds the budget.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
    process::Command,
    time::Instant,
};

use serde::Deserialize;

use crate::cargo::{Outcome, Workspace, cargo, output_of, workspace};

/// What may not be exceeded.
#[derive(Debug, Deserialize)]
struct Budget {
    /// Crates of the facade with these features, itself and ours included.
    crates: BTreeMap<String, usize>,
    /// Bytes of the stripped command, as it is handed on.
    command_bytes: u64,
    /// Seconds of CPU of the README's first command from nothing.
    first_command_cpu_seconds: f64,
    /// How many times the CPU of bare reqwest's build a program with one service may take.
    library_of_bare: f64,
}

/// reqwest with what the facade turns on, for comparison; its own `rustls`, which is with aws-lc-rs.
const BARE: &str = "reqwest = { version = \"0.13.5\", default-features = false, features = [\"gzip\", \"http2\", \"rustls\", \"system-proxy\"] }";

/// The same with the cryptography that we have.
const BARE_WITH_RING: &str = "reqwest = { version = \"0.13.5\", default-features = false, features = [\"gzip\", \"http2\", \"rustls-no-provider\", \"system-proxy\"] }\nrustls = { version = \"0.23\", default-features = false, features = [\"ring\"] }";

/// Counts the crates and fails where they are more than the budget; with `build` also builds the command, and both
/// libraries from nothing.
///
/// # Errors
/// If something cannot be built, or is heavier than the budget.
pub(crate) fn run(build: bool) -> Outcome {
    let workspace = workspace()?;
    let text = fs::read_to_string(workspace.root.join("weight.toml"))
        .map_err(|error| format!("weight.toml: {error}"))?;
    let budget: Budget = toml::from_str(&text).map_err(|error| format!("weight.toml: {error}"))?;
    let mut exceeded = Vec::new();
    for (features, most) in &budget.crates {
        let crates = crates_of(features)?;
        println!("{crates} crates of at most {most}: anyprofile with {features}");
        if crates > *most {
            exceeded.push(format!("anyprofile with {features} has {crates} crates, of at most {most}"));
        }
    }
    if build {
        exceeded.extend(builds(&workspace, &budget)?);
    }
    if exceeded.is_empty() { Ok(()) } else { Err(exceeded.join("; ")) }
}

/// Measures the command and builds from nothing. Gives what is more than the budget.
fn builds(workspace: &Workspace, budget: &Budget) -> Result<Vec<String>, String> {
    let mut exceeded = Vec::new();
    let first = first_command(workspace)?;
    println!(
        "{first} of at most {} s: the README's first command from nothing",
        budget.first_command_cpu_seconds
    );
    if first.cpu > budget.first_command_cpu_seconds {
        exceeded.push(format!(
            "the README's first command takes {first}, of at most {} s",
            budget.first_command_cpu_seconds
        ));
    }
    let facade = workspace.root.join("crates").join("anyprofile").display().to_string();
    let ours = format!(
        "anyprofile = {{ path = {facade:?}, default-features = false, features = [\"anthropic\", \"rustls\"] }}"
    );
    let bare = cold_build(workspace, "bare", BARE)?;
    let with_ring = cold_build(workspace, "bare-with-ring", BARE_WITH_RING)?;
    let ours = cold_build(workspace, "ours", &ours)?;
    let of_bare = ours.cpu / bare.cpu;
    println!(
        "{of_bare:.2} of at most {}: {ours} for a release build of anyprofile with anthropic rustls, {bare} for bare reqwest's, {with_ring} for that with ring",
        budget.library_of_bare
    );
    if of_bare > budget.library_of_bare {
        exceeded.push(format!(
            "a library user's build takes {of_bare:.2} of bare reqwest's, of at most {}",
            budget.library_of_bare
        ));
    }
    cargo(&["build", "--profile", "dist", "--package", "anyprofile-cli"], &[])?;
    let command = workspace.target.join("dist").join("anyprofile");
    let bytes = fs::metadata(&command).map_err(|error| format!("the command: {error}"))?.len();
    println!("{bytes} bytes of at most {}: the command", budget.command_bytes);
    if bytes > budget.command_bytes {
        exceeded.push(format!("the command has {bytes} bytes, of at most {}", budget.command_bytes));
    }
    println!("{:.1} ms: `anyprofile --version`, the median of 21 starts", start(&command)?);
    Ok(exceeded)
}

/// The build of the README's first command, with `build` in place of `run`.
fn first_command(workspace: &Workspace) -> Result<Cost, String> {
    let readme = fs::read_to_string(workspace.root.join("README.md"))
        .map_err(|error| format!("README.md: {error}"))?;
    let command = readme
        .lines()
        .find_map(|line| line.strip_prefix("cargo run "))
        .ok_or("README.md has no `cargo run`")?;
    let options = command.split(" -- ").next().unwrap_or_default().split(' ');
    let built = workspace.target.join("weight").join("command");
    emptied(&built)?;
    let target = built.display().to_string();
    let arguments: Vec<&str> =
        ["build", "--quiet", "--target-dir", &target].into_iter().chain(options).collect();
    let cost = Cost::of(|| cargo(&arguments, &[]))?;
    emptied(&built)?;
    Ok(cost)
}

/// What a build takes.
struct Cost {
    /// Seconds of CPU.
    cpu: f64,
    /// Seconds on the clock.
    wall: f64,
}

impl Cost {
    fn of(work: impl FnOnce() -> Outcome) -> Result<Self, String> {
        let (before, began) = (cpu_of_children()?, Instant::now());
        work()?;
        Ok(Self { cpu: cpu_of_children()? - before, wall: began.elapsed().as_secs_f64() })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.0} s of CPU ({:.0} s on the clock)", self.cpu, self.wall)
    }
}

/// Seconds of CPU that all children took which have ended, and theirs (proc(5): `cutime` and `cstime`, in hundredths).
fn cpu_of_children() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat")
        .map_err(|error| format!("CPU is measured on Linux alone: {error}"))?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let times: Vec<f64> = fields.skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    if times.len() == 2 {
        Ok(times.iter().sum::<f64>() / 100.0)
    } else {
        Err("/proc/self/stat has another form".to_owned())
    }
}

/// Makes a folder anew.
fn emptied(folder: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)
}

fn crates_of(features: &str) -> Result<usize, String> {
    let tree = output_of(&[
        "tree",
        "--package",
        "anyprofile",
        "--edges",
        "normal",
        "--no-default-features",
        "--features",
        features,
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--no-dedupe",
    ])?;
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name_and_version).collect::<BTreeSet<_>>().len())
}

/// Milliseconds.
fn start(command: &Path) -> Result<f64, String> {
    let mut times = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        let output = Command::new(command).arg("--version").output();
        output.map_err(|error| format!("the command cannot be run: {error}"))?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// What the release build of a program takes with this one dependency, in the versions of this workspace.
fn cold_build(workspace: &Workspace, name: &str, dependency: &str) -> Result<Cost, String> {
    let folder = workspace.target.join("weight").join(name);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    emptied(&folder)?;
    fs::create_dir_all(folder.join("src")).map_err(failed)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).map_err(failed)?;
    fs::write(folder.join("src").join("main.rs"), "fn main() {}\n").map_err(failed)?;
    fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    let manifest = folder.join("Cargo.toml").display().to_string();
    let of = ["--manifest-path", &manifest];
    cargo(&[&["fetch", "--quiet"][..], &of].concat(), &[])?;
    let built = folder.join("target").display().to_string();
    let cost = Cost::of(|| {
        cargo(&[&["build", "--release", "--quiet", "--target-dir", &built][..], &of].concat(), &[])
    })?;
    emptied(&folder)?;
    Ok(cost)
}
