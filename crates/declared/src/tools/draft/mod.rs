//! A first draft of a definition, from an OpenAPI document.

mod document;
mod fields;
mod paging;

use std::fmt::Write as _;

use anyprofile_core::{Error, Result};
use serde_json::Value;

use self::{
    document::{Document, OperationAt, Properties},
    fields::fields_of,
    paging::Listing,
};
use super::example::quoted;

/// Returns a first draft of a definition: the list at a path of an OpenAPI document (2 or 3, as JSON), and what belongs to it.
///
/// What the document does not say is a comment with `doubt:`. Nothing is certain before each is settled: a document says which fields a
/// service has, and not what they mean.
///
/// ```
/// use anyprofile_declared::{Service, draft_from_openapi};
/// use serde_json::json;
///
/// let document = json!({
///     "openapi": "3.0.3",
///     "info": { "title": "Library" },
///     "servers": [{ "url": "https://library.example.com/v1" }],
///     "paths": { "/members": { "get": {
///         "operationId": "listMembers",
///         "responses": { "200": { "description": "", "content": { "application/json": { "schema": {
///             "type": "array",
///             "items": { "type": "object", "properties": { "id": { "type": "string" }, "email": { "type": "string" } } },
///         } } } } },
///     } } },
/// });
/// let draft = draft_from_openapi(&document, "/members")?;
/// let service = Service::parse(&draft, "library.toml")?;
/// assert_eq!(service.operations(), ["listMembers"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Config`](anyprofile_core::ErrorKind::Config) if the value is no OpenAPI document, or has no `GET` at the path; the hint names the paths
/// that look like lists.
pub fn draft_from_openapi(document: &Value, path: &str) -> Result<String> {
    let document = Document::new(document)?;
    let operation = document.get(path).ok_or_else(|| {
        let lists = document.lists();
        let hint = if lists.is_empty() {
            "no path looks like a list".to_owned()
        } else {
            format!("paths that look like lists: {}", lists.join(", "))
        };
        Error::config(format!("the document has no GET at '{path}'")).with_hint(hint)
    })?;
    let listing = Listing::of(&document, &operation);
    let mut text = head(&document);
    text += &api(&document, path);
    text += &auth(&document);
    text += listing.to_toml();
    text += &get(&document, path);
    text += &errors(&document, &operation);
    text += &fields_of(&document, &listing.record);
    Ok(text)
}

fn head(document: &Document<'_>) -> String {
    let title = document.title();
    let name: String = title
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(1)
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .join("-");
    let name =
        if name.starts_with(|letter: char| letter.is_ascii_lowercase()) { name } else { "acme".to_owned() };
    format!(
        "# A draft from an OpenAPI document. Settle each doubt, and remove its comment.\n\
         format = 1\n\
         name = {}\n\
         display_name = {}\n\
         # doubt: whom does the list have, and whom does it leave out? Say the latter in `hides`.\n\
         summary = \"users\"\n\
         proof = \"description only\"\n\
         sources = [{}]\n\n",
        quoted(&name),
        quoted(title),
        quoted(&format!("the OpenAPI document '{title}', version {}", document.version())),
    )
}

fn api(document: &Document<'_>, path: &str) -> String {
    let (url, variables) = document.server();
    let mut text = String::new();
    let names: Vec<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
    let _ = writeln!(text, "[api]\nbase_url = {}\n", quoted(&url));
    for (name, default) in &variables {
        let _ = writeln!(
            text,
            "[variables.{name}]\ndoc = {}",
            quoted(&format!("the {} of the API", name.replace('_', " ")))
        );
        if let Some(default) = default {
            let _ = writeln!(
                text,
                "# doubt: is this the value for everybody, or an example?\nexample = {}",
                quoted(default)
            );
        }
        text.push('\n');
    }
    for name in names {
        let _ = writeln!(
            text,
            "[variables.{name}]\ndoc = {}\n",
            quoted(&format!("the {}, as it is in paths", name.replace('_', " ")))
        );
    }
    text
}

fn auth(document: &Document<'_>) -> String {
    let schemes = document.security_schemes();
    let mut text = String::new();
    let mut doubts = Vec::new();
    for (name, scheme) in schemes {
        let word = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let (kind, scheme_word) = (word("type"), word("scheme").to_ascii_lowercase());
        let has_client_credentials =
            scheme.pointer("/flows/clientCredentials/tokenUrl").and_then(Value::as_str);
        let table = match (kind, scheme_word.as_str(), word("in")) {
            ("http", "bearer", _) => "kind = \"bearer\"\ncredentials = { token = \"an access token\" }\n".to_owned(),
            ("http", "basic", _) | ("basic", ..) => {
                "kind = \"basic\"\ncredentials = { username = \"a user name\", password = \"the password\" }\nuser = \"{username}\"\npassword = \"password\"\n".to_owned()
            }
            ("apiKey", _, "header") => format!(
                "kind = \"header\"\ncredentials = {{ api_key = \"an API key\" }}\n# doubt: does the key have a prefix, such as `Token {{api_key}}`?\nheaders = {{ {} = \"{{api_key}}\" }}\n",
                quoted(word("name"))
            ),
            ("oauth2", ..) if has_client_credentials.is_some() => format!(
                "kind = \"client_credentials\"\ncredentials = {{ client_id = \"the client's id\", client_secret = \"the client's secret\" }}\nclient_id = \"{{client_id}}\"\nclient_secret = \"client_secret\"\ntoken_url = {}\n",
                quoted(has_client_credentials.unwrap_or_default())
            ),
            ("oauth2" | "openIdConnect", ..) => "kind = \"bearer\"\n# doubt: how does a program get its token?\ncredentials = { token = \"an access token\" }\n".to_owned(),
            _ => {
                doubts.push(format!("# doubt: the way to sign in '{name}' ({kind}) is not in the draft.\n"));
                continue;
            }
        };
        // Two ways have different credentials: the first one is enough for a draft.
        if text.is_empty() {
            text = format!("[[auth]]\n{table}\n");
        } else {
            doubts.push(format!("# doubt: there is another way to sign in, '{name}' ({kind}).\n"));
        }
    }
    if text.is_empty() {
        "[[auth]]\n# doubt: the document does not say how to sign in.\nkind = \"bearer\"\ncredentials = { token = \"an access token\" }\n\n".clone_into(&mut text);
    }
    doubts.concat() + &text
}

fn get(document: &Document<'_>, list: &str) -> String {
    let Some((path, operation)) = document.item_of(list) else {
        return "# doubt: no operation reads one record of the list.\n\n".to_owned();
    };
    let response = operation.response();
    let (record, properties) = record_of(document, response);
    let mut text = String::from("[[get]]\n");
    if !path.starts_with(list) {
        text += "# doubt: does this read a record of the list, and by the id that `map` has?\n";
    }
    let _ =
        writeln!(text, "request = {{ operation = {}, path = {} }}", quoted(&operation.name()), quoted(&path));
    if !record.is_empty() {
        let _ = writeln!(text, "record = {}", quoted(&record));
    }
    if properties.is_empty() {
        text += "# doubt: the document does not say what the response has.\n";
    }
    text + "\n"
}

/// Returns where the record is in a response with one: the response, or its only object.
fn record_of<'a>(document: &Document<'a>, response: Option<&'a Value>) -> (String, Properties<'a>) {
    let properties = document.properties(response);
    let objects: Vec<_> = properties.iter().filter(|(_, schema)| document.is_object(schema)).collect();
    match objects.as_slice() {
        [(name, schema)] if properties.len() <= 2 && !properties.iter().any(|(name, _)| *name == "id") => {
            (format!("/{name}"), document.properties(Some(schema)))
        }
        _ => (String::new(), properties),
    }
}

fn errors(document: &Document<'_>, operation: &OperationAt<'_>) -> String {
    let failure = operation.failure();
    let properties = document.properties(failure);
    let mut places = Vec::new();
    for (name, schema) in &properties {
        let inner = document.properties(Some(schema));
        if inner.is_empty() {
            places.push(format!("/{name}"));
        }
        places.extend(inner.iter().map(|(inner, _)| format!("/{name}/{inner}")));
    }
    let ending = |words: &[&str]| -> Vec<String> {
        let of = |place: &&String| words.iter().any(|word| place.to_ascii_lowercase().ends_with(word));
        places.iter().filter(of).map(|place| quoted(place)).collect()
    };
    let (message, code) = (
        ending(&["/message", "/detail", "/error", "/title", "/error_description"]),
        ending(&["/code", "/type", "/errorcode", "/reason"]),
    );
    let mut form = message.clone();
    form.extend(code.clone());
    if form.is_empty() {
        return "# doubt: the document does not show an error. Without `form`, no 404 is known to be the service's own.\n[errors]\n\n".to_owned();
    }
    format!(
        "# doubt: does a proxy in front of the service send errors of this form, too?\n[errors]\nform = [{}]\nmessage = [{}]\ncode = [{}]\n\n",
        form.join(", "),
        message.join(", "),
        code.join(", ")
    )
}

#[cfg(test)]
mod tests;
