//! What a new user does first: copies the first programs of the README and of the facade's documentation into a package of their own.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    cargo::{Outcome, Workspace, cargo, workspace},
    files::{read, text_of},
};

/// A program that imports everything, beside the crate `http` and with results of its own.
const EVERYTHING_IMPORTED: &str = r#"use anyprofile::*;

fn status() -> Result<http::StatusCode, String> {
    Ok(http::StatusCode::OK)
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("{:?}", status());
    for provider in Accounts::from_env()?.connect()? {
        println!("{}", provider.list_all(ListQuery::new()).await?.profiles.len());
    }
    Ok(())
}
"#;

/// The accounts of a program that has turned on no service.
const WITHOUT_A_SERVICE: &str = r#"fn main() {
    let error = anyprofile::Accounts::from_env().unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("--features")), "{error}");
    println!("{error}");
}
"#;

/// Copies each program into a package outside of this workspace, builds it there, and runs it against the sandbox.
///
/// # Errors
/// If a document has no program, or a program does not build, does not run, or prints nothing.
pub(crate) fn run() -> Outcome {
    let Workspace { root, target, .. } = workspace()?;
    let folder = target.join("first-steps");
    let readme = read(&root.join("README.md"))?;
    let library = documentation(&read(&root.join("crates/anyprofile/src/lib.rs"))?);
    let of_readme = readme.split_once("## The library").ok_or("the README has no chapter on the library")?.1;
    let first_of = |text: &str| Ok::<_, String>((block(text, "toml")?, block(text, "rust")?));
    let (dependencies, program) = first_of(of_readme)?;
    let everything = format!("{dependencies}http = \"1\"\n");
    let programs = [
        ("readme", dependencies, program),
        ("everything-imported", everything, EVERYTHING_IMPORTED.to_owned()),
        ("library", block(&library, "toml")?, block(&library, "")?),
        (
            "without-a-service",
            "[dependencies]\nanyprofile = \"0.1\"\n".to_owned(),
            WITHOUT_A_SERVICE.to_owned(),
        ),
    ];
    cargo(&["build", "--quiet", "--package", "anyprofile-cli"], &[])?;
    let sandbox = Sandbox::start(&target.join("debug/anyprofile"))?;
    let built = folder.join("target");
    let built = text_of(&built)?;
    for (name, dependencies, program) in programs {
        let package = folder.join(name);
        write(&package.join("src/main.rs"), &program)?;
        write(&package.join("Cargo.toml"), &manifest(name, &dependencies, &root))?;
        // The versions that were tested; the packages need no network then.
        write(&package.join("Cargo.lock"), &read(&root.join("Cargo.lock"))?)?;
        let path = package.join("Cargo.toml");
        let path = text_of(&path)?;
        cargo(&["build", "--quiet", "--manifest-path", path], &[("CARGO_TARGET_DIR", built)])?;
        let mut run = Command::new(Path::new(built).join("debug").join(name));
        let output = run.env_clear().envs(sandbox.variables.iter().cloned()).output();
        let output = output.map_err(|error| format!("{name} cannot be run: {error}"))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || printed.trim().is_empty() {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{name} failed ({}): {printed}{errors}", output.status));
        }
        println!(
            "{name}: {} lines, such as: {}",
            printed.lines().count(),
            printed.lines().next().unwrap_or("")
        );
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Outcome {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// Returns the documentation of a crate, as it is shown.
fn documentation(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let shown =
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).filter(|line| !line.starts_with("# #"));
    shown.collect::<Vec<_>>().join("\n")
}

/// Returns the first block of code in a language; with no language, the first one of Rust in the documentation of a crate.
fn block(text: &str, language: &str) -> Result<String, String> {
    let mut lines = text.lines();
    let is_wanted = |line: &str| {
        let Some(info) = line.strip_prefix("```") else { return false };
        let first = info.split(',').next().unwrap_or("");
        first == language || (language.is_empty() && first == "no_run")
    };
    while let Some(line) = lines.next() {
        if is_wanted(line) {
            let code: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            return Ok(code.join("\n") + "\n");
        }
        if line.starts_with("```") {
            lines.by_ref().find(|line| *line == "```");
        }
    }
    Err(format!("there is no block of code in the language '{language}'"))
}

/// Returns the manifest of a package with these dependencies, of which anyprofile is the one of this workspace.
fn manifest(name: &str, dependencies: &str, root: &Path) -> String {
    // As JSON, a text is one of TOML too.
    let facade = serde_json::Value::from(root.join("crates/anyprofile").to_string_lossy());
    format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n{dependencies}\n\
         [patch.crates-io]\nanyprofile = {{ path = {facade} }}\n\n[workspace]\n"
    )
}

/// The command's sandbox, which is stopped when this is dropped.
struct Sandbox {
    child: Child,
    /// The variables of its accounts.
    variables: Vec<(String, String)>,
}

impl Sandbox {
    fn start(command: &Path) -> Result<Self, String> {
        let child = Command::new(command)
            .arg("sandbox")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} cannot be run: {error}", command.display()))?;
        let mut sandbox = Self { child, variables: Vec::new() };
        let output = sandbox.child.stdout.take().ok_or("its output is not piped")?;
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|error| format!("the sandbox did not start: {error}"))?;
            // The lines behind those that set variables are notes.
            let Some(variable) = line.strip_prefix("export ") else { break };
            if let Some((name, value)) = variable.split_once('=') {
                sandbox.variables.push((name.to_owned(), value.to_owned()));
            }
        }
        if sandbox.variables.is_empty() {
            Err("the sandbox printed no variable".to_owned())
        } else {
            Ok(sandbox)
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
