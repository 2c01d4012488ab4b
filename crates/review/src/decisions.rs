//! What reviewers decided.

use std::{collections::HashSet, fmt};

use anyprofile_core::{ProfileId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, ReviewError},
    seal::content_of,
    word::words,
};

words! {
    /// What a reviewer decided about a profile.
    pub enum DecisionKind {
        /// The access stays.
        Keep = "keep",
        /// The access goes.
        Remove = "remove",
        /// The access stays and is to be changed, as the reason says.
        Change = "change",
        /// Somebody else is to be asked.
        Ask = "ask",
    }
}

/// The decision about one profile. `Debug` shows the id and the decision.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Decision {
    /// The profile.
    pub id: ProfileId,
    /// What was decided.
    pub decision: DecisionKind,
    /// Why.
    pub reason: String,
}

impl fmt::Debug for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decision({} {})", self.decision, self.id)
    }
}

/// What a reviewer decided, as the page saved it.
///
/// The file holds the SHA-256 of its content. It shows that the file was not damaged or edited by hand; whoever edits it on purpose can
/// write a new one.
///
/// ```
/// use anyprofile_review::{DecisionKind, Decisions};
///
/// # let decided = r#"{"format":"anyprofile.decisions","version":1,"review":"00","seal":"00","reviewer":"Grace","decided":"2026-11-30T10:00:00Z","decisions":[{"id":"probely:eu/user/1","decision":"remove","reason":"left"}]}"#;
/// # let text = format!("{{\"decisions\":{decided},\"sha256\":\"{}\"}}\n", "f6ed1d7dd05b63e8e1d4d0a9c1d7a9d3");
/// // A file that was edited is refused.
/// assert!(Decisions::read(&text).unwrap_err().to_string().contains("SHA-256"));
/// ```
///
/// `Debug` shows neither the reviewer nor a reason.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Decisions {
    /// Always `anyprofile.decisions`.
    pub format: String,
    /// The version of this form; 1.
    pub version: u32,
    /// The id of the review that they are about.
    pub review: String,
    /// The seal of the snapshot that was reviewed.
    pub seal: String,
    /// Who decided, as they called themselves.
    pub reviewer: String,
    /// When the file was saved.
    pub decided: Timestamp,
    /// The decisions, each about another profile.
    pub decisions: Vec<Decision>,
}

impl fmt::Debug for Decisions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decisions({} of review {})", self.decisions.len(), self.review)
    }
}

impl Decisions {
    const FORMAT: &'static str = "anyprofile.decisions";
    const VERSION: u32 = 1;

    /// Reads the file that the page saved.
    ///
    /// # Errors
    /// [`ReviewError::Decisions`] if the text is no such file, was changed, decides about a profile twice, or removes or changes without a
    /// reason.
    pub fn read(text: &str) -> Result<Self> {
        let wrong = |what: &str| ReviewError::Decisions(what.to_owned());
        let content = content_of("decisions", text.trim_start_matches('\u{feff}'))
            .map_err(|what| wrong(&format!("{what}; save the file of a review's page again")))?;
        let decisions: Self = serde_json::from_str(content).map_err(|error| {
            wrong(&format!("they cannot be read (line {}, column {})", error.line(), error.column()))
        })?;
        if decisions.format != Self::FORMAT || decisions.version != Self::VERSION {
            return Err(wrong("another version of the page saved them; this program reads version 1"));
        }
        let mut seen = HashSet::new();
        for decision in &decisions.decisions {
            let id = &decision.id;
            if !seen.insert(id) {
                return Err(wrong(&format!("there are two decisions about {id}")));
            }
            let needs_reason = matches!(decision.decision, DecisionKind::Remove | DecisionKind::Change);
            if needs_reason && decision.reason.trim().is_empty() {
                return Err(wrong(&format!("the decision about {id} needs a reason")));
            }
        }
        Ok(decisions)
    }

    /// Returns the profiles with a decision.
    pub fn of(&self, kind: DecisionKind) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(move |decision| decision.decision == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;

    fn signed(decisions: &str) -> String {
        let decided = format!(
            r#"{{"format":"anyprofile.decisions","version":1,"review":"r","seal":"s","reviewer":"Grace","decided":"2026-11-30T10:00:00Z","decisions":[{decisions}]}}"#
        );
        format!("{{\"decisions\":{decided},\"sha256\":\"{}\"}}\n", sha256(decided.as_bytes()))
    }

    #[test]
    fn a_saved_file_is_read_and_an_edited_one_is_refused() {
        let text = signed(r#"{"id":"probely:eu/user/1","decision":"remove","reason":"left — am 1. März"}"#);
        let decisions = Decisions::read(&text).unwrap();
        assert_eq!(decisions.of(DecisionKind::Remove).count(), 1);
        assert_eq!(decisions.of(DecisionKind::Keep).count(), 0);
        let edited = text.replace("remove", "keep");
        assert!(Decisions::read(&edited).unwrap_err().to_string().contains("its SHA-256 does not match"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (text, what) in [
            ("{}".to_owned(), "it is not such a file"),
            (
                signed(r#"{"id":"a:b/user/1","decision":"remove","reason":" "}"#),
                "the decision about a:b/user/1 needs a reason",
            ),
            (
                signed(
                    r#"{"id":"a:b/user/1","decision":"keep","reason":""},{"id":"a:b/user/1","decision":"ask","reason":""}"#,
                ),
                "there are two decisions about a:b/user/1",
            ),
            (signed(r#"{"id":"a:b/user/1","decision":"burn","reason":""}"#), "they cannot be read"),
        ] {
            let error = Decisions::read(&text).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
