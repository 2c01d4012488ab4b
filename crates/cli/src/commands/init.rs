//! `anyprofile init`: asks for an account, writes it to the configuration file, and checks it.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{BufRead, Write as _},
    path::{Path, PathBuf},
};

use anyprofile::{
    AccountName, Accounts, Error, Services,
    engine::{CredentialKey, ServiceDescriptor, SettingKey, Settings},
};

use serde_json::Value;

use crate::{
    args::{Global, Init},
    exit::{Exit, Failure},
    files,
    writes::{ask, terminal},
};

/// Where a secret is.
enum Place {
    Env(String),
    File(String),
    Command(Vec<String>),
}

/// The account to write.
struct Answers {
    /// The service in the file.
    service_name: String,
    service: ServiceDescriptor,
    name: AccountName,
    secrets: Vec<(CredentialKey, Place)>,
    settings: Vec<(SettingKey, String)>,
}

pub(crate) async fn run(global: &Global, init: Init) -> Result<Exit, Failure> {
    let services = global.program.services();
    if init.template {
        let mut text = head();
        for service in services.iter() {
            text.push('\n');
            text.push_str(&template(service));
        }
        crate::output::print_line(text.trim_end())?;
        return Ok(Exit::Complete);
    }
    let path = path_of(global)?;
    let mut asking = Asking { terminal: terminal() };
    let answers = answers(services, &init, &mut asking, files::folder_of(&path))?;
    let existing = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(files::failure(&path, &error)),
    };
    let table = written(&answers);
    let text = match &existing {
        Some(text) if text.trim().is_empty() => table.clone(),
        Some(text) => format!("{}\n\n{table}", text.trim_end()),
        None => format!("{}\n{table}", head()),
    };
    // Checked as a whole before anything is written: the name may be taken, or a value wrong.
    let folder = files::folder_of(&path);
    if let Some(existing) = &existing {
        let there = services.from_toml(existing, folder).map_err(|error| in_file(&path, &error))?;
        if there.names().any(|name| *name == answers.name) {
            return Err(Failure::Usage(format!(
                "nothing was written: {} already has an account '{}'; choose another name, or change it there",
                path.display(),
                answers.name
            )));
        }
    }
    let accounts = services.from_toml(&text, folder).map_err(|error| in_file(&path, &error))?;
    if !init.no_check {
        // An account that cannot even be connected is not written.
        accounts.select(&[answers.name.to_string()])?.connect()?;
    }
    write(&path, &text, existing.as_deref())?;
    say!("wrote account '{}' to {}", answers.name, path.display());
    if init.no_check {
        return Ok(Exit::Complete);
    }
    // The file that was written, whatever other accounts the options name.
    let checked = Global {
        config: Some(path),
        env: false,
        sandbox: false,
        account: vec![answers.name.to_string()],
        ..global.clone()
    };
    super::check::run(&checked).await
}

/// Creates the error for a file that would be wrong.
fn in_file(path: &Path, error: &Error) -> Failure {
    Failure::Usage(format!("nothing was written: {}: {error}", path.display()))
}

/// Returns the file that the other commands would read.
fn path_of(global: &Global) -> Result<PathBuf, Failure> {
    let named = global.config.clone().or_else(|| std::env::var_os("ANYPROFILE_CONFIG").map(PathBuf::from));
    // An empty variable names no file.
    let named = named.filter(|path| !path.as_os_str().is_empty());
    let usual = || Accounts::usual_path();
    named.or_else(usual).ok_or_else(|| {
        Failure::Usage(
            "this machine has no folder for configuration files; name a file with --config".to_owned(),
        )
    })
}

/// Writes the file whole, unless it has changed since it was read. A new one is readable by its owner only; one that is there keeps its
/// mode, and a link to it stays a link.
fn write(path: &Path, text: &str, before: Option<&str>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| files::failure(path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let target = if before.is_some() { path.canonicalize().map_err(failed)? } else { path.to_path_buf() };
    let beside = files::beside(&target, &format!(".{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    // A file of this name is not ours.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside).map_err(failed)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| {
        if let Ok(metadata) = std::fs::metadata(&target) {
            std::fs::set_permissions(&beside, metadata.permissions())?;
        }
        let now = std::fs::read_to_string(&target);
        let is_same = match (before, &now) {
            (Some(before), Ok(now)) => before == now,
            (None, Err(error)) => error.kind() == std::io::ErrorKind::NotFound,
            _ => false,
        };
        if !is_same {
            return Err(std::io::Error::other("it was changed meanwhile; run the same command again"));
        }
        std::fs::rename(&beside, &target)
    });
    if written.is_err() {
        // What could not be put in place is not left behind; the first error counts.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// Asks on a terminal.
struct Asking {
    terminal: Option<Box<dyn BufRead>>,
}

impl Asking {
    /// Returns the answer to a question, or the default if there is one and nothing was typed. Without a terminal, `option` must have
    /// been given.
    fn answer(&mut self, question: &str, default: Option<&str>, option: &str) -> Result<String, Failure> {
        let Some(terminal) = &mut self.terminal else {
            return default
                .map(str::to_owned)
                .ok_or_else(|| Failure::Usage(format!("there is no terminal to ask on; add {option}")));
        };
        let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
        loop {
            let typed = ask(&mut **terminal, &format!("{question}{shown}"))?;
            match (typed.is_empty(), default) {
                (false, _) => return Ok(typed),
                (true, Some(default)) => return Ok(default.to_owned()),
                // The end of the input answers nothing.
                (true, None) if terminal.fill_buf()?.is_empty() => {
                    return Err(Failure::Usage(
                        "nothing was written: the questions were not answered".to_owned(),
                    ));
                }
                (true, None) => {}
            }
        }
    }
}

fn answers(services: &Services, init: &Init, asking: &mut Asking, folder: &Path) -> Result<Answers, Failure> {
    let names = services.names().join(", ");
    if init.service.is_none() && asking.terminal.is_some() {
        services.iter().for_each(|service| say!("  {}  {}", service.name(), service.summary()));
    }
    let service = match &init.service {
        Some(service) => service.clone(),
        None => asking.answer("Which service?", None, "--service NAME")?,
    };
    let service = services
        .get(&service)
        .ok_or_else(|| Failure::Usage(format!("there is no such service; the services are: {names}")))?;
    let name = match &init.name {
        Some(name) => name.clone(),
        None => asking.answer("What is the account called?", Some(service.name().as_str()), "--name NAME")?,
    };
    let name = AccountName::new(&name)
        .map_err(|error| Failure::Usage(format!("the name of the account is wrong: {error}")))?;
    let mut settings = Vec::new();
    let service_name = service.name().to_string();
    // The settings of a description of many services say which one it is.
    let service = if service.is_of_many() {
        let required = service.keys().iter().filter(|key| key.is_required);
        let mut identifying = Settings::default();
        for key in required {
            let value = setting(key, init, asking)?;
            let place =
                if key.is_path(&value) { folder.join(&value).display().to_string() } else { value.clone() };
            identifying.insert(key.name.clone(), place);
            settings.push((key.clone(), value));
        }
        service.resolve(&identifying)?
    } else {
        service.clone()
    };
    let sets = service.credentials();
    let chosen = match (&init.credential, sets) {
        (Some(key), _) => sets.iter().find(|set| set.keys().iter().any(|known| known.name == *key)),
        (None, [only]) => Some(only),
        (None, _) => {
            if asking.terminal.is_some() {
                for key in sets.iter().flat_map(anyprofile::engine::CredentialSet::keys) {
                    say!("  {}  {}", key.name, key.doc);
                }
            }
            let first = sets.first().and_then(|set| set.keys().first()).map(|key| key.name.to_string());
            let key = asking.answer("Which credential?", first.as_deref(), "--credential KEY")?;
            sets.iter().find(|set| set.keys().iter().any(|known| known.name == *key))
        }
    };
    let chosen = chosen.ok_or_else(|| {
        let keys: Vec<_> = service.credential_keys().iter().map(|key| key.name.to_string()).collect();
        Failure::Usage(format!("the service has no such credential; it has: {}", keys.join(", ")))
    })?;
    for (name, _) in &init.set {
        check_key(&service, name)?;
    }
    let mut secrets = Vec::new();
    for key in chosen.keys() {
        secrets.push((key.clone(), place(key, chosen.keys().len() > 1, init, asking)?));
    }
    for key in service.keys() {
        let is_known = settings.iter().any(|(known, _)| known.name == key.name);
        let is_given = init.set.iter().any(|(name, _)| *name == key.name);
        if !is_known && (is_given || key.is_required) {
            settings.push((key.clone(), setting(key, init, asking)?));
        }
    }
    Ok(Answers { service_name, service, name, secrets, settings })
}

/// Returns the value of a key: that of `--set`, or what is typed.
fn setting(key: &SettingKey, init: &Init, asking: &mut Asking) -> Result<String, Failure> {
    let given = init.set.iter().find_map(|(name, value)| (*name == key.name).then(|| value.clone()));
    given.map_or_else(
        || {
            let question = format!("{} ({})?", key.name, key.doc);
            asking.answer(&question, None, &format!("--set {}=VALUE", key.name))
        },
        Ok,
    )
}

/// Checks that a key of `--set` is a setting of the service.
fn check_key(service: &ServiceDescriptor, name: &str) -> Result<(), Failure> {
    if service.keys().iter().any(|key| key.name == name) {
        return Ok(());
    }
    let shown = anyprofile_terminal::printable(name);
    Err(Failure::Usage(if service.credential_keys().iter().any(|key| key.name == name) {
        format!(
            "'{shown}' is a credential, and none is written to the file: say where it is, with --variable NAME, --secret-file PATH or --secret-command"
        )
    } else {
        format!("the service has no key '{shown}'")
    }))
}

/// Returns where a secret is. The secret itself is never asked for.
fn place(key: &CredentialKey, several: bool, init: &Init, asking: &mut Asking) -> Result<Place, Failure> {
    let options = [init.variable.is_some(), init.secret_file.is_some(), !init.secret_command.is_empty()];
    if several && options.contains(&true) {
        return Err(Failure::Usage(
            "the credential has several parts, and each is somewhere else: leave out the option, and answer on a terminal"
                .to_owned(),
        ));
    }
    if let Some(variable) = &init.variable {
        return variable_name(variable).map(Place::Env);
    }
    if let Some(file) = &init.secret_file {
        return Ok(Place::File(file.clone()));
    }
    if !init.secret_command.is_empty() {
        return Ok(Place::Command(init.secret_command.clone()));
    }
    let usual = key.variable.as_deref();
    if asking.terminal.is_some() {
        say!(
            "The secret stays out of the file. Where is it? A variable of the environment, or file:PATH, or command:PROGRAM ARGUMENT…"
        );
    }
    let typed = asking.answer(
        &format!("{}?", key.name),
        usual,
        "--variable NAME, --secret-file PATH or --secret-command",
    )?;
    Ok(match typed.split_once(':') {
        Some(("file", path)) => Place::File(path.to_owned()),
        Some(("command", line)) => Place::Command(line.split_whitespace().map(str::to_owned).collect()),
        _ => Place::Env(variable_name(&typed)?),
    })
}

/// Checks that a text can be the name of a variable. It is not repeated: it may be the secret itself.
fn variable_name(text: &str) -> Result<String, Failure> {
    let is_letter = |first: char| first.is_ascii_alphabetic() || first == '_';
    let is_name = text.starts_with(is_letter)
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_name {
        return Ok(text.to_owned());
    }
    Err(Failure::Usage(
        "nothing was written: the name of a variable has letters, digits and _ only; give where the secret is, and not the secret"
            .to_owned(),
    ))
}

/// Returns a text as one of TOML: a text of JSON is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns a value as one of TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn head() -> String {
    "# Accounts of anyprofile. `anyprofile check` checks them, `anyprofile --help` explains all keys.\n\
     # A secret is named by where it is: { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"PROGRAM\", \"ARGUMENT\"] }.\n"
        .to_owned()
}

/// Returns the table of an account, with the keys that it does not use as comments.
fn written(answers: &Answers) -> String {
    let service = &answers.service;
    let mut text = format!("# {}\n[accounts.{}]\n", service.summary(), quoted(answers.name.as_str()));
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("service = {}", quoted(&answers.service_name)));
    for (key, place) in &answers.secrets {
        let place = match place {
            Place::Env(variable) => format!("{{ env = {} }}", quoted(variable)),
            Place::File(path) => format!("{{ file = {} }}", quoted(path)),
            Place::Command(words) => {
                let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
                format!("{{ command = [{}] }}", words.join(", "))
            }
        };
        line(format!("{} = {place}  # {}", key.name, key.doc));
    }
    for (key, value) in &answers.settings {
        let value = key.value_of(value).map_or_else(|_| quoted(value), |value| toml(&value));
        line(format!("{} = {value}  # {}", key.name, key.doc));
    }
    for key in
        service.keys().iter().filter(|key| !answers.settings.iter().any(|(set, _)| set.name == key.name))
    {
        line(commented(key));
    }
    text
}

/// Returns the table of a service in which everything is a comment.
fn template(service: &ServiceDescriptor) -> String {
    let mut text = format!(
        "# {}\n# [accounts.{}]\n# service = \"{}\"\n",
        service.summary(),
        service.name(),
        service.name()
    );
    for key in service.credential_keys() {
        let variable = key.variable.as_deref().unwrap_or("NAME");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# {} = {{ env = \"{variable}\" }}  # {}", key.name, key.doc);
    }
    for key in service.keys() {
        text.push_str(&commented(key));
        text.push('\n');
    }
    text
}

fn commented(key: &SettingKey) -> String {
    let value = match &key.default {
        Some(default) => key.value_of(default).map_or_else(|_| quoted(default), |value| toml(&value)),
        None => toml(&key.placeholder()),
    };
    format!("# {} = {value}  # {}", key.name, key.doc)
}
