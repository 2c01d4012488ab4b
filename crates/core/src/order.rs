//! What a listing is ordered by, and from which end.

use serde::{Deserialize, Serialize};

use crate::open_enum;

open_enum! {
    /// What a listing is ordered by.
    pub enum OrderField {
        /// When the record was made.
        Created = "created",
        /// When the record was last changed.
        Updated = "updated",
        /// The display name.
        Name = "name",
        /// The e-mail address.
        Email = "email",
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// What to order by.
    pub field: OrderField,
    /// Which end comes first.
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The smallest, the oldest.
    Ascending,
    /// The largest, the newest.
    Descending,
}

impl Order {
    /// Smallest or oldest first.
    pub fn ascending(field: OrderField) -> Self {
        Self { field, direction: Direction::Ascending }
    }

    /// Largest or newest first.
    pub fn descending(field: OrderField) -> Self {
        Self { field, direction: Direction::Descending }
    }
}
