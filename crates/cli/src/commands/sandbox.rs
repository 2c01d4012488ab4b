//! `anyprofile sandbox`

use anyprofile_terminal::printable;
use serde_json::{Map, Value};

use crate::{
    args::{Global, SandboxArguments},
    exit::{Exit, Failure},
    output::print_line,
    sandbox::{Running, RunningSandbox, SandboxOptions},
    session::{no_sandbox, only_sandbox},
};

pub(crate) async fn run(global: &Global, arguments: SandboxArguments) -> Result<Exit, Failure> {
    let sandboxes = global.program.sandboxes();
    if sandboxes.is_empty() {
        return Err(no_sandbox());
    }
    if global.config.is_some() {
        return Err(only_sandbox("sandbox"));
    }
    let known: Vec<_> = sandboxes.iter().flat_map(|sandbox| sandbox.fault_names()).collect();
    if let Some(name) = arguments.fault.iter().find(|name| known.iter().all(|known| known != name.as_str())) {
        return Err(Failure::Usage(match &*known {
            [] => "this sandbox has no faults; omit --fault".to_owned(),
            _ => format!("no fault is named '{}'; the faults are {}", printable(name), known.join(", ")),
        }));
    }
    let options = SandboxOptions { port: arguments.port, profiles: arguments.profiles, seed: arguments.seed };
    let running = Running::start(sandboxes, options)
        .await
        .map_err(|error| Failure::Usage(format!("cannot start the sandbox {error}")))?;
    for name in &arguments.fault {
        for (sandbox, running) in sandboxes.iter().zip(running.iter()) {
            if sandbox.fault_names().iter().any(|known| known == name.as_str()) {
                running.add_fault(name);
            }
        }
    }
    if arguments.json {
        let descriptions = running.iter().flat_map(RunningSandbox::description);
        print_line(&Value::Object(descriptions.collect::<Map<_, _>>()).to_string())?;
    } else {
        print_line(&environment(&running))?;
    }
    say!("serving {} profiles per service until interrupted", arguments.profiles);
    tokio::select! {
        () = any_ends(&running) => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    Ok(Exit::Complete)
}

/// Waits until one of the sandboxes stops.
async fn any_ends(running: &Running) {
    futures_util::future::select_all(running.iter().map(RunningSandbox::wait)).await;
}

/// Returns shell commands that set the environment variables of the sandbox.
fn environment(running: &Running) -> String {
    let mut lines = Vec::new();
    for running in running.iter() {
        let usual = running.variables().into_iter();
        lines.extend(usual.map(|(name, value)| format!("export {name}={}", quoted(&value))));
        let further = running.further_variables().into_iter();
        lines.extend(further.map(|(name, value)| format!("# export {name}={}", quoted(&value))));
    }
    lines.join("\n")
}

/// Quotes a value for a shell.
fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,=@%+".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_quoted_where_a_shell_would_read_something_else() {
        for (value, expected) in [
            ("http://127.0.0.1:1/probely", "http://127.0.0.1:1/probely"),
            ("", "''"),
            ("a; rm x", "'a; rm x'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
