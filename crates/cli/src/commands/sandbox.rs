//! `anyprofile sandbox`

use anyprofile_sandbox::{Fault, Sandbox, SandboxOptions};

use crate::{
    args::SandboxArguments,
    exit::{Exit, Failure},
    output::print_line,
};

pub(crate) async fn run(arguments: SandboxArguments) -> Result<Exit, Failure> {
    let options =
        SandboxOptions::new().port(arguments.port).profiles(arguments.profiles).seed(arguments.seed);
    let sandbox = Sandbox::start(options).await.map_err(|error| {
        Failure::Usage(format!("the sandbox cannot start on port {}: {error}", arguments.port))
    })?;
    for name in &arguments.fault {
        for fault in Fault::named(name).into_iter().flatten() {
            sandbox.add_fault(fault);
        }
    }
    let description = sandbox.description();
    if arguments.json {
        print_line(&serde_json::to_string(description)?)?;
    } else {
        print_line(&environment(&sandbox))?;
    }
    say!("serving {} profiles a service until interrupted", description.profiles);
    tokio::select! {
        () = sandbox.wait() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    sandbox.stop().await;
    Ok(Exit::Complete)
}

/// The lines that make a shell use the sandbox.
fn environment(sandbox: &Sandbox) -> String {
    let description = sandbox.description();
    let lines = description.variables().map(|(name, value)| format!("export {name}={value}"));
    let further = description.further_variables().map(|(name, value)| format!("# export {name}={value}"));
    [lines.as_slice(), &further].concat().join("\n")
}
