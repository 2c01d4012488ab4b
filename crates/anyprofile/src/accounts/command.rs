//! Secrets from the output of a program, such as a password manager.

use std::{
    io::Read,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::{Duration, Instant},
};

use anyprofile_core::{Error, Result};

/// The timeout of a program. A person may have to unlock something in this time.
const TIME: Duration = Duration::from_secs(30);
/// How long to wait for the output after the program has ended: a child process may keep the pipe open for ever.
const GRACE: Duration = Duration::from_millis(500);
/// The interval for checking whether the program has ended.
const POLL: Duration = Duration::from_millis(10);
/// The maximum size of the output that is stored. No secret is longer.
const MOST_BYTES: usize = 64 * 1024;

/// The variables that are passed to a program, besides those that begin with one of [`PREFIXES`]. Compared in letters of either case,
/// as on Windows.
const NAMES: &[&str] = &[
    // Programs, files and the user.
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TMP",
    "TEMP",
    "PWD",
    "TZ",
    // Language, terminal, display and keyrings.
    "LANG",
    "LANGUAGE",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "SSH_AUTH_SOCK",
    "SSH_TTY",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "PINENTRY_USER_DATA",
    "SECURITYSESSIONID",
    "__CF_USER_TEXT_ENCODING",
    // The network.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    // Windows cannot start most programs without these.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "USERPROFILE",
    "USERNAME",
    "USERDOMAIN",
    "HOMEDRIVE",
    "HOMEPATH",
    "PROCESSOR_ARCHITECTURE",
];

/// The prefixes of variables that are passed to a program: locale and desktop, `gpg` and `pass`, `gopass`, `op`, `bw` and `rbw`,
/// `lpass`, `keepassxc-cli`, `vault`, the command lines of cloud providers, `doppler`, `infisical` and `sops`.
const PREFIXES: &[&str] = &[
    "LC_",
    "XDG_",
    "GPG_",
    "PASSWORD_STORE_",
    "GOPASS_",
    "OP_",
    "BW_",
    "RBW_",
    "LPASS_",
    "KEEPASSXC_",
    "VAULT_",
    "AWS_",
    "AZURE_",
    "CLOUDSDK_",
    "GOOGLE_APPLICATION_",
    "DOPPLER_",
    "INFISICAL_",
    "SOPS_",
];

/// Returns whether a variable is passed to a program. Credentials of other accounts and programs are not.
fn is_passed_on(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Runs a program and returns the first line of its standard output. Copies its standard error to ours, without control characters.
///
/// # Errors
/// A configuration error. It names the program, and repeats nothing of its arguments and output.
pub(super) fn first_line(arguments: &[String]) -> Result<String> {
    first_line_within(TIME, arguments, std::io::stderr())
}

fn first_line_within(
    time: Duration,
    arguments: &[String],
    person: impl std::io::Write + Send + 'static,
) -> Result<String> {
    let Some((program, arguments)) = arguments.split_first() else {
        return Err(Error::config("the command for the secret must name a program"));
    };
    let environment = std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_passed_on));
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Error::config(format!("the command '{program}' cannot be run: {}", error.kind())))?;
    let began = Instant::now();
    let output = child.stdout.take().map(ProgramOutput::gather);
    if let Some(words) = child.stderr.take() {
        thread::spawn(move || pass_on(words, person));
    }
    let status = match wait(&mut child, began + time) {
        Ok(Some(status)) => status,
        Ok(None) => {
            // The program may have ended just now, so an error of `kill` is ignored.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Error::config(format!(
                "the command '{program}' did not end within {} s",
                time.as_secs()
            ))
            .with_hint("run it in a terminal: it may wait for a person to unlock something"));
        }
        Err(error) => {
            return Err(Error::config(format!(
                "the command '{program}' cannot be waited for: {}",
                error.kind()
            )));
        }
    };
    if !status.success() {
        return Err(Error::config(format!("the command '{program}' failed ({status})")).with_hint(
            "run it in a terminal; note that it receives only a part of the environment: variables that programs need, and those of \
             password managers and similar programs (AWS_*, VAULT_* and others)",
        ));
    }
    let bytes = output.map(ProgramOutput::first_line).unwrap_or_default();
    String::from_utf8(bytes)
        .map_err(|_| Error::config(format!("the output of the command '{program}' is not valid UTF-8")))
}

/// Waits for the program, and not for its children. Returns `None` if the time is over.
fn wait(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// The output of a program, read by another thread.
struct ProgramOutput {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Receives a message when the first line is complete, or at the end.
    has_line: Receiver<()>,
}

impl ProgramOutput {
    fn gather(mut from: impl Read + Send + 'static) -> Self {
        let (done, has_line) = mpsc::channel();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let gathered = Arc::clone(&bytes);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            loop {
                let length = from.read(&mut chunk).unwrap_or(0);
                let mut bytes = gathered.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MOST_BYTES.saturating_sub(bytes.len());
                bytes.extend_from_slice(&chunk[..length.min(room)]);
                let is_whole = length == 0 || bytes.contains(&b'\n');
                drop(bytes);
                if is_whole {
                    // The receiver may be gone, and then needs no message.
                    let _ = done.send(());
                }
                // Read to the end, so that the program does not fail because of a closed pipe.
                if length == 0 {
                    return;
                }
            }
        });
        Self { bytes, has_line }
    }

    /// Returns the first line, or the part of it that was written.
    fn first_line(self) -> Vec<u8> {
        let _ = self.has_line.recv_timeout(GRACE);
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec()
    }
}

/// Copies the standard error of a program chunk by chunk: it may be a prompt, which does not end its line.
fn pass_on(mut words: impl Read, mut person: impl std::io::Write) {
    let mut rest = Vec::new();
    let mut chunk = [0; 1024];
    let mut ends_line = true;
    while let Ok(length @ 1..) = words.read(&mut chunk) {
        rest.extend_from_slice(&chunk[..length]);
        // A chunk may end in the middle of a character.
        let whole = match std::str::from_utf8(&rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => rest.len(),
        };
        let text: String = String::from_utf8_lossy(&rest[..whole]).chars().filter(|c| is_plain(*c)).collect();
        rest.drain(..whole);
        ends_line = text.chars().next_back().map_or(ends_line, |last| last == '\n');
        // A closed standard error must not fail the program.
        let _ = person.write_all(text.as_bytes()).and_then(|()| person.flush());
    }
    if !ends_line {
        let _ = person.write_all(b"\n").and_then(|()| person.flush());
    }
}

/// Returns whether a character is neither a control character nor a mark of text direction.
fn is_plain(letter: char) -> bool {
    let steers_order = matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (!letter.is_control() || matches!(letter, '\n' | '\t')) && !steers_order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct CapturedOutput(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for CapturedOutput {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn run(script: &str, time: Duration) -> Result<String> {
        let arguments = ["sh", "-c", script].map(str::to_owned);
        first_line_within(time, &arguments, CapturedOutput::default())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[cfg(unix)]
    #[test]
    fn the_first_line_is_the_secret() {
        for (script, secret) in [
            ("echo hidden", "hidden"),
            ("printf hidden", "hidden"),
            ("printf 'hidden\\nlogin: ada\\n'", "hidden"),
            ("printf 'hidden\\r\\nmore'", "hidden\r"),
            ("printf ''", ""),
            ("printf '\\nhidden'", ""),
            // More than a pipe holds, after the line.
            ("echo hidden; head -c 300000 /dev/zero", "hidden"),
        ] {
            assert_eq!(run(script, 10 * SECOND).unwrap(), secret, "{script}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_keeps_the_output_open_holds_nobody_up() {
        for script in ["echo hidden; sleep 20 &", "printf hidden; sleep 20 &"] {
            let began = Instant::now();
            assert_eq!(run(script, 10 * SECOND).unwrap(), "hidden");
            assert!(began.elapsed() < 5 * SECOND, "{script}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_end_is_ended_and_one_that_fails_is_told() {
        let began = Instant::now();
        let error = run("echo hidden; exec sleep 20", Duration::from_millis(200)).unwrap_err();
        assert!(error.message().contains("'sh' did not end within 0 s"), "{error}");
        assert!(began.elapsed() < 5 * SECOND);
        let error = run("echo hidden; exit 3", 10 * SECOND).unwrap_err();
        assert!(
            error.message().contains("'sh' failed") && !format!("{error:?}").contains("hidden"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_it_says_reaches_the_person_without_what_steers_a_terminal() {
        let shown = CapturedOutput::default();
        let script = r"printf '\033[2J\007Passwort f\303\274r \342\200\256pass\r: ' >&2; echo hidden";
        let arguments = ["sh", "-c", script].map(str::to_owned);
        first_line_within(10 * SECOND, &arguments, shown.clone()).unwrap();
        let until = Instant::now() + 5 * SECOND;
        while shown.0.lock().unwrap().is_empty() && Instant::now() < until {
            thread::sleep(POLL);
        }
        // The end of the line is written when the program has ended.
        let shown = String::from_utf8(shown.0.lock().unwrap().clone()).unwrap();
        assert_eq!(shown.trim_end_matches('\n'), "[2JPasswort für pass: ");
    }

    #[test]
    fn letters_that_are_cut_in_two_are_put_together() {
        struct ByByte<'a>(&'a [u8]);
        impl Read for ByByte<'_> {
            fn read(&mut self, chunk: &mut [u8]) -> std::io::Result<usize> {
                let length = self.0.len().min(1);
                chunk[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let shown = CapturedOutput::default();
        pass_on(ByByte("für 写真 🙂\u{1b}".as_bytes()), shown.clone());
        assert_eq!(String::from_utf8(shown.0.lock().unwrap().clone()).unwrap(), "für 写真 🙂\n");
    }

    #[cfg(unix)]
    #[test]
    fn it_sees_what_it_needs_of_the_environment_and_no_credential() {
        for name in [
            "PATH",
            "HOME",
            "LC_ALL",
            "XDG_RUNTIME_DIR",
            "GPG_TTY",
            "GNUPGHOME",
            "PASSWORD_STORE_DIR",
            "OP_SESSION_acme",
            "VAULT_ADDR",
            "AWS_PROFILE",
            "https_proxy",
            "SystemRoot",
            "Path",
        ] {
            assert!(is_passed_on(name), "{name}");
        }
        for name in [
            "UPSUN_API_TOKEN",
            "PROBELY_API_KEY",
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_ADMIN_KEY",
            "GITHUB_TOKEN",
            "DATABASE_URL",
            "LD_PRELOAD",
            "ANYPROFILE_CONFIG",
            "OPENAI_API_KEY",
            "",
        ] {
            assert!(!is_passed_on(name), "{name}");
        }
        // cargo sets this one for every test.
        assert_eq!(run("echo ${CARGO_MANIFEST_DIR-unset}", 10 * SECOND).unwrap(), "unset");
        assert_ne!(run("echo ${PATH-unset}", 10 * SECOND).unwrap(), "unset");
    }
}
