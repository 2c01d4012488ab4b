//! The lines outside of its crate with which a service joins the facade and the command.

use std::{fs, path::Path};

/// A line to add to a file of the workspace, or a word to add to a line.
struct Edit {
    file: &'static str,
    place: Place,
    /// The text, with the placeholders of the template.
    text: &'static str,
}

enum Place {
    /// Behind the last line that starts and ends with these.
    Behind(&'static str, &'static str),
    /// In the line that starts with the first, before the last occurrence of the second.
    Within(&'static str, &'static str),
}

use Place::{Behind, Within};

const FACADE: &str = "crates/anyprofile/Cargo.toml";
const FACADE_LIB: &str = "crates/anyprofile/src/lib.rs";
const FEATURES: &str = "crates/anyprofile/tests/features.rs";
const CLI: &str = "crates/cli/Cargo.toml";

const EDITS: &[Edit] = &[
    Edit {
        file: "Cargo.toml",
        place: Behind("anyprofile-", "default-features = false }"),
        text: r#"anyprofile-__name__ = { path = "crates/__name__", version = "0.1.0", default-features = false }"#,
    },
    Edit {
        file: FACADE,
        place: Behind("", r#"", "engine"]"#),
        text: "## __Name__: TODO, in a few words.\n__name__ = [\"dep:anyprofile-__name__\", \"engine\"]",
    },
    Edit { file: FACADE, place: Within("full = [", r#""config""#), text: r#""__name__", "# },
    Edit { file: FACADE, place: Within("schema = [", "]"), text: r#", "anyprofile-__name__?/schema""# },
    Edit {
        file: FACADE,
        place: Behind("anyprofile-", "{ workspace = true, optional = true }"),
        text: "anyprofile-__name__ = { workspace = true, optional = true }",
    },
    Edit {
        file: FACADE_LIB,
        place: Behind("pub use anyprofile_", ";"),
        text: "#[cfg(feature = \"__name__\")]\npub use anyprofile___name__ as __name__;",
    },
    Edit {
        file: FACADE_LIB,
        place: Behind("//! | `scim` |", ""),
        text: "//! | `__name__` | | TODO, in a few words: the module `__name__` |",
    },
    Edit {
        file: "crates/anyprofile/src/built_in.rs",
        place: Behind("    \"", ","),
        text: r#"    "__name__" => anyprofile___name__,"#,
    },
    Edit { file: FEATURES, place: Within("#[cfg(any(feature", "))]"), text: r#", feature = "__name__""# },
    Edit {
        file: FEATURES,
        place: Behind("        (\"", "\"),"),
        text: "        #[cfg(feature = \"__name__\")]\n        (\"__name__\", \"__NAME___API_KEY\"),",
    },
    Edit { file: CLI, place: Within("default = [", "]"), text: r#", "__name__""# },
    Edit {
        file: CLI,
        place: Behind("", " = [\"anyprofile/scim\"]"),
        text: "## __Name__: TODO, in a few words.\n__name__ = [\"anyprofile/__name__\"]",
    },
    Edit { file: "crates/cli/src/lib.rs", place: Within("//! | `upsun`,", " | yes |"), text: ", `__name__`" },
    Edit {
        file: "README.md",
        place: Behind("| `scim` | | ", ""),
        text: "| `__name__` | | TODO, in a few words |",
    },
];

/// Adds the lines, and returns the files that they are in.
///
/// # Errors
/// If a file is not as it was when this was written; nothing is changed then.
pub(super) fn join(root: &Path, name: &str) -> Result<Vec<&'static str>, String> {
    let mut texts: Vec<(&'static str, String)> = Vec::new();
    for edit in EDITS {
        if !texts.iter().any(|(file, _)| *file == edit.file) {
            let path = root.join(edit.file);
            texts.push((
                edit.file,
                fs::read_to_string(path).map_err(|error| format!("{}: {error}", edit.file))?,
            ));
        }
        if let Some((_, text)) = texts.iter_mut().find(|(file, _)| *file == edit.file) {
            *text = edit.apply(text, name)?;
        }
    }
    for (file, text) in &texts {
        fs::write(root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(texts.into_iter().map(|(file, _)| file).collect())
}

impl Edit {
    fn apply(&self, text: &str, name: &str) -> Result<String, String> {
        let added = super::filled(self.text, name);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let is_there = match self.place {
            Behind(start, end) => {
                let last = lines.iter().rposition(|line| line.starts_with(start) && line.ends_with(end));
                last.map(|last| lines.insert(last + 1, added.clone())).is_some()
            }
            Within(start, before) => {
                lines.iter_mut().find(|line| line.starts_with(start)).is_some_and(|line| {
                    let at = line.rfind(before);
                    at.map(|at| line.insert_str(at, &added)).is_some()
                })
            }
        };
        if is_there {
            Ok(lines.join("\n") + "\n")
        } else {
            Err(format!("{}: there is no place for this any more, add it by hand: {added}", self.file))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_place_for_a_further_service() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for edit in EDITS {
            let text = fs::read_to_string(root.join(edit.file)).unwrap();
            let edited = edit.apply(&text, "library").unwrap();
            let added = edited.lines().filter(|line| !text.lines().any(|known| known == *line));
            assert!(added.clone().count() <= 2, "{}", edit.file);
            assert!(added.clone().any(|line| line.contains("library")), "{}", edit.file);
        }
    }
}
