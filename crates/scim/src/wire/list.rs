//! Lists (RFC 7644 §3.4.2, RFC 9865).

use anyprofile_core::{Field, envelope_fields};
use serde::Deserialize;

use super::User;

envelope_fields! { mod fields { counts { total_results items_per_page start_index } records { resources } } }

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static", rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListResponse<R> {
    /// The number of records of all pages. Some servers give the number of this page.
    #[serde(default, deserialize_with = "fields::total_results")]
    pub total_results: Field<u64>,
    /// The number of records of this page. Some servers repeat the number that was asked for.
    #[serde(default, deserialize_with = "fields::items_per_page")]
    pub items_per_page: Field<u64>,
    /// The number of the first record of this page, from 1; missing in a list with cursors.
    #[serde(default, deserialize_with = "fields::start_index")]
    pub start_index: Field<u64>,
    /// The cursor of the next page (RFC 9865); missing on the last page, and in a list without cursors.
    #[serde(default)]
    pub next_cursor: Field<String>,
    /// The records. Missing if there are none.
    #[serde(default, rename = "Resources", alias = "resources", deserialize_with = "fields::resources")]
    pub resources: Vec<R>,
}

/// A page of users.
pub type UserList<R = User> = ListResponse<R>;
