//! Conditions on profiles as text, in the grammar of SCIM filters (RFC 7644 §3.4.2.2).
//!
//! [`parse`] reads a [`Condition`], which the core crate holds as a value: put it in a
//! [`Filter`](anyprofile_core::Filter) to list, to restrict a provider, or to state a policy. `Condition`'s `Display` writes
//! the text again.
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
//!     "title eq cto\n         ^^^ a text must be in double quotes",
//! );
//! # Ok::<(), anyprofile_filter::ParseError>(())
//! ```
//!
//! # Three things to know
//! - **Attributes are the paths of a profile**: `security.mfa_enabled`, `name.display`, `metadata.KEY`, `extension.KEY`,
//!   `unknown.KEY`; the parts of a list or a record too, such as `emails.address`, `roles.role.name` and `grants.NAME`. A list
//!   is compared item by item, and one item meets a condition in brackets:
//!   `emails[primary eq true and address ew "@example.com"]`. The names that SCIM's core schema has for the same fields are
//!   read as well: `userName`, `displayName`, `externalId`, `emails.value`, `name.givenName`, `meta.lastModified`, `active`, …
//! - **What is not known does not compare**, `ne` included: `title ne "cto"` leaves out whoever's title is not known, and
//!   `not (title eq "cto")` does not. Ask for it by its state, which is our extension of the grammar:
//!   `security.mfa_enabled is withheld`, with `known`, `null`, `absent`, `unsupported` and `withheld`, also as `is not`.
//!   `title pr` (present) is `title is known`.
//! - **Values** are JSON: a text in double quotes, a number, `true`, `false`. A time is a text: RFC 3339, or a date
//!   (`"2026-01-31"`), which stands for its first moment in UTC. E-mail addresses are compared as addresses, other texts to the
//!   letter by `eq`, and in letters of either case by `co`, `sw` and `ew`.
//!
//! # The spelling before
//! Conditions of the versions before this one (`title = cto and not labels ~ 'x'`) are read for one version more;
//! [`Parsed::rewritten`] has the text that replaces them.

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
