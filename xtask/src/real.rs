//! The clients against real servers, which are installed below the target directory and started on this machine.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    files::{read, text_of},
};

/// How many users each server has.
const USERS: &str = "500";
/// How many users each server has for the conformance suite, which lists them many times.
const FEW_USERS: &str = "24";
/// The servers that definitions of the catalog are proven on, each with an environment of its own.
const DECLARED: [&str; 3] = ["synapse", "jupyterhub", "airflow-fab"];
/// The packages of npm.
const NPM: [&str; 3] = ["express@5.3.0", "scimmy@1.3.5", "scimmy-routers@1.3.2"];

/// Runs the example `real_scim` against each server, and checks the bodies that were sent with scim2-models.
///
/// # Errors
/// If a server cannot be installed or started, or something was not as it must be.
pub(crate) fn scim() -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let scripts = root.join("tests/real/scim");
    let folder = target.join("real/scim");
    let bodies = folder.join("bodies.ndjson");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fs::write(&bodies, "").map_err(|error| format!("{}: {error}", bodies.display()))?;
    let scim2 = python(&folder.join("scim2-server"), &scripts.join("requirements-scim2-server.txt"))?;
    let canaille = python(&folder.join("canaille"), &scripts.join("requirements-canaille.txt"))?;
    npm(&folder)?;
    cargo(&["build", "--quiet", "--package", "anyprofile-tests", "--example", "real_scim"], &[])?;
    let start = |name: &str| scripts.join(name);
    let servers: [(&str, &Path, Vec<PathBuf>); 4] = [
        ("scim2-server", &scim2, vec![start("start_scim2_server.py")]),
        ("scim2-server-cursors", &scim2, vec![start("start_scim2_server.py"), start("cursors.json")]),
        ("scimmy", Path::new("node"), vec![start("start_scimmy.mjs")]),
        ("canaille", &canaille, vec![start("start_canaille.py")]),
    ];
    let mut failures = Vec::new();
    let file = text_of(&bodies)?;
    for (name, program, arguments) in servers {
        let [script, more @ ..] = &arguments[..] else { continue };
        for (part, users) in [("listing", USERS), ("conformance", FEW_USERS)] {
            let arguments = [&[script.clone(), users.into()], more].concat();
            let server = match Server::start(&folder, name, program, &arguments) {
                Ok(server) => server,
                Err(error) => {
                    failures.push(error);
                    continue;
                }
            };
            let run = ["run", "--quiet", "--package", "anyprofile-tests", "--example", "real_scim", "--"];
            failures.extend(cargo(&[&run[..], &[part, name, &server.base_url, file]].concat(), &[]).err());
        }
    }
    let check = [start("check_bodies.py"), bodies];
    failures.extend(run(&scim2, &check.each_ref().map(PathBuf::as_path)).err());
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

/// Runs a session of the official client SDK of the Model Context Protocol with the command, and prints its transcript.
///
/// # Errors
/// If the SDK cannot be installed, or something was not as it must be.
pub(crate) fn mcp() -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let scripts = root.join("tests/real/mcp");
    let folder = target.join("real/mcp");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let client = python(&folder.join("client"), &scripts.join("requirements.txt"))?;
    cargo(&["build", "--quiet", "--package", "anyprofile-cli", "--features", "mcp"], &[])?;
    let log = folder.join("server.log");
    fs::write(&log, "").map_err(|error| format!("{}: {error}", log.display()))?;
    run(&client, &[&scripts.join("session.py"), &target.join("debug/anyprofile"), &log])?;
    // Of what was asked and answered, the server's log has nothing.
    let text = read(&log)?;
    if text.contains('@') || !text.contains("mcp: list: done") {
        return Err(format!("{} holds personal data, or not every call", log.display()));
    }
    print!("{text}");
    Ok(())
}

/// How many profiles each service of the sandbox has for the snapshots.
const PROFILES: &str = "2000";

/// Writes a snapshot to every target, and reads it back with tools that others wrote, at a PostgreSQL server and an S3-compatible one that it
/// starts; and validates the form `scim` with scim2-models. With a number of profiles, the command is built as a release, for figures.
///
/// # Errors
/// If a tool cannot be installed, or reads something else than what was written.
pub(crate) fn snapshots(profiles: Option<&str>) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let scripts = root.join("tests/real/snapshots");
    let folder = target.join("real/snapshots");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tools = python(&folder.join("tools"), &scripts.join("requirements.txt"))?;
    // Only figures need what is handed on.
    let (profile, folder_of_profile) =
        if profiles.is_some() { ("release", "release") } else { ("dev", "debug") };
    let build =
        ["build", "--quiet", "--profile", profile, "--package", "anyprofile-cli", "--features", "full"];
    cargo(&build, &[])?;
    let command = target.join(folder_of_profile).join("anyprofile");
    let data = folder.join("data");
    let (script, profiles) = (scripts.join("read_back.py"), profiles.unwrap_or(PROFILES));
    let mut postgres = Server::start(&folder, "postgres", &tools, &[scripts.join("start_postgres.py")])?;
    postgres.ends_with_input = true;
    let url = &postgres.base_url;
    let arguments = [script.as_path(), &command, &data, Path::new(profiles), Path::new(url)];
    let mut failures: Vec<String> = run(&tools, &arguments).err().into_iter().collect();
    let (script, killed) = (scripts.join("kill.py"), folder.join("killed"));
    let kill = [script.as_path(), &command, &killed, Path::new("1500"), Path::new("30")];
    failures.extend(run(&tools, &kill).err());
    let test = [
        "test",
        "--quiet",
        "--package",
        "anyprofile-snapshot",
        "--features",
        "postgres,sqlite,parquet,csv,gzip",
    ];
    let ignored = ["--test", "it", "postgres", "--", "--ignored", "--test-threads", "1"];
    failures.extend(cargo(&[&test[..], &ignored].concat(), &[("ANYPROFILE_TEST_POSTGRES", url)]).err());
    failures.extend(forms(&root, &target, &data).err());
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

/// Validates the form `scim` of the profiles of a snapshot.
fn forms(root: &Path, target: &Path, data: &Path) -> Outcome {
    let scripts = root.join("tests/real/forms");
    let folder = target.join("real/forms");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let models = python(&folder.join("models"), &scripts.join("requirements.txt"))?;
    let (profiles, users) = (data.join("people.ndjson"), folder.join("users.ndjson"));
    let test = ["test", "--quiet", "--package", "anyprofile-snapshot", "--features", "csv", "--lib", "form"];
    let places = [("FORMS_PROFILES", text_of(&profiles)?), ("FORMS_OUT", text_of(&users)?)];
    cargo(&[&test[..], &["--", "--ignored"]].concat(), &places)?;
    run(&models, &[&scripts.join("validate_scim.py"), &users])
}

/// Links the profiles of an organisation that figurant makes, and finds its leavers; prints precision and recall against figurant's answer key.
///
/// # Errors
/// If figurant cannot be installed, a listing is not complete, or a link joins two people.
pub(crate) fn persons(hazards: bool) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let scripts = root.join("tests/real/persons");
    let folder = target.join("real/persons");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tools = python(&folder.join("tools"), &scripts.join("requirements.txt"))?;
    cargo(&["build", "--quiet", "--package", "anyprofile-cli"], &[])?;
    let (script, command) = (scripts.join("judge.py"), target.join("debug/anyprofile"));
    let hazards = hazards.then_some(Path::new("--hazards"));
    let arguments: Vec<&Path> = [&*script, &*command].into_iter().chain(hazards).collect();
    run(&tools, &arguments)
}

/// Proves definitions of the catalog on Matrix Synapse, `JupyterHub`, and Airflow with the FAB auth manager, each with 300 people.
///
/// # Errors
/// If a server cannot be installed or started, or something was not as it must be.
pub(crate) fn declared(servers: &[String]) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let scripts = root.join("tests/real/declared");
    let folder = target.join("real/declared");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for server in DECLARED.iter().filter(|name| servers.is_empty() || servers.iter().any(|it| it == *name)) {
        python(&folder.join(server), &scripts.join(format!("requirements-{server}.txt")))?;
    }
    cargo(&["build", "--quiet", "--package", "anyprofile-cli", "--features", "declared"], &[])?;
    let (script, command) = (scripts.join("declared.py"), target.join("debug/anyprofile"));
    let named = servers.iter().map(Path::new);
    let arguments: Vec<&Path> = [&*script, &*command, &*folder].into_iter().chain(named).collect();
    run(Path::new("python3"), &arguments)
}

/// Opens the page of a review in a browser: checks its scripts, what it shows of a sample and of the sandbox, its speed with 50,000 rows, and an
/// invented quarter from two snapshots to the evidence of an off-boarding. Screenshots and the page go to a folder, if one is named.
///
/// # Errors
/// If a tool cannot be installed, or something was not as it must be.
pub(crate) fn review(screenshots: Option<&Path>) -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let folder = target.join("real/review");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tests = root.join("tests/real/review");
    install(&tests)?;
    cargo(&["build", "--quiet", "--package", "anyprofile-cli"], &[])?;
    let command = target.join("debug/anyprofile");
    let page = folder.join("review.html");
    let arguments = [
        "--sandbox",
        "--sandbox-profiles",
        "40",
        "review",
        "--roster-account",
        "scim",
        "--quiet",
        "--html",
        text_of(&page)?,
    ];
    let made = Command::new(&command).args(arguments).stdout(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        return Err(format!("{} made no page", command.display()));
    }
    let script = |name: &str, variables: &[(&str, &Path)]| {
        eprintln!("$ npm run {name}");
        let mut npm = Command::new("npm");
        npm.args(["run", "--silent", name]).current_dir(&tests).envs(variables.iter().copied());
        match npm.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("npm run {name} failed ({status})")),
            Err(error) => Err(format!("npm cannot be run: {error}")),
        }
    };
    // npm runs elsewhere.
    let shots = screenshots.map(|folder| root.join(folder));
    if let Some(folder) = &shots {
        let sample = folder.join("sample.html");
        let copied = fs::create_dir_all(folder).and_then(|()| fs::copy(&page, &sample));
        copied.map_err(|error| format!("{}: {error}", sample.display()))?;
    }
    let shown = [("PAGE", &*page)].into_iter().chain(shots.as_deref().map(|folder| ("SCREENSHOTS", folder)));
    let mut failures: Vec<String> = Vec::new();
    failures.extend(script("check", &[]).err());
    failures.extend(script("test", &[]).err());
    failures.extend(script("test", &shown.collect::<Vec<_>>()).err());
    failures.extend(script("quarter", &[("COMMAND", &command), ("FOLDER", &folder)]).err());
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

/// Installs the packages that a lock file names, beside it, unless these are there.
fn install(folder: &Path) -> Outcome {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let installed = folder.join("node_modules/installed.json");
    if fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let quietly = ["--no-audit", "--no-fund", "--loglevel=error"].map(Path::new);
    run(Path::new("npm"), &[&["ci", "--prefix"].map(Path::new)[..], &[folder], &quietly].concat())?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Installs Python packages in an environment of their own, unless these are there; returns its Python.
pub(crate) fn python(environment: &Path, requirements: &Path) -> Result<PathBuf, String> {
    let python = environment.join("bin/python");
    let wanted = fs::read(requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let installed = environment.join("installed.txt");
    if fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    run(Path::new("python3"), &[Path::new("-m"), Path::new("venv"), environment])?;
    let install = ["-m", "pip", "install", "--quiet", "--requirement"].map(Path::new);
    run(&python, &[&install[..], &[requirements]].concat())?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(python)
}

/// Installs the packages of npm, unless they are there.
fn npm(folder: &Path) -> Outcome {
    if NPM.iter().all(|package| has(folder, package)) {
        return Ok(());
    }
    let quietly = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    let install = [&["install", "--prefix"].map(Path::new)[..], &[folder], &quietly.map(Path::new)].concat();
    run(Path::new("npm"), &[&install[..], &NPM.map(Path::new)].concat())
}

fn has(folder: &Path, package: &str) -> bool {
    let Some((name, version)) = package.rsplit_once('@') else { return false };
    let manifest = fs::read_to_string(folder.join("node_modules").join(name).join("package.json"));
    let manifest: serde_json::Value = serde_json::from_str(&manifest.unwrap_or_default()).unwrap_or_default();
    manifest["version"] == version
}

/// Runs a program to its end.
pub(crate) fn run(program: &Path, arguments: &[&Path]) -> Outcome {
    let status = Command::new(program).args(arguments).status();
    let status = status.map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", program.display())) }
}

/// A server that serves. Dropping it stops it.
struct Server {
    child: Child,
    base_url: String,
    /// Whether it ends, and removes what it has made, when its input does.
    ends_with_input: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if !self.ends_with_input {
            // It may have ended by itself.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server, whose first line is its base URL. What it says else is in a file. It may end with its standard input.
    fn start(folder: &Path, name: &str, program: &Path, arguments: &[PathBuf]) -> Result<Self, String> {
        eprintln!("$ {name}");
        let log = folder.join(format!("{name}.log"));
        let errors = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
        let mut server = Self { child, base_url: String::new(), ends_with_input: false };
        let output = server.child.stdout.as_mut().ok_or("its output is not piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).map_err(|error| format!("{name}: {error}"))?;
        if !line.contains("://") {
            return Err(format!("{name} did not start: see {}", log.display()));
        }
        line.trim().clone_into(&mut server.base_url);
        Ok(server)
    }
}
