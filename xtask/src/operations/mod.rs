//! The table of all operations: `docs/operations.md`, from `docs/operations.toml`.

mod check;
mod render;

use std::{fs, path::PathBuf};

use serde::Deserialize;

use crate::{
    cargo::{Outcome, workspace},
    spec::{Service, Spec},
};

/// The table, as it is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "operation")]
    operations: Vec<Entry>,
}

/// An operation of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    service: Service,
    /// The service's word for it.
    id: String,
    /// The method and the path.
    request: String,
    /// Where it is known from, if not from the service's OpenAPI document.
    source: Option<String>,
    /// The method of the native client.
    native: Option<String>,
    /// The methods of the trait that send it.
    #[serde(default, rename = "trait")]
    by_trait: Vec<Word>,
    /// What it needs of the credential, as far as the service documents it.
    needs: Option<String>,
    /// Whether the service's document marks it as deprecated.
    #[serde(default)]
    deprecated: bool,
    /// Tests that cover it: `crate::module::function`.
    #[serde(default)]
    tests: Vec<String>,
    /// Why a cell is empty.
    reason: Option<String>,
}

/// What callers of the trait know an operation by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    List,
    Members,
    Get,
    Enrich,
    Current,
    Find,
    Create,
    Update,
    Deactivate,
    Delete,
    Enroll,
}

/// Checks the table, and writes it, or checks that it is written.
///
/// # Errors
/// If it names what does not exist, leaves something out, or is not written as it is.
pub(crate) fn run(check: bool, specs: &[PathBuf]) -> Outcome {
    let root = workspace()?.root;
    let source = root.join("docs").join("operations.toml");
    let named = |error: String| format!("{}: {error}", source.display());
    let text = fs::read_to_string(&source).map_err(|error| named(error.to_string()))?;
    let table: Table = toml::from_str(&text).map_err(|error| named(error.to_string()))?;
    let specs = specs.iter().map(|file| Spec::read(file)).collect::<Result<Vec<_>, _>>()?;
    let mut faults = check::table(&table, &check::Sources::new(&root));
    faults.extend(specs.iter().flat_map(|spec| check::against(&table, spec)));
    if !faults.is_empty() {
        return Err(named(faults.join("\n  ")));
    }
    let page = root.join("docs").join("operations.md");
    let rendered = render::page(&table);
    if check {
        let written = fs::read_to_string(&page).unwrap_or_default();
        let is_same = written == rendered;
        return if is_same {
            Ok(())
        } else {
            Err("docs/operations.md is old: cargo xtask operations".into())
        };
    }
    fs::write(&page, rendered).map_err(|error| format!("{}: {error}", page.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_word_that_the_table_does_not_have_is_refused() {
        let head = "[[operation]]\nservice = 'upsun'\nid = 'a'\nrequest = 'GET /a'\n";
        for wrong in ["nativ = 'get_user'", "trait = ['fetch']", "tests = 'upsun::a::b'"] {
            toml::from_str::<Table>(&format!("{head}{wrong}")).unwrap_err();
        }
    }
}
