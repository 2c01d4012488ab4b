//! An entry of an account file.

use std::fmt::Write as _;

use crate::{Service, definition::Variable};

/// Returns an entry of an account file with each key that an account of the service needs. Keys that it may have are comments. Secrets are
/// read from environment variables.
///
/// `definition` is what the account names: a name of the catalog, or a path. With a base URL, what only the service's own URL needs is left
/// out.
///
/// ```
/// use anyprofile_declared::{Service, account_example};
///
/// let okta = Service::builtin("okta")?;
/// let entry = account_example(&okta, "okta", None);
/// assert!(entry.contains(r#"api_token = { env = "OKTA_API_TOKEN" }"#), "{entry}");
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
pub fn account_example(service: &Service, definition: &str, base_url: Option<&str>) -> String {
    let declared = service.definition();
    let mut text = format!("# {}: {}\n", declared.display_name, declared.summary);
    let _ = writeln!(text, "[accounts.{}]", declared.name);
    let _ = writeln!(text, "service = \"declared\"");
    let _ = writeln!(text, "definition = {}", quoted(definition));
    if let Some(base_url) = base_url {
        let _ = writeln!(text, "base_url = {}", quoted(base_url));
    }
    for (name, variable) in &declared.variables {
        let is_needless = base_url.is_some() && service.only_in_base_url(name);
        let is_required = variable.default.is_none() && !is_needless;
        if is_needless {
            continue;
        }
        let _ = writeln!(text, "# {}", doc_of(variable));
        let comment = if is_required { "" } else { "# " };
        let _ = writeln!(text, "{comment}{name} = {}", quoted(value_of(variable)));
    }
    for (number, auth) in declared.auth.iter().enumerate() {
        if number > 0 {
            let _ = writeln!(text, "# Instead of the credential above:");
        }
        for (name, doc) in &auth.credentials {
            let _ = writeln!(text, "# {doc}");
            let comment = if number > 0 { "# " } else { "" };
            let variable = format!("{}_{name}", declared.name).replace('-', "_").to_ascii_uppercase();
            let _ = writeln!(text, "{comment}{name} = {{ env = \"{variable}\" }}");
        }
    }
    if let Some(url) = declared.auth.iter().find_map(|auth| auth.token_url.as_deref())
        && base_url.is_some()
        && !url.starts_with('/')
    {
        let _ =
            writeln!(text, "# The token endpoint, if it is elsewhere, too:\n# token_url = {}", quoted(url));
    }
    text
}

fn doc_of(variable: &Variable) -> String {
    if variable.one_of.is_empty() {
        variable.doc.clone()
    } else {
        format!("{}: {}", variable.doc, variable.one_of.join(", "))
    }
}

fn value_of(variable: &Variable) -> &str {
    let values = [&variable.default, &variable.example];
    values.into_iter().flatten().next().or(variable.one_of.first()).map_or("…", String::as_str)
}

/// Returns a text as a TOML string. The escapes of JSON are those of TOML, which also escapes U+007F.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
