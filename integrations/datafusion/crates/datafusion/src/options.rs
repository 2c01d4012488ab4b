//! Settings of a session.

use std::any::Any;

use datafusion::{
    common::{Result, config_err},
    config::{ConfigEntry, ConfigExtension, ExtensionOptions},
    prelude::{SessionConfig, SessionContext},
};

/// Settings of a session: `SET anyprofile.allow_partial = true`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileOptions {
    /// Whether a query may go on if not everybody is proven to have come. What is missing is then a `warning` in the table `runs`. The
    /// default is `false`.
    pub allow_partial: bool,
    /// Whether the further records of each profile are read, at the cost of a request each, if the query asks for a column that they have.
    /// The default is `false`.
    pub enrich: bool,
    /// What is one partition of a live table.
    pub partition_by: PartitionBy,
}

/// What is one partition of a live table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartitionBy {
    /// One collection of one account, so that collections are read side by side.
    #[default]
    Collection,
    /// One account, whose collections are read one after the other.
    Account,
}

impl PartitionBy {
    /// Returns the word for `SET anyprofile.partition_by`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Account => "account",
        }
    }
}

impl ExtensionOptions for ProfileOptions {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        match key {
            "allow_partial" => self.allow_partial = flag(key, value)?,
            "enrich" => self.enrich = flag(key, value)?,
            "partition_by" => {
                let known = [PartitionBy::Collection, PartitionBy::Account];
                match known.into_iter().find(|it| it.as_str() == value) {
                    Some(partition_by) => self.partition_by = partition_by,
                    None => return config_err!("anyprofile.partition_by must be 'collection' or 'account'"),
                }
            }
            _ => {
                return config_err!(
                    "anyprofile.{key} is not known; there are allow_partial, enrich and partition_by"
                );
            }
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |name: &str, value: String, description| ConfigEntry {
            // Whoever hands these on needs the whole name.
            key: format!("{}.{name}", Self::PREFIX),
            value: Some(value),
            description,
        };
        vec![
            entry(
                "allow_partial",
                self.allow_partial.to_string(),
                "Whether a query may go on if not everybody is proven to have come",
            ),
            entry(
                "enrich",
                self.enrich.to_string(),
                "Whether further records are read for columns that need them, at the cost of a request for each profile",
            ),
            entry(
                "partition_by",
                self.partition_by.as_str().to_owned(),
                "What is one partition of a live table: collection or account",
            ),
        ]
    }
}

fn flag(key: &str, value: &str) -> Result<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => config_err!("anyprofile.{key} must be true or false"),
    }
}

impl ConfigExtension for ProfileOptions {
    const PREFIX: &'static str = "anyprofile";
}

impl ProfileOptions {
    /// Adds the settings to those of a session, so that `SET` knows them.
    pub fn register(config: SessionConfig) -> SessionConfig {
        if config.options().extensions.get::<Self>().is_some() {
            config
        } else {
            config.with_option_extension(Self::default())
        }
    }

    /// Returns the settings of a session.
    pub fn of(config: &SessionConfig) -> Self {
        config.options().extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Returns the settings of a context.
    pub fn of_context(context: &SessionContext) -> Self {
        Self::of(context.state_ref().read().config())
    }
}
