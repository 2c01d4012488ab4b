//! Keys of an account that are not secrets.

use std::{borrow::Cow, fmt};

use anyprofile_core::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::either;

/// A key of an account that is not a secret, in an account file and optionally in an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingKey {
    /// The name in the account file.
    pub name: Cow<'static, str>,
    /// The kind of its value.
    pub kind: SettingKind,
    /// The environment variable with its value, for accounts of the environment.
    pub variable: Option<Cow<'static, str>>,
    /// A short description in lower case, such as "users per page".
    pub doc: Cow<'static, str>,
    /// The default, as it would be written in the file.
    pub default: Option<Cow<'static, str>>,
    /// The value with which a listing has the most profiles, if the default lists fewer.
    pub widest: Option<Cow<'static, str>>,
    /// Whether the key is required.
    pub is_required: bool,
}

/// The kind of a [`SettingKey`]'s value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingKind {
    /// Any text.
    Text,
    /// The URL of an API: `https://host`, with or without a path.
    Url,
    /// One of these words.
    Choice(Vec<Cow<'static, str>>),
    /// A whole number in a range.
    Number {
        /// The minimum.
        at_least: u64,
        /// The maximum.
        at_most: u64,
    },
    /// `true` or `false`.
    Flag,
    /// A list of texts, separated by commas in a variable, or one of these words instead.
    List {
        /// The words.
        words: Vec<Cow<'static, str>>,
    },
    /// The path of a file. A relative path starts at the folder of the account file.
    Path,
    /// A name, or the path of a file: a text with a slash or a dot is a path. A relative path starts at the folder of the account file.
    NameOrPath,
    /// A table of keys of its own.
    Table(Vec<SettingKey>),
}

/// The default maximum of a number.
const MOST: u64 = u32::MAX as u64;

impl SettingKind {
    /// A whole number up to 4,294,967,295.
    pub const ANY_NUMBER: Self = Self::Number { at_least: 0, at_most: MOST };
    /// A whole number from 1 to 4,294,967,295.
    pub const ONE_OR_MORE: Self = Self::Number { at_least: 1, at_most: MOST };
}

impl SettingKey {
    /// Creates a key with its default from string literals, for a static table of keys.
    pub const fn describe(
        name: &'static str,
        kind: SettingKind,
        default: Option<&'static str>,
        doc: &'static str,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            kind,
            variable: None,
            doc: Cow::Borrowed(doc),
            default: match default {
                Some(default) => Some(Cow::Borrowed(default)),
                None => None,
            },
            widest: None,
            is_required: false,
        }
    }

    fn new(name: impl Into<Cow<'static, str>>, kind: SettingKind, doc: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), doc: doc.into(), ..Self::describe("", kind, None, "") }
    }

    /// Creates a key whose value is text.
    pub fn text(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Text, doc)
    }

    /// Creates a key whose value is the URL of an API.
    pub fn url(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Url, doc)
    }

    /// Creates a key whose value is one of these words.
    pub fn choice<W: Into<Cow<'static, str>>>(
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        Self::new(name, SettingKind::Choice(words.into_iter().map(Into::into).collect()), doc)
    }

    /// Creates a key whose value is a whole number up to 4,294,967,295; see [`at_least`](Self::at_least) and
    /// [`at_most`](Self::at_most).
    pub fn number(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::ANY_NUMBER, doc)
    }

    /// Sets the minimum. A key of another kind becomes a number.
    pub fn at_least(mut self, least: u64) -> Self {
        let at_most = if let SettingKind::Number { at_most, .. } = self.kind { at_most } else { MOST };
        self.kind = SettingKind::Number { at_least: least, at_most };
        self
    }

    /// Sets the maximum. A key of another kind becomes a number.
    pub fn at_most(mut self, most: u64) -> Self {
        let at_least = if let SettingKind::Number { at_least, .. } = self.kind { at_least } else { 0 };
        self.kind = SettingKind::Number { at_least, at_most: most };
        self
    }

    /// Creates a key whose value is `true` or `false`.
    pub fn flag(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Flag, doc)
    }

    /// Creates a key whose value is a list of texts; see [`or_word`](Self::or_word).
    pub fn list(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::List { words: Vec::new() }, doc)
    }

    /// Allows a word instead of a list. A key of another kind becomes a list.
    pub fn or_word(mut self, word: impl Into<Cow<'static, str>>) -> Self {
        let mut words = if let SettingKind::List { words } = self.kind { words } else { Vec::new() };
        words.push(word.into());
        self.kind = SettingKind::List { words };
        self
    }

    /// Creates a key whose value is the path of a file.
    pub fn path(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Path, doc)
    }

    /// Creates a key whose value is a name, or the path of a file.
    pub fn name_or_path(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::NameOrPath, doc)
    }

    /// Returns whether a value of this key is the path of a file.
    pub fn is_path(&self, value: &str) -> bool {
        match self.kind {
            SettingKind::Path => true,
            SettingKind::NameOrPath => value.contains(['/', '\\', '.']),
            _ => false,
        }
    }

    /// Creates a key whose value is a table of keys of its own: `name = { key = … }`.
    pub fn table(
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        keys: impl IntoIterator<Item = SettingKey>,
    ) -> Self {
        Self::new(name, SettingKind::Table(keys.into_iter().collect()), doc)
    }

    /// Returns the keys of a table, with the name of the table before theirs: `quirks.paging`. None for a key of another kind.
    pub fn inner_keys(&self) -> Vec<Self> {
        let SettingKind::Table(keys) = &self.kind else { return Vec::new() };
        let named = |key: &Self| Self { name: format!("{}.{}", self.name, key.name).into(), ..key.clone() };
        keys.iter().map(named).collect()
    }

    /// Sets the environment variable with the value, for accounts of the environment.
    pub fn with_variable(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.variable = Some(variable.into());
        self
    }

    /// Sets the default.
    pub fn with_default(mut self, default: impl Into<Cow<'static, str>>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// Sets the value with which a listing has the most profiles.
    pub fn with_widest(mut self, widest: impl Into<Cow<'static, str>>) -> Self {
        self.widest = Some(widest.into());
        self
    }

    /// Makes the key required.
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Returns a valid value, for an account that sends no request.
    pub fn placeholder(&self) -> Value {
        match &self.kind {
            SettingKind::Text | SettingKind::NameOrPath => "example".into(),
            SettingKind::Url => "https://service.invalid".into(),
            SettingKind::Path => "example.txt".into(),
            SettingKind::Choice(words) => words.first().map_or("", |word| &**word).into(),
            SettingKind::Number { at_least, .. } => (*at_least).into(),
            SettingKind::Flag => false.into(),
            SettingKind::List { .. } => Value::Array(vec!["example".into()]),
            SettingKind::Table(keys) => {
                keys.iter().map(|key| (key.name.clone().into_owned(), key.placeholder())).collect()
            }
        }
    }

    /// Checks the value of an account.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). The error does not repeat the value.
    pub fn check(&self, value: &Value) -> Result<()> {
        let has = |words: &[Cow<'static, str>], word: &str| words.iter().any(|known| known == word);
        let fits = match &self.kind {
            SettingKind::Text | SettingKind::Path | SettingKind::NameOrPath => value.is_string(),
            SettingKind::Url => match value.as_str() {
                Some(url) if holds_user(url) => {
                    return Err(Error::config(format!(
                        "{} must have no user name and no password",
                        self.name
                    ))
                    .with_hint("leave them out; credentials have their own keys"));
                }
                url => url.is_some(),
            },
            SettingKind::Choice(words) => value.as_str().is_some_and(|word| has(words, word)),
            SettingKind::Number { at_least, at_most } => match value.as_u64() {
                Some(number) if number > *at_most => {
                    return Err(Error::config(format!("{} must be at most {at_most}", self.name)));
                }
                number => number.is_some_and(|number| number >= *at_least),
            },
            SettingKind::Flag => value.is_boolean(),
            SettingKind::List { words } => match value {
                Value::Array(items) => items.iter().all(Value::is_string),
                Value::String(word) => has(words, word),
                _ => false,
            },
            SettingKind::Table(_) => match value.as_object() {
                Some(table) => return self.check_table(table),
                None => false,
            },
        };
        if fits { Ok(()) } else { Err(Error::config(format!("{} must be {}", self.name, self.kind))) }
    }

    fn check_table(&self, table: &Map<String, Value>) -> Result<()> {
        let inner = self.inner_keys();
        table.iter().try_for_each(|(key, value)| {
            let name = format!("{}.{key}", self.name);
            let unknown = || {
                let known: Vec<&str> = inner.iter().map(|key| &*key.name).collect();
                Error::config(format!("'{name}' is not a key"))
                    .with_hint(format!("the keys are {}", known.join(", ")))
            };
            inner.iter().find(|known| known.name == name).ok_or_else(unknown)?.check(value)
        })
    }

    /// Parses the text of an environment variable, and checks the value.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config). The error names the variable and does not repeat the text.
    pub fn value_of(&self, text: &str) -> Result<Value> {
        let text = text.trim();
        let value = match &self.kind {
            SettingKind::Text
            | SettingKind::Url
            | SettingKind::Path
            | SettingKind::NameOrPath
            | SettingKind::Choice(_) => text.into(),
            SettingKind::Number { .. } => text.parse::<u64>().map_or(Value::Null, Value::from),
            SettingKind::Flag => text.parse::<bool>().map_or(Value::Null, Value::from),
            SettingKind::Table(_) => serde_json::from_str(text).unwrap_or_default(),
            SettingKind::List { words } if words.iter().any(|word| word == text) => text.into(),
            SettingKind::List { .. } => {
                let mut items: Vec<&str> = Vec::new();
                for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
                items.into()
            }
        };
        self.check(&value).map(|()| value).map_err(|_| {
            let variable = self.variable.as_deref().unwrap_or(&self.name);
            Error::config(format!("the environment variable {variable} must be {}", self.kind))
                .with_hint(format!("correct {variable}, or unset it"))
        })
    }
}

impl fmt::Display for SettingKind {
    /// Writes what the value must be.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => formatter.write_str("text"),
            Self::Url => formatter.write_str("a URL"),
            Self::Choice(words) => formatter.write_str(&either(words)),
            Self::Number { at_least: 0, at_most: MOST } => formatter.write_str("a whole number"),
            Self::Number { at_least, at_most: MOST } => {
                write!(formatter, "a whole number of at least {at_least}")
            }
            Self::Number { at_least, at_most } => {
                write!(formatter, "a whole number from {at_least} to {at_most}")
            }
            Self::Flag => formatter.write_str("true or false"),
            Self::List { words } if words.is_empty() => formatter.write_str("a list of strings"),
            Self::List { words } => write!(formatter, "\"{}\" or a list of strings", words.join("\", \"")),
            Self::Path => formatter.write_str("the path of a file"),
            Self::NameOrPath => formatter.write_str("a name, or the path of a file"),
            Self::Table(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| &*key.name).collect();
                write!(formatter, "a table of {}", keys.join(", "))
            }
        }
    }
}

/// The settings of an account: keys with their values, without secrets. `Debug` shows only the keys.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Settings(Map<String, Value>);

impl Settings {
    /// Returns the value of a key, if it is set.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// Removes a key, and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    /// Returns the keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Deserializes the settings.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) with the message of serde, without text in quotes, which may be a value.
    pub fn read<S: DeserializeOwned>(self) -> Result<S> {
        serde_json::from_value(Value::Object(self.0))
            .map_err(|error| Error::config(without_values(&error.to_string())))
    }
}

impl From<Map<String, Value>> for Settings {
    fn from(settings: Map<String, Value>) -> Self {
        Self(settings)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// Returns whether a URL has a user name or a password before the host.
fn holds_user(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

/// Removes the values from a message of serde: text in double quotes or backticks. The names of keys stay.
fn without_values(message: &str) -> String {
    let is_of_key = ["unknown field `", "missing field `"].iter().any(|start| message.starts_with(start));
    if is_of_key {
        return message.split(',').next().unwrap_or_default().to_owned();
    }
    let is_quote = |letter| matches!(letter, '"' | '`');
    match (message.find(is_quote), message.rfind(is_quote)) {
        (Some(start), Some(end)) if end > start => {
            format!("{}{}", message[..start].trim_end(), &message[end + 1..])
        }
        _ => message.to_owned(),
    }
}
