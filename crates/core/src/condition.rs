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

/// A condition on a profile, as a value that can be inspected, stored, and sent to a service in the service's own form.
///
/// The crate `anyprofile-filter` parses one from text. `Display` writes it in the same grammar, that of SCIM filters (RFC 7644
/// §3.4.2.2). It serializes as an object, such as `{"compare":{"attribute":"title","operator":"eq","value":"cto"}}`.
///
/// # Unknown fields
/// A comparison is false if the field has no value, also with `ne`. `title ne "cto"` excludes profiles whose title is not known;
/// `not (title eq "cto")` includes them. [`verdict`](Self::verdict) tells apart whether a profile does not meet a condition, or
/// might meet it if more fields were known. Null is known to have no value, except for a field that is true or false and for a time:
/// there null says nothing, as for [`Field::equals`](crate::Field::equals).
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
    /// All of these conditions.
    And(Vec<Self>),
    /// At least one of these conditions.
    Or(Vec<Self>),
    /// Not this condition.
    Not(Box<Self>),
    /// A comparison of a field with a value.
    Compare(Comparison),
    /// A field has this state.
    Is {
        /// The field or part. A part of a list matches if at least one item has this state.
        attribute: Attribute,
        /// The state.
        state: FieldState,
    },
    /// At least one item of a list meets a condition: `emails[primary eq true and address co "x"]`.
    Item(ItemCondition),
}

/// A condition on the items of a list, of which at least one must meet it.
///
/// ```
/// use anyprofile_core::{
///     FieldPath,
///     condition::{Attribute, Comparison, Condition, ItemCondition, Operator},
/// };
///
/// // One address that is both verified and of the company.
/// let part = |name| Attribute::part_of(FieldPath::EMAILS, name);
/// let verified = Comparison::new(part("verified")?, Operator::Equal, true)?;
/// let of_company = Comparison::new(part("address")?, Operator::EndsWith, "@example.org")?;
/// let item = ItemCondition::new(FieldPath::EMAILS, Condition::from(verified).and(of_company.into()))?;
/// assert_eq!(Condition::from(item).to_string(), r#"emails[verified eq true and address ew "@example.org"]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ItemParts")]
pub struct ItemCondition {
    list: FieldPath,
    condition: Box<Condition>,
}

#[derive(Deserialize)]
struct ItemParts {
    list: FieldPath,
    condition: Box<Condition>,
}

impl TryFrom<ItemParts> for ItemCondition {
    type Error = ItemConditionError;

    fn try_from(parts: ItemParts) -> Result<Self, ItemConditionError> {
        Self::new(parts.list, *parts.condition)
    }
}

impl ItemCondition {
    /// Creates a condition on the items of a list.
    ///
    /// # Errors
    /// [`ItemConditionError`] if `list` is not a list, or an attribute of `condition` is not a part of its items.
    pub fn new(list: FieldPath, condition: Condition) -> Result<Self, ItemConditionError> {
        if ![FieldPath::EMAILS, FieldPath::ROLES, FieldPath::LABELS].contains(&list) {
            return Err(ItemConditionError);
        }
        let mut is_valid = true;
        condition.each(&mut |condition| {
            let attribute = match condition {
                Condition::Compare(comparison) => comparison.attribute(),
                Condition::Is { attribute, .. } => attribute,
                Condition::Item(_) => return is_valid = false,
                _ => return,
            };
            is_valid &= *attribute.field() == list && attribute.part().is_some();
        });
        if is_valid { Ok(Self { list, condition: Box::new(condition) }) } else { Err(ItemConditionError) }
    }

    /// Returns the list.
    pub const fn list(&self) -> &FieldPath {
        &self.list
    }

    /// Returns the condition on an item.
    pub const fn condition(&self) -> &Condition {
        &self.condition
    }
}

/// Shows the list and no values, which may be personal data.
impl fmt::Debug for ItemCondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ItemCondition").field(&self.list).finish()
    }
}

/// The condition is not one on the items of a list.
///
/// ```
/// use anyprofile_core::{
///     FieldPath,
///     condition::{Comparison, ItemCondition, ItemConditionError, Operator},
/// };
///
/// // A title has no items.
/// let is_cto = Comparison::new(FieldPath::TITLE, Operator::Equal, "cto")?;
/// assert_eq!(ItemCondition::new(FieldPath::TITLE, is_cto.into()), Err(ItemConditionError));
/// # Ok::<(), anyprofile_core::condition::ComparisonError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemConditionError;

impl fmt::Display for ItemConditionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "a condition on items must be on emails, roles or labels, and all of its attributes must be parts of their items",
        )
    }
}

impl std::error::Error for ItemConditionError {}

impl Condition {
    /// Creates the condition that a field has this state.
    pub fn is(attribute: impl Into<Attribute>, state: FieldState) -> Self {
        Self::Is { attribute: attribute.into(), state }
    }

    /// Returns the condition that both hold.
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

    /// Returns the condition that at least one of them holds.
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

    /// Returns the fields used in comparisons, in order. Fields tested only with `is` are not included.
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
            Self::Not(condition) => condition.each(visit),
            Self::Item(item) => item.condition.each(visit),
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
            Self::Item(item) => {
                write!(out, "{}[", item.list)?;
                item.condition.write(out, Some(&item.list))?;
                out.write_char(']')
            }
        }
    }
}

impl From<ItemCondition> for Condition {
    fn from(condition: ItemCondition) -> Self {
        Self::Item(condition)
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
