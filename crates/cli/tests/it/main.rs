//! Tests of the command as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod applying;
mod definitions;
mod ending;
mod exporting;
mod failing;
mod files;
mod generally_available;
mod giving_back;
mod outcomes;
mod output;
mod plans;
mod proving;
mod reading;
mod reviewing;
mod secrecy;
mod snapshots;
mod starting;
mod terminal;
mod updating;
mod updating_many;

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::mpsc,
};

use anyprofile_sandbox::{Fault, RecordedRequest, Sandbox, SandboxOptions};

/// The organization that can be updated in the sandbox.
const ACME: &str = "upsun:upsun/organization/01HSANDB0XACME000000000001";

/// Creates a profile at Probely.
const CREATE_ADA: [&str; 8] = [
    "create",
    "--account",
    "probely",
    "--set",
    "emails=ada@example.com",
    "--set",
    "name.display=Ada",
    "--yes",
];

/// Creates an empty directory for one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns the command without environment variables that could change its behavior.
fn anyprofile(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anyprofile"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    // The state directory of the user is not used.
    command.env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/home"));
    command
}

/// The result of a run.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the command ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn run(arguments: &[&str]) -> Run {
    anyprofile(arguments).output().unwrap().into()
}

/// A sandbox in its own thread, so that the tests need no runtime.
struct Server {
    environment: Vec<(&'static str, String)>,
    ask: tokio::sync::mpsc::UnboundedSender<Question>,
}

/// A request of a test to the sandbox.
enum Question {
    Requests(mpsc::Sender<Vec<RecordedRequest>>),
    Fault(Box<Fault>, mpsc::Sender<()>),
}

impl Server {
    fn start(options: SandboxOptions) -> Self {
        let (ask, mut questions) = tokio::sync::mpsc::unbounded_channel();
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async move {
                let sandbox = Sandbox::start(options).await.unwrap();
                ready.send(sandbox.description().clone()).unwrap();
                while let Some(question) = questions.recv().await {
                    match question {
                        Question::Requests(response) => response.send(sandbox.requests()).unwrap(),
                        Question::Fault(fault, response) => {
                            sandbox.add_fault(*fault);
                            response.send(()).unwrap();
                        }
                    }
                }
            });
        });
        let description = started.recv().unwrap();
        let environment = description.variables().map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { environment, ask }
    }

    /// Returns the command with the accounts of this sandbox.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = anyprofile(arguments);
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Returns the profile ids of an account, in listing order.
    fn people(&self, account: &str) -> Vec<String> {
        let list = ["list", "--account", account, "--kind", "human", "-o", "csv", "--fields", "id", "-q"];
        self.run(&list).out.lines().filter(|id| id.contains("/user/")).map(str::to_owned).collect()
    }

    /// Returns the value of a variable of the sandbox.
    fn variable(&self, name: &str) -> &str {
        self.environment.iter().find_map(|(known, value)| (*known == name).then_some(value)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    fn fault(&self, fault: Fault) {
        let (response, done) = mpsc::channel();
        self.ask.send(Question::Fault(Box::new(fault), response)).ok().unwrap();
        done.recv().unwrap();
    }

    fn requests(&self) -> Vec<RecordedRequest> {
        let (response, requests) = mpsc::channel();
        self.ask.send(Question::Requests(response)).ok().unwrap();
        requests.recv().unwrap()
    }

    /// Returns the number of write requests.
    fn writes(&self) -> usize {
        let is_write =
            |request: &&RecordedRequest| request.method != "GET" && request.service != "upsun-auth";
        self.requests().iter().filter(is_write).count()
    }
}

fn server(profiles: u64) -> Server {
    Server::start(SandboxOptions::new().profiles(profiles).seed(7))
}
