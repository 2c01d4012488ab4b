//! What is wrong with a definition, and where.

use std::fmt;

use anyprofile_core::Error;
use toml::de::{DeArray, DeTable, DeValue};

/// Something that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flaw {
    /// The line, from 1; 0 if it is about the file as a whole.
    pub line: usize,
    /// The key, as it is written with dots: `collections[0].paging.next`.
    pub key: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(formatter, "line {}: ", self.line)?;
        }
        if !self.key.is_empty() {
            write!(formatter, "{}: ", self.key)?;
        }
        formatter.write_str(&self.message)
    }
}

/// A definition that cannot be used: everything that is wrong with it, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DefinitionError {
    /// The file, or the name in the catalog.
    pub file: String,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, flaw) in self.flaws.iter().enumerate() {
            if number > 0 {
                formatter.write_str("; ")?;
            }
            write!(formatter, "{}: {flaw}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for DefinitionError {}

impl From<DefinitionError> for Error {
    fn from(error: DefinitionError) -> Self {
        Self::config(error.to_string())
            .with_hint("`anyprofile definition check FILE` lists everything that is wrong with a definition")
    }
}

/// A part of the way to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The way to a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key(Vec<Step>);

impl Key {
    /// Returns the way to a key inside.
    pub(crate) fn then(&self, step: impl Into<Step>) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.into());
        Self(steps)
    }

    /// Returns the way to a key inside, several levels deep.
    pub(crate) fn down(&self, steps: &[String]) -> Self {
        steps.iter().fold(self.clone(), |key, step| key.then(step.as_str()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Key(key) => {
                    if number > 0 {
                        formatter.write_str(".")?;
                    }
                    let is_bare =
                        key.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
                    if is_bare { formatter.write_str(key)? } else { write!(formatter, "{key:?}")? }
                }
            }
        }
        Ok(())
    }
}

/// Collects flaws.
#[derive(Debug, Default)]
pub(crate) struct Flaws(Vec<(Key, String)>);

impl Flaws {
    pub(crate) fn add(&mut self, key: &Key, message: impl Into<String>) {
        self.0.push((key.clone(), message.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the flaws with their lines in a text, in the order of the lines.
    pub(crate) fn located(self, text: &str) -> Vec<Flaw> {
        let table = DeTable::parse(text).ok();
        let mut flaws: Vec<Flaw> = self
            .0
            .into_iter()
            .map(|(key, message)| {
                let line = table.as_ref().map_or(0, |table| line_of(text, table.get_ref(), &key.0));
                Flaw { line, key: key.to_string(), message }
            })
            .collect();
        flaws.sort_by_key(|flaw| flaw.line);
        flaws.dedup();
        flaws
    }
}

/// Returns the line at which a byte of a text is.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    text.get(..byte.min(text.len())).unwrap_or(text).bytes().filter(|byte| *byte == b'\n').count() + 1
}

/// Returns the line of the deepest part of the way that the file has.
fn line_of(text: &str, table: &DeTable<'_>, steps: &[Step]) -> usize {
    let mut line = 0;
    let mut here: Option<&DeTable<'_>> = Some(table);
    let mut list: Option<&DeArray<'_>> = None;
    for step in steps {
        let next = match step {
            Step::Key(key) => {
                let Some(found) = here.and_then(|table| table.iter().find(|(name, _)| name.get_ref() == key))
                else {
                    break;
                };
                line = line_at(text, found.0.span().start);
                found.1
            }
            Step::Index(index) => {
                let Some(found) = list.and_then(|items| items.get(*index)) else { break };
                line = line_at(text, found.span().start);
                found
            }
        };
        (here, list) = match next.get_ref() {
            DeValue::Table(table) => (Some(table), None),
            DeValue::Array(items) => (None, Some(items)),
            _ => (None, None),
        };
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaw_has_the_line_of_its_key() {
        let text = "a = 1\n[[list]]\nx = 2\n[[list]]\n\nx = { y = 3 }\n";
        let mut flaws = Flaws::default();
        let x = Key::default().then("list").then(1).then("x");
        flaws.add(&x.then("y"), "no");
        flaws.add(&x.then("z"), "missing");
        flaws.add(&Key::default(), "whole");
        let located = flaws.located(text);
        let lines: Vec<_> = located.iter().map(|flaw| (flaw.line, flaw.key.as_str())).collect();
        assert_eq!(lines, [(0, ""), (6, "list[1].x.y"), (6, "list[1].x.z")]);
        assert_eq!(located[1].to_string(), "line 6: list[1].x.y: no");
    }
}
