//! Lists whose pages are numbered: all lists of this API.

use std::{fmt, ops::Range};

use anyprofile_core::{
    ErrorKind, Result,
    wire::{self, Tolerant},
};
use anyprofile_http::{Listed, Operation, Request, Response};
use serde_json::value::RawValue;

use crate::wire::ResultList;

/// The operation of a list.
pub(crate) type ListOf<T> = Operation<Listed<ResultList<T>>>;

/// The page, order and search of a list of roles, permissions, labels or teams.
///
/// The reference shows these four parameters for the labels of users (`labels-users-list`). For the other
/// lists, client code has only the page; the rest is inferred.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListEntries {
    /// The page size. The service's default for users is 10; a maximum is not published.
    pub length: Option<u32>,
    /// The field to order by. A leading `-` reverses the order. The accepted fields are not published.
    pub ordering: Option<String>,
    /// The page number, from 1.
    pub page: Option<u64>,
    /// The text to search for.
    pub search: Option<String>,
}

/// Shows only the page: the search text may be a person's name or address.
impl fmt::Debug for ListEntries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListEntries")
            .field("page", &self.page)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl ListEntries {
    pub(super) fn request(&self, operation: &'static str, path: &'static str) -> Request {
        Request::get(operation)
            .path(path)
            .query("length", self.length)
            .asking_for(self.length)
            .query("ordering", self.ordering.as_deref())
            .query("page", self.page)
            .names_resource(self.page.is_some_and(|page| page > 1))
            .query("search", self.search.as_deref())
    }
}

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
