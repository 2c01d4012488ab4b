//! How responses other than single records are read: both formats of lists, and deletions.

use anyprofile_core::{
    Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Listed, Response};
use serde_json::value::RawValue;

use crate::wire::{CursorPage, IdPage};

/// Reads a page of a list with cursors.
pub(crate) fn cursor_page<T: Tolerant>(response: &Response) -> Result<Listed<CursorPage<T>>> {
    response.decode_envelope::<CursorPage<T>, CursorPage<Box<RawValue>>>(|loose| {
        let CursorPage { data, next_page, has_more } = loose;
        wire::decode_records(data, |data| CursorPage { data, next_page, has_more })
    })
}

/// Reads a page of a list whose cursors are the ids of its records.
pub(crate) fn id_page<T: Tolerant>(response: &Response) -> Result<Listed<IdPage<T>>> {
    response.decode_envelope::<IdPage<T>, IdPage<Box<RawValue>>>(|loose| {
        let IdPage { data, first_id, has_more, last_id } = loose;
        wire::decode_records(data, |data| IdPage { data, first_id, has_more, last_id })
    })
}

/// Reads the response to a deletion, which may be empty.
pub(crate) fn deleted<T: Tolerant + Default>(response: &Response) -> Result<T> {
    Ok(response.decode_record_if_any()?.unwrap_or_default())
}
