//! What documents say of services, made from their descriptors.

use std::{borrow::Cow, fmt::Write as _, fs, io, path::Path};

use anyprofile::{
    COMMON_KEYS, Services,
    engine::{CredentialSet, ServiceDescriptor, SettingKey, SettingKind},
};

/// The page of all keys, which is a part of the facade's documentation too.
const ACCOUNTS: &str = "crates/anyprofile/docs/accounts.md";

/// Documents whose parts between `<!-- begin NAME -->` and `<!-- end NAME -->` are made.
const WITH_PARTS: &[&str] = &["README.md"];

/// The documents with what is made of them, by their paths from the project's folder, as they should be.
///
/// # Errors
/// If one cannot be read, or has a part whose end is missing or that nobody knows.
pub fn documents(root: &Path) -> io::Result<Vec<(&'static str, String)>> {
    let services = Services::builtin();
    let mut documents = vec![(ACCOUNTS, accounts_page(&services))];
    for path in WITH_PARTS {
        let text = fs::read_to_string(root.join(path))?;
        documents.push((path, with_parts(&text, &services).map_err(io::Error::other)?));
    }
    Ok(documents)
}

fn with_parts(text: &str, services: &Services) -> Result<String, String> {
    const BEGIN: &str = "<!-- begin ";
    let (mut rest, mut made) = (text, String::new());
    while let Some(at) = rest.find(BEGIN) {
        let (name, _) =
            rest[at + BEGIN.len()..].split_once(" -->").ok_or("a part's begin has no end of its own")?;
        let part = match name {
            "services" => services_table(services),
            "environment" => environment_table(services),
            other => return Err(format!("nobody knows the part '{other}'")),
        };
        let end = format!("<!-- end {name} -->");
        let after = rest.find(&end).ok_or_else(|| format!("the part '{name}' has no end"))?;
        let _ = write!(made, "{}{BEGIN}{name} -->\n\n{part}\n{end}", &rest[..at]);
        rest = &rest[after + end.len()..];
    }
    Ok(made + rest)
}

fn services_table(services: &Services) -> String {
    let mut table = String::from("| service | in an account file | whose profiles |\n|---|---|---|\n");
    for service in services.iter() {
        let _ = writeln!(
            table,
            "| {} | `service = \"{}\"` | {} |",
            service.display_name(),
            service.name(),
            service.summary()
        );
    }
    table
}

fn environment_table(services: &Services) -> String {
    let mut table = String::from("| account | credential | also |\n|---|---|---|\n");
    for (account, service, set) in services.environment_accounts() {
        let _ = writeln!(table, "| `{account}` | {} | {} |", credentials(set), further(service));
    }
    table
}

fn credentials(set: &CredentialSet) -> String {
    variables(set.keys().iter().map(|key| &key.variable)).join(" with ")
}

fn further(service: &ServiceDescriptor) -> String {
    variables(service.keys().iter().map(|key| &key.variable)).join(", ")
}

fn variables<'a>(of_keys: impl Iterator<Item = &'a Option<Cow<'static, str>>>) -> Vec<String> {
    of_keys.flatten().map(|name| format!("`{name}`")).collect()
}

fn accounts_page(services: &Services) -> String {
    let mut page = String::from("An account of the environment for each credential that is set:\n\n");
    page += &environment_table(services);
    page += "\nIn an account file a table `[accounts.NAME]` with `service = \"…\"`, exactly one credential, and any of the \
             other keys. A credential is named by where it is: `{ env = \"NAME\" }`, `{ file = \"PATH\" }` or\n\
             `{ command = [\"PROGRAM\", \"ARGUMENT\"] }`.\n";
    for service in services.iter() {
        let _ = write!(
            page,
            "\n## {}\n\n`service = \"{}\"`: {}.\n\n{HEAD}",
            service.display_name(),
            service.name(),
            service.summary()
        );
        for key in service.credential_keys() {
            let _ = writeln!(
                page,
                "| `{}` | a credential | {} | | {} |",
                key.name,
                code(key.variable.as_deref()),
                key.doc
            );
        }
        for key in service.keys() {
            page += &row(key);
            key.inner_keys().iter().for_each(|key| page += &row(key));
        }
    }
    let _ = write!(page, "\n## Every account\n\n{HEAD}");
    for key in &COMMON_KEYS {
        page += &row(key);
    }
    page
}

const HEAD: &str = "| key | value | variable | default | what it is |\n|---|---|---|---|---|\n";

fn row(key: &SettingKey) -> String {
    let required = if key.is_required { "; required" } else { "" };
    format!(
        "| `{}` | {}{required} | {} | {} | {} |\n",
        key.name,
        match &key.kind {
            SettingKind::Table(_) => "a table of the following".to_owned(),
            kind => kind.to_string(),
        },
        code(key.variable.as_deref()),
        code(key.default.as_deref()),
        key.doc
    )
}

fn code(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!("`{text}`"))
}
