//! Both formats of the service's lists.

use anyprofile_core::{Error, ErrorKind, Field, Result, envelope_fields};
use serde::Deserialize;

envelope_fields! { mod fields { counts {} records { data } } }

/// A page of a list with cursors: user profiles, groups, roles, service accounts. Its envelope differs from that of
/// messages and from [`IdPage`].
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct CursorPage<R> {
    /// The records of this page. May be fewer than requested, even none, although more pages follow.
    #[serde(deserialize_with = "fields::data")]
    pub data: Vec<R>,
    /// The cursor of the next page. The list is complete only if it is null or missing.
    #[serde(default)]
    pub next_page: Field<String>,
    /// Whether more records follow. Some lists have it in addition to the cursor.
    #[serde(default)]
    pub has_more: Field<bool>,
}

impl<R> CursorPage<R> {
    /// Returns the cursor of the next page; `None` at the end. An empty page alone is not the end.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response says that more records follow, but not where. Otherwise an incomplete
    /// list would look complete.
    pub fn next_cursor(&self) -> Result<Option<&str>> {
        let cursor = self.next_page.value().map(String::as_str).filter(|cursor| !cursor.is_empty());
        if cursor.is_none() && self.has_more.is_known_to_be(&true) {
            return Err(Error::new(ErrorKind::Decode, NOT_WHERE));
        }
        Ok(cursor)
    }
}

const NOT_WHERE: &str = "the response says that more records follow, but not where";

/// A page of a list whose cursors are the ids of its records: users, invites, workspaces and the members of a
/// workspace. [`IdPaging`](crate::IdPaging) goes on from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct IdPage<R> {
    /// The records of this page. May be empty although more pages follow.
    #[serde(deserialize_with = "fields::data")]
    pub data: Vec<R>,
    /// The id of the first record; null if the page is empty.
    #[serde(default)]
    pub first_id: Field<String>,
    /// Whether more records follow in the requested direction.
    #[serde(default)]
    pub has_more: Field<bool>,
    /// The id of the last record; null if the page is empty.
    #[serde(default)]
    pub last_id: Field<String>,
}

impl<R> IdPage<R> {
    /// Returns the `after_id` of the next page; `None` at the end. An empty page alone is not the end.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response does not say whether more records follow, or where. Otherwise an
    /// incomplete list would look complete.
    pub fn next_after_id(&self) -> Result<Option<&str>> {
        self.beyond(&self.last_id)
    }

    /// Returns the `before_id` of the previous page, if this page was requested with a `before_id`; `None` at
    /// the beginning of the list.
    ///
    /// # Errors
    /// See [`next_after_id`](Self::next_after_id).
    pub fn next_before_id(&self) -> Result<Option<&str>> {
        self.beyond(&self.first_id)
    }

    fn beyond<'a>(&self, id: &'a Field<String>) -> Result<Option<&'a str>> {
        match (self.has_more.value(), id.value().filter(|id| !id.is_empty())) {
            (Some(false), _) => Ok(None),
            (Some(true), Some(id)) => Ok(Some(id)),
            (Some(true), None) => Err(Error::new(ErrorKind::Decode, NOT_WHERE)),
            (None, _) => {
                Err(Error::new(ErrorKind::Decode, "the response does not say whether more records follow"))
            }
        }
    }
}
