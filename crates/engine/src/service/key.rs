//! Keys of an account that are no secrets.

use std::{borrow::Cow, fmt};

use anyprofile_core::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::either;

/// A key of an account that is no secret: in an account file, and perhaps in an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingKey {
    /// The name in the account file.
    pub name: Cow<'static, str>,
    /// What its value is.
    pub kind: SettingKind,
    /// The environment variable that has the value for accounts that the environment names.
    pub variable: Option<Cow<'static, str>>,
    /// What it is, as half a sentence in lower case, such as "users a page".
    pub doc: Cow<'static, str>,
    /// What counts where it is missing, as it would be written.
    pub default: Option<Cow<'static, str>>,
    /// The value with which a listing has the most, where the default lists less.
    pub widest: Option<Cow<'static, str>>,
    /// Whether an account must have it.
    pub is_required: bool,
}

/// What the value of a [`SettingKey`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingKind {
    /// Any text.
    Text,
    /// The address of an API: `https://host`, perhaps with a path.
    Url,
    /// One of these words.
    Choice(Vec<Cow<'static, str>>),
    /// A whole number between two.
    Number {
        /// The least.
        at_least: u64,
        /// The most.
        at_most: u64,
    },
    /// `true` or `false`.
    Flag,
    /// A list of texts; in a variable, separated by commas. One of these words may stand in its place.
    List {
        /// The words.
        words: Vec<Cow<'static, str>>,
    },
    /// The path of a file; a relative one begins at the folder of the account file.
    Path,
}

/// The largest number where nothing else is said: what fits into 32 bits.
const MOST: u64 = u32::MAX as u64;

impl SettingKind {
    /// A whole number up to 4,294,967,295.
    pub const ANY_NUMBER: Self = Self::Number { at_least: 0, at_most: MOST };
    /// A whole number from 1 to 4,294,967,295.
    pub const ONE_OR_MORE: Self = Self::Number { at_least: 1, at_most: MOST };
}

impl SettingKey {
    /// A key whose texts stand in the program, for a table of keys, and what counts where it is missing.
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

    /// A key whose value is text.
    pub fn text(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Text, doc)
    }

    /// A key whose value is the address of an API.
    pub fn url(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Url, doc)
    }

    /// A key whose value is one of these words.
    pub fn choice<W: Into<Cow<'static, str>>>(
        name: impl Into<Cow<'static, str>>,
        doc: impl Into<Cow<'static, str>>,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        Self::new(name, SettingKind::Choice(words.into_iter().map(Into::into).collect()), doc)
    }

    /// A key whose value is a whole number up to 4,294,967,295; see [`at_least`](Self::at_least) and
    /// [`at_most`](Self::at_most).
    pub fn number(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::ANY_NUMBER, doc)
    }

    /// Says how small the number may be. It makes a number of any other kind of value.
    pub fn at_least(mut self, least: u64) -> Self {
        let at_most = if let SettingKind::Number { at_most, .. } = self.kind { at_most } else { MOST };
        self.kind = SettingKind::Number { at_least: least, at_most };
        self
    }

    /// Says how large the number may be. It makes a number of any other kind of value.
    pub fn at_most(mut self, most: u64) -> Self {
        let at_least = if let SettingKind::Number { at_least, .. } = self.kind { at_least } else { 0 };
        self.kind = SettingKind::Number { at_least, at_most: most };
        self
    }

    /// A key whose value is `true` or `false`.
    pub fn flag(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Flag, doc)
    }

    /// A key whose value is a list of texts; see [`or_word`](Self::or_word).
    pub fn list(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::List { words: Vec::new() }, doc)
    }

    /// Says which word may stand in place of a list. It makes a list of any other kind of value.
    pub fn or_word(mut self, word: impl Into<Cow<'static, str>>) -> Self {
        let mut words = if let SettingKind::List { words } = self.kind { words } else { Vec::new() };
        words.push(word.into());
        self.kind = SettingKind::List { words };
        self
    }

    /// A key whose value is the path of a file.
    pub fn path(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SettingKind::Path, doc)
    }

    /// Names the environment variable that has the value for accounts that the environment names.
    pub fn with_variable(mut self, variable: impl Into<Cow<'static, str>>) -> Self {
        self.variable = Some(variable.into());
        self
    }

    /// Says what counts where the key is missing.
    pub fn with_default(mut self, default: impl Into<Cow<'static, str>>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// Says with which value a listing has the most.
    pub fn with_widest(mut self, widest: impl Into<Cow<'static, str>>) -> Self {
        self.widest = Some(widest.into());
        self
    }

    /// Says that an account must have it.
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// A value of the kind, for an account that nobody asks anything of.
    pub fn placeholder(&self) -> Value {
        match &self.kind {
            SettingKind::Text => "example".into(),
            SettingKind::Url => "https://service.invalid".into(),
            SettingKind::Path => "example.txt".into(),
            SettingKind::Choice(words) => words.first().map_or("", |word| &**word).into(),
            SettingKind::Number { at_least, .. } => (*at_least).into(),
            SettingKind::Flag => false.into(),
            SettingKind::List { .. } => Value::Array(vec!["example".into()]),
        }
    }

    /// Checks the value of an account.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config), which does not repeat the value.
    pub fn check(&self, value: &Value) -> Result<()> {
        let has = |words: &[Cow<'static, str>], word: &str| words.iter().any(|known| known == word);
        let fits = match &self.kind {
            SettingKind::Text | SettingKind::Path => value.is_string(),
            SettingKind::Url => match value.as_str() {
                Some(url) if holds_user(url) => {
                    return Err(Error::config(format!(
                        "{} must have no user name and no password",
                        self.name
                    ))
                    .with_hint("leave them out; credentials have keys of their own"));
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
        };
        if fits { Ok(()) } else { Err(Error::config(format!("{} must be {}", self.name, self.kind))) }
    }

    /// The value that a text of the environment stands for.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config), which names the variable and does not repeat the text.
    pub fn value_of(&self, text: &str) -> Result<Value> {
        let text = text.trim();
        let value = match &self.kind {
            SettingKind::Text | SettingKind::Url | SettingKind::Path | SettingKind::Choice(_) => text.into(),
            SettingKind::Number { .. } => text.parse::<u64>().map_or(Value::Null, Value::from),
            SettingKind::Flag => text.parse::<bool>().map_or(Value::Null, Value::from),
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
    /// What the value must be.
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
            Self::List { words } if words.is_empty() => formatter.write_str("a list of texts"),
            Self::List { words } => write!(formatter, "\"{}\" or a list of texts", words.join("\", \"")),
            Self::Path => formatter.write_str("the path of a file"),
        }
    }
}

/// The settings of an account: keys with their values, without secrets. `Debug` shows the keys alone.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Settings(Map<String, Value>);

impl Settings {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The keys with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Reads the settings into a type of one's own.
    ///
    /// # Errors
    /// [`Config`](anyprofile_core::ErrorKind::Config) with what the type says of them, without what stands in double quotes,
    /// which may be a value.
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

/// Whether a URL holds a user name or a password, which stand in front of the host.
fn holds_user(url: &str) -> bool {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind_scheme.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

/// A message of serde without the values that it may repeat, in double quotes or backticks. The name of a key stays.
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
