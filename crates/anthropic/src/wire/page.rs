//! Lists, in both of the service's dialects.

use anyprofile_core::{Error, ErrorKind, Field, Result, envelope_fields};
use serde::Deserialize;

use super::UserProfile;

envelope_fields! { mod fields { counts {} records { data } } }

/// A page of user profiles. Another envelope than that of messages or of the organization.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct UserProfileList<R = UserProfile> {
    /// The profiles of this page. May be fewer than asked for, even none, with more to come.
    #[serde(deserialize_with = "fields::data")]
    pub data: Vec<R>,
    /// The cursor of the next page; the list is complete only without one.
    #[serde(default)]
    pub next_page: Field<String>,
}

/// A page of the organization's users or invites, whose records' ids are the cursors.
///
/// ```no_run
/// # async fn users(client: anyprofile_anthropic::AnthropicClient) -> anyprofile_core::Result<()> {
/// use anyprofile_anthropic::ListOrganizationUsers;
///
/// let mut list = ListOrganizationUsers::default();
/// loop {
///     let page = client.list_organization_users(&list).await?.list;
///     println!("{} users", page.data.len());
///     let Some(next) = list.following(&page)? else { break };
///     list = next;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de> + 'static")]
#[non_exhaustive]
pub struct IdPage<R> {
    /// The records of this page. May be none, with more to come.
    #[serde(deserialize_with = "fields::data")]
    pub data: Vec<R>,
    /// The id of the first record, null if there is none.
    #[serde(default)]
    pub first_id: Field<String>,
    /// Whether there are more records in the direction that was asked for.
    #[serde(default)]
    pub has_more: Field<bool>,
    /// The id of the last record, null if there is none.
    #[serde(default)]
    pub last_id: Field<String>,
}

impl<R> IdPage<R> {
    /// The `after_id` of the page after this one; `None` at the end. An empty page is not the end by itself.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the response does not say whether there is more, or where to go on: ending there
    /// would make the list look whole.
    pub fn next_after_id(&self) -> Result<Option<&str>> {
        self.beyond(&self.last_id)
    }

    /// The `before_id` of the page before this one, if this one was asked for with a `before_id`; `None` at the
    /// beginning of the list.
    ///
    /// # Errors
    /// As [above](Self::next_after_id).
    pub fn next_before_id(&self) -> Result<Option<&str>> {
        self.beyond(&self.first_id)
    }

    fn beyond<'a>(&self, id: &'a Field<String>) -> Result<Option<&'a str>> {
        match (self.has_more.value(), id.value().filter(|id| !id.is_empty())) {
            (Some(false), _) => Ok(None),
            (Some(true), Some(id)) => Ok(Some(id)),
            (Some(true), None) => Err(Error::new(
                ErrorKind::Decode,
                "the response says that there is more, and not where to go on",
            )),
            (None, _) => {
                Err(Error::new(ErrorKind::Decode, "the response does not say whether there is more"))
            }
        }
    }
}
