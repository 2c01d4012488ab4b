//! Reads the bodies of the Admin API. Fields that a request does not have are ignored, as its schemas say.

use serde_json::{Map, Value};

use crate::anthropic::errors::Refusal;
use crate::anthropic::input::object;
use crate::exchange::Call;

/// The object of a body.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        Ok(Self(object(call)?))
    }

    /// Returns a field that is present; it may be null.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns a text, or `None` if it is absent or null.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.field(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::invalid(format!("{name}: must be a string"))),
        }
    }

    /// Returns a text that is not empty, or `None` if it is absent or null.
    pub(super) fn filled(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.text(name)? {
            Some("") => Err(Refusal::invalid(format!("{name}: must not be empty"))),
            text => Ok(text),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.filled(name)?.ok_or_else(|| Refusal::invalid(format!("{name}: is required")))
    }

    /// Returns one of these words, or `None` if it is absent or null.
    pub(super) fn word(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let known = words.iter().find(|word| **word == text).copied();
        known
            .map(Some)
            .ok_or_else(|| Refusal::invalid(format!("{name}: must be one of {}", words.join(", "))))
    }

    pub(super) fn required_word(&self, name: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
        self.word(name, words)?.ok_or_else(|| Refusal::invalid(format!("{name}: is required")))
    }
}
