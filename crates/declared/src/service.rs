//! Definitions that were read and checked.

use std::{fmt, path::Path, sync::Arc};

use anyprofile_core::{Error, Result};
use anyprofile_engine::ServiceDescriptor;

use crate::{
    DefinitionError, Flaw, catalog, config, definition::Definition, flaw::line_at, plan::ServicePlan,
    template::Template,
};

/// A service that a definition describes, checked and ready to connect accounts. Cheap to clone.
///
/// ```
/// use anyprofile_declared::Service;
///
/// let okta = Service::builtin("okta")?;
/// assert_eq!(okta.definition().display_name, "Okta");
/// // What an account needs.
/// let keys: Vec<_> = okta.descriptor().credential_keys().iter().map(|key| key.name.to_string()).collect();
/// assert_eq!(keys, ["api_token"]);
/// # Ok::<(), anyprofile_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Service(pub(crate) Arc<ServicePlan>);

impl Service {
    /// Reads and checks a definition. `file` is its name in messages.
    ///
    /// ```
    /// use anyprofile_declared::Service;
    ///
    /// let error = Service::parse("format = 1\nname = \"acme\"\nnmae = 2", "acme.toml").unwrap_err();
    /// assert!(error.to_string().contains("acme.toml: line 3: nmae"), "{error}");
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines and keys.
    pub fn parse(text: &str, file: &str) -> Result<Self, DefinitionError> {
        let error = |flaws| DefinitionError { file: file.to_owned(), flaws };
        let definition: Definition = toml::from_str(text).map_err(|flaw| {
            let at = flaw.span().map_or(0, |span| span.start);
            let line = line_at(text, at);
            error(vec![Flaw { line, key: key_at(text, at), message: flaw.message().to_owned() }])
        })?;
        match ServicePlan::new(&definition) {
            Ok(plan) => Ok(Self(Arc::new(plan))),
            Err(flaws) => Err(error(flaws.located(text))),
        }
    }

    /// Reads and checks a definition file.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if it cannot be read, or for what is wrong with it.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::config(format!("{}: {error}", path.display())))?;
        Ok(Self::parse(&text, &path.display().to_string())?)
    }

    /// Returns the service of the catalog with this name.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) if there is none.
    pub fn builtin(name: &str) -> Result<Self> {
        let text = catalog::text(name).ok_or_else(|| {
            Error::config(format!("the catalog has no service '{name}'")).with_hint(format!(
                "the catalog has {}; a file is named by its path: ./{name}.toml",
                catalog::NAMES.join(", ")
            ))
        })?;
        Ok(Self::parse(text, name)?)
    }

    /// Returns the service of the catalog with this name, or that of the file at this path. A text with a slash or a dot is a path; a
    /// relative one starts at `folder`.
    ///
    /// # Errors
    /// Those of [`builtin`](Self::builtin) and [`load`](Self::load).
    pub fn named(name: &str, folder: &Path) -> Result<Self> {
        let is_path = name.contains(['/', '\\', '.']);
        if is_path { Self::load(&folder.join(name)) } else { Self::builtin(name) }
    }

    /// Returns the definition.
    pub fn definition(&self) -> &Definition {
        &self.0.definition
    }

    /// Returns how accounts of the service are configured.
    pub fn descriptor(&self) -> ServiceDescriptor {
        config::of(self)
    }

    /// Returns the operations that the definition uses, by the service's names for them.
    pub fn operations(&self) -> Vec<&str> {
        self.0.operations()
    }

    /// Returns whether a variable is only in the base URL, so that an account with a base URL of its own does not need it.
    pub(crate) fn only_in_base_url(&self, name: &str) -> bool {
        let definition = self.definition();
        let uses =
            |text: &str| Template::parse(text).is_ok_and(|template| template.names().any(|it| it == name));
        let text = format!("{definition:?}");
        let placeholder = format!("{{{name}}}");
        uses(&definition.api.base_url) && text.matches(&placeholder).count() == 1
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Service({})", self.definition().name)
    }
}

/// Returns the key at a place of a text, as it stands in its line.
fn key_at(text: &str, at: usize) -> String {
    let begin = text[..at.min(text.len())].rfind('\n').map_or(0, |at| at + 1);
    let line = text[begin..].lines().next().unwrap_or_default();
    let trimmed = |text: &str| text.trim().trim_matches(['[', ']', '"', ' ']).to_owned();
    let key = trimmed(line.split('=').next().unwrap_or_default());
    // The table that the line is in.
    let table =
        text[..begin].lines().rev().map(str::trim).find(|line| line.starts_with('[') && line.ends_with(']'));
    match table {
        Some(table) if !line.trim().starts_with('[') => format!("{}.{key}", trimmed(table)),
        _ => key,
    }
}
