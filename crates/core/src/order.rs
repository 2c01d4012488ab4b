//! The order of a listing.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    open_enum,
    words::{WordError, value_of_word},
};

open_enum! {
    /// The field that a listing is ordered by.
    ///
    /// ```
    /// use anyprofile_core::query::OrderField;
    ///
    /// // What somebody wrote on a command line.
    /// assert_eq!(OrderField::from("created"), OrderField::Created);
    /// // A service may be able to order by more than this version has a word for.
    /// let other = OrderField::from("last_seen");
    /// assert_eq!(other.as_str(), "last_seen");
    /// assert_eq!(other.unknown_word(), Some("last_seen"));
    /// ```
    pub enum OrderField {
        /// When the record was created.
        Created = "created",
        /// When the record was last updated.
        Updated = "updated",
        /// The display name.
        Name = "name",
        /// The e-mail address.
        Email = "email",
    }
}

/// The order of a listing.
///
/// ```
/// use anyprofile_core::{ListQuery, query::{Order, OrderField}};
///
/// let newest_first = ListQuery::new().with_order(Order::descending(OrderField::Created));
/// assert_eq!(newest_first.order, Some(Order::descending(OrderField::Created)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// The field to order by.
    pub field: OrderField,
    /// The direction.
    pub direction: Direction,
}

/// The direction of an order.
///
/// ```
/// use anyprofile_core::query::{Direction, Order, OrderField};
///
/// // What somebody wrote on a command line.
/// let order = match "descending".parse()? {
///     Direction::Ascending => Order::ascending(OrderField::Created),
///     Direction::Descending => Order::descending(OrderField::Created),
/// };
/// assert_eq!(order.to_string(), "created descending");
/// # Ok::<(), anyprofile_core::error::WordError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    Descending,
}

impl Direction {
    /// Returns the word for the direction: `ascending` or `descending`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Direction {
    type Err = WordError;

    fn from_str(word: &str) -> Result<Self, WordError> {
        value_of_word("a direction", &[Self::Ascending, Self::Descending], Self::as_str, word)
    }
}

/// Writes the field and the direction: `created descending`.
impl fmt::Display for Order {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.field, self.direction)
    }
}

impl Order {
    /// Creates an order with the smallest or oldest first.
    pub fn ascending(field: OrderField) -> Self {
        Self { field, direction: Direction::Ascending }
    }

    /// Creates an order with the largest or newest first.
    pub fn descending(field: OrderField) -> Self {
        Self { field, direction: Direction::Descending }
    }
}
