//! Prism itself: installed, started, and stopped whatever happens.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{log, probe::Probe};
use crate::files::text_of;

const PACKAGE: &str = "@stoplight/prism-cli";
const VERSION: &str = "5.14.2";

/// How long Prism may take to start, or to write its log.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that no document has: where it is in the log, all that came before it is too.
const LAST_PATH: &str = "/-/the-last-request";

/// An installed Prism.
#[derive(Debug)]
pub(crate) struct Prism {
    script: PathBuf,
}

impl Prism {
    /// Installs Prism below the target directory, unless it is there.
    pub(crate) fn install(target: &Path) -> Result<Self, String> {
        let folder = target.join("prism");
        let package = folder.join("node_modules").join(PACKAGE);
        let prism = Self { script: package.join("dist").join("index.js") };
        run("node", &["--version"], "Prism runs on Node.js")?;
        let manifest = fs::read_to_string(package.join("package.json")).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
        if manifest["version"] == VERSION && prism.script.is_file() {
            return Ok(prism);
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let folder = text_of(&folder)?;
        let package = format!("{PACKAGE}@{VERSION}");
        eprintln!("$ npm install {package}");
        let quietly = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
        let arguments = [&["install", "--prefix", folder], &quietly[..], &[&package]].concat();
        run("npm", &arguments, "Prism is installed with npm")?;
        Ok(prism)
    }
}

/// Runs a program to its end.
fn run(program: &str, arguments: &[&str], purpose: &str) -> Result<(), String> {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{program} cannot be run: {error}. {purpose}: install it"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} failed ({status})")) }
}

/// A Prism that serves. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Serves a document at a free port of this machine, and waits until requests are taken.
    pub(crate) fn start(prism: &Prism, document: &Path, log: &Path) -> Result<Self, String> {
        let address = free_address().map_err(|error| format!("there is no free port: {error}"))?;
        let output = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = output.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        let child = Command::new("node")
            .arg(&prism.script)
            .args(["mock", "--verboseLevel", "info"])
            .args(["--host", &address.ip().to_string(), "--port", &address.port().to_string()])
            .arg(document)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("node cannot be run: {error}"))?;
        let mut server = Self { child, address, log: log.to_owned() };
        server.wait_for(log::is_ready)?;
        Ok(server)
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request with these header lines, each with its end, for what is logged about it.
    pub(crate) fn ask(&self, probe: &Probe, headers: &str) -> Result<(), String> {
        let Probe { method, target, body } = probe;
        let length = body.len();
        let about_body = match length {
            0 => String::new(),
            _ if headers.to_ascii_lowercase().contains("content-type:") => {
                format!("Content-Length: {length}\r\n")
            }
            _ => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
        };
        let head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let exchange = || {
            let mut stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            write!(stream, "{head}{headers}{about_body}\r\n{body}")?;
            stream.read_to_end(&mut Vec::new())
        };
        exchange().map(drop).map_err(|error| format!("Prism does not answer any more: {error}"))
    }

    /// Stops, and gives what was logged about all requests.
    pub(crate) fn stop(mut self) -> Result<String, String> {
        self.ask(&Probe::get(LAST_PATH), "")?;
        let log = self.wait_for(|log| log.contains(LAST_PATH))?;
        let end = log.find(LAST_PATH).and_then(|place| log[..place].rfind('\n')).unwrap_or(log.len());
        Ok(log[..end].to_owned())
    }

    /// Waits until the log says something.
    fn wait_for(&mut self, says: impl Fn(&str) -> bool) -> Result<String, String> {
        let start = Instant::now();
        loop {
            // Asked first: what a program writes before its end is there after it.
            let ended = self.child.try_wait().map_err(|error| format!("Prism is lost: {error}"))?;
            let log = fs::read(&self.log).map_err(|error| format!("{}: {error}", self.log.display()))?;
            let log = String::from_utf8_lossy(&log).into_owned();
            if says(&log) {
                return Ok(log);
            }
            if let Some(status) = ended {
                return Err(format!("Prism has ended ({status}):\n{log}"));
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("Prism keeps waiting:\n{log}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Prism does not take port 0. Nobody else is expected to take the port before Prism does.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_named_with_what_it_is_for() {
        let error = run("anyprofile-has-no-such-program", &[], "Prism is installed with npm").unwrap_err();
        assert!(error.starts_with("anyprofile-has-no-such-program cannot be run: "), "{error}");
        assert!(error.ends_with("Prism is installed with npm: install it"), "{error}");
    }

    #[test]
    fn a_free_address_is_of_this_machine() {
        // It is not bound again here: another process may have taken it.
        let address = free_address().unwrap();
        assert!(address.ip().is_loopback() && address.port() != 0);
    }
}
