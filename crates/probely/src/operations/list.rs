//! Lists whose pages are numbered: all lists of this API.

use std::ops::Range;

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Answer, Listed};
use serde_json::value::RawValue;

use crate::wire::ResultList;

/// A page of a list.
pub(crate) fn result_list<T: Tolerant>(answer: &Answer) -> Result<Listed<ResultList<T>>> {
    answer.decode_envelope::<ResultList<T>, ResultList<Box<RawValue>>>(|loose| {
        let ResultList { count, page_total, page, length, results } = loose;
        wire::decode_records(results, |results| ResultList { count, page_total, page, length, results })
    })
}

/// The numbers of the pages that remain after one.
pub(crate) fn remaining_pages<T>(answer: &Answer, list: &ResultList<T>) -> Result<Range<u64>> {
    // Without numbers a listing would end after its first page and look whole.
    list.remaining().ok_or_else(|| {
        answer.error(
            ErrorKind::Decode,
            "the answer does not have the documented form: page or page_total is missing, or not a number",
        )
    })
}
