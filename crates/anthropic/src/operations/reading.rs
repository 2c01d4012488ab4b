//! How responses other than single records are read: both formats of lists, and deletions.

use anyprofile_core::{
    Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Listed, Response};
use serde_json::value::RawValue;

use crate::wire::{Deleted, IdPage, UserProfileList};

/// Reads a page of user profiles.
pub(crate) fn user_profile_list<T: Tolerant>(response: &Response) -> Result<Listed<UserProfileList<T>>> {
    response.decode_envelope::<UserProfileList<T>, UserProfileList<Box<RawValue>>>(|loose| {
        let UserProfileList { data, next_page } = loose;
        wire::decode_records(data, |data| UserProfileList { data, next_page })
    })
}

/// Reads a page of users or invites.
pub(crate) fn id_page<T: Tolerant>(response: &Response) -> Result<Listed<IdPage<T>>> {
    response.decode_envelope::<IdPage<T>, IdPage<Box<RawValue>>>(|loose| {
        let IdPage { data, first_id, has_more, last_id } = loose;
        wire::decode_records(data, |data| IdPage { data, first_id, has_more, last_id })
    })
}

/// Reads the response to a deletion, which may be empty.
pub(crate) fn deleted(response: &Response) -> Result<Deleted> {
    Ok(response.decode_record_if_any()?.unwrap_or_default())
}
