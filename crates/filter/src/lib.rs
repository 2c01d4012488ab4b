//! Conditions on profiles as text, in the grammar of SCIM filters (RFC 7644 §3.4.2.2).
//!
//! [`parse`] reads a text into a [`Condition`] of the core crate. Put it in a [`Filter`](anyprofile_core::Filter) to list profiles, to
//! restrict a provider, or to state a policy. The `Display` of a `Condition` writes the text again.
//!
//! ```
//! use anyprofile_core::Filter;
//! use anyprofile_filter::parse;
//!
//! let parsed = parse(r#"emails.address ew "@example.com" and not (security.mfa_enabled eq true)"#)?;
//! let filter = Filter::new().with_condition(parsed.condition);
//!
//! let error = parse("title eq cto").unwrap_err();
//! assert_eq!(
//!     error.marked("title eq cto"),
//!     "title eq cto\n         ^^^ a string must be in double quotes",
//! );
//! # Ok::<(), anyprofile_filter::ParseError>(())
//! ```
//!
//! # Three things to know
//! - **Attributes are the paths of a profile**: `security.mfa_enabled`, `name.display`, `metadata.KEY`, `extension.KEY`,
//!   `unknown.KEY`, and the parts of a list or a record, such as `emails.address`, `roles.role.name` and `grants.NAME`. A list matches
//!   if one of its items matches, and by `ne` if no item is equal. A condition in brackets must match as a whole for one item:
//!   `emails[primary eq true and address ew "@example.com"]`. The names of SCIM's core schema for the same fields are accepted too:
//!   `userName`, `displayName`, `externalId`, `emails.value`, `name.givenName`, `meta.lastModified`, `active`, …
//! - **An unknown value never matches a comparison**, not even `ne`: `title ne "cto"` leaves out profiles with an unknown title, and
//!   `not (title eq "cto")` keeps them. To ask for the state of a field, use our extension of the grammar:
//!   `security.mfa_enabled is withheld`, with `known`, `null`, `absent`, `unsupported` and `withheld`, also as `is not`.
//!   `title pr` (present) means `title is known`.
//! - **Values are JSON**: a text in double quotes, a number, `true` or `false`. A time is a text: RFC 3339, or a date
//!   (`"2026-01-31"`), which means its first moment in UTC. E-mail addresses are compared as addresses. Other texts are compared
//!   exactly by `eq`, and without regard to case by `co`, `sw` and `ew`.
//!
//! # The old syntax
//! Conditions of earlier versions (`title = cto and not labels ~ 'x'`) are accepted for one more version. [`Parsed::rewritten`] has the
//! text that replaces them.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod names;
mod parse;

pub use anyprofile_core::condition::{Comparison, Condition, Operator};

pub use self::{
    error::ParseError,
    parse::{Parsed, parse},
};

#[cfg(test)]
mod tests;
