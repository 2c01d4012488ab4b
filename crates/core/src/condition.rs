//! Conditions on profiles, as values.

mod attribute;
mod comparison;
mod evaluate;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    attribute::{Attribute, AttributeError},
    comparison::{Comparison, ComparisonError, Operator},
};
use crate::{FieldPath, FieldState};

/// A condition on a profile, as a value that can be inspected, stored, and sent to a service in its own words.
///
/// The crate `anyprofile-filter` reads one from text, and `Display` writes one as text, in the grammar of SCIM filters
/// (RFC 7644 §3.4.2.2). Serializes as an object, such as `{"compare":{"attribute":"title","operator":"eq","value":"cto"}}`.
///
/// # What is not known
/// A comparison of a field that has no value does not hold, `ne` included. So `title ne "cto"` leaves out whoever's title is
/// not known, and `not (title eq "cto")` does not. [`verdict`](Self::verdict) says whether a profile that does not meet a
/// condition might do so if more were known of it.
///
/// ```
/// use anyprofile_core::{FieldPath, FieldState, condition::{Comparison, Condition, Operator}};
///
/// let dormant = Comparison::new(FieldPath::SECURITY_LAST_LOGIN, Operator::Less, "2026-01-31")?;
/// let condition = Condition::from(dormant)
///     .and(Condition::is(FieldPath::SECURITY_MFA_ENABLED, FieldState::Withheld));
/// assert_eq!(
///     condition.to_string(),
///     r#"security.last_login lt "2026-01-31" and security.mfa_enabled is withheld"#,
/// );
/// # Ok::<(), anyprofile_core::condition::ComparisonError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// All of these.
    And(Vec<Self>),
    /// At least one of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A value compares so with another.
    Compare(Comparison),
    /// A field has this state.
    Is {
        /// The field, or a part of it: then at least one item has the part in this state.
        attribute: Attribute,
        /// The state.
        state: FieldState,
    },
    /// One item of a list meets all of a condition: `emails[primary eq true and address co "x"]`.
    Item {
        /// The list.
        list: FieldPath,
        /// The condition, with attributes of this list.
        condition: Box<Self>,
    },
}

impl Condition {
    /// Creates the condition that a field has this state.
    pub fn is(attribute: impl Into<Attribute>, state: FieldState) -> Self {
        Self::Is { attribute: attribute.into(), state }
    }

    /// Creates the condition that both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::And(mut all) => {
                all.push(other);
                Self::And(all)
            }
            one => Self::And(vec![one, other]),
        }
    }

    /// Creates the condition that at least one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Or(mut any) => {
                any.push(other);
                Self::Or(any)
            }
            one => Self::Or(vec![one, other]),
        }
    }

    /// Returns the fields that are compared with something, in the order in which they are named; not those that are only
    /// asked for their state.
    pub fn compared(&self) -> Vec<FieldPath> {
        let mut paths = Vec::new();
        self.each(&mut |condition| {
            if let Self::Compare(comparison) = condition {
                paths.push(comparison.attribute().field().clone());
            }
        });
        paths
    }

    /// Calls a function with this condition and with every one inside it.
    fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::And(conditions) | Self::Or(conditions) => conditions.iter().for_each(|it| it.each(visit)),
            Self::Not(condition) | Self::Item { condition, .. } => condition.each(visit),
            Self::Compare(_) | Self::Is { .. } => {}
        }
    }

    /// Whether it has to stand in parentheses beside what binds as tightly as `and`.
    const fn is_loose(&self) -> bool {
        matches!(self, Self::Or(conditions) if conditions.len() > 1)
    }

    fn write(&self, out: &mut impl fmt::Write, list: Option<&FieldPath>) -> fmt::Result {
        match self {
            // Of no conditions all hold, and not one.
            Self::And(conditions) if conditions.is_empty() => out.write_str("id pr"),
            Self::Or(conditions) if conditions.is_empty() => out.write_str("not (id pr)"),
            Self::And(conditions) => {
                for (index, condition) in conditions.iter().enumerate() {
                    if index > 0 {
                        out.write_str(" and ")?;
                    }
                    if condition.is_loose() {
                        out.write_char('(')?;
                        condition.write(out, list)?;
                        out.write_char(')')?;
                    } else {
                        condition.write(out, list)?;
                    }
                }
                Ok(())
            }
            Self::Or(conditions) => {
                for (index, condition) in conditions.iter().enumerate() {
                    if index > 0 {
                        out.write_str(" or ")?;
                    }
                    condition.write(out, list)?;
                }
                Ok(())
            }
            Self::Not(condition) => {
                out.write_str("not (")?;
                condition.write(out, list)?;
                out.write_char(')')
            }
            Self::Compare(comparison) => {
                comparison.attribute().write(out, list)?;
                write!(out, " {} {}", comparison.operator(), comparison.value())
            }
            Self::Is { attribute, state } => {
                attribute.write(out, list)?;
                match state {
                    FieldState::Value => out.write_str(" pr"),
                    state => write!(out, " is {state}"),
                }
            }
            Self::Item { list, condition } => {
                write!(out, "{list}[")?;
                condition.write(out, Some(list))?;
                out.write_char(']')
            }
        }
    }
}

impl From<Comparison> for Condition {
    fn from(comparison: Comparison) -> Self {
        Self::Compare(comparison)
    }
}

impl std::ops::Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// Writes the condition in the grammar of SCIM filters.
impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, None)
    }
}

/// Shows the fields that are compared and no values, which may be personal data.
impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Condition").field(&self.compared()).finish()
    }
}

#[cfg(test)]
mod tests;
