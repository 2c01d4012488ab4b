//! Lists whose pages are numbered: all lists of this API.

use std::ops::Range;

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Listed, Response};
use serde_json::value::RawValue;

use crate::wire::ResultList;

/// Reads a page of a list.
pub(crate) fn result_list<T: Tolerant>(response: &Response) -> Result<Listed<ResultList<T>>> {
    response.decode_envelope::<ResultList<T>, ResultList<Box<RawValue>>>(|loose| {
        let ResultList { count, page_total, page, length, results } = loose;
        wire::decode_records(results, |results| ResultList { count, page_total, page, length, results })
    })
}

/// Returns the numbers of the remaining pages.
pub(crate) fn remaining_pages<T>(response: &Response, list: &ResultList<T>) -> Result<Range<u64>> {
    // Without page numbers, a listing would end after its first page and look complete.
    list.remaining().ok_or_else(|| {
        response.error(
            ErrorKind::Decode,
            "the response is not in the documented format: page or page_total is missing, or is not a number",
        )
    })
}
