//! Lists that have to be known as a whole.

use anyprofile_core::{ErrorKind, Result, wire::Tolerant};
use anyprofile_http::{Caller, Listed, Operation, Response};

use crate::{
    operations::{remaining_pages, result_list},
    wire::ResultList,
};

/// The records of all pages.
pub(super) struct Whole<T> {
    pub(super) records: Vec<T>,
    /// The number of records that could not be read.
    pub(super) unread: usize,
}

/// Reads all pages of a list, one after the other. `list` returns the operation for the page with a number.
///
/// # Errors
/// Those of the operation, and [`ErrorKind::Decode`] if a page is not the requested one or if records are missing.
pub(super) async fn whole<T: Tolerant + Send + 'static>(
    caller: &Caller,
    list: impl Fn(Option<u64>) -> Operation<Listed<ResultList<T>>> + Send,
) -> Result<Whole<T>> {
    let mut whole = Whole { records: Vec::new(), unread: 0 };
    let mut number = None;
    loop {
        let (asked, before) = (number, whole.records.len() + whole.unread);
        let operation = list(asked).read_as(move |response| page(response, asked.unwrap_or(1), before));
        let (records, unread, next) = caller.call(&operation).await?;
        whole.records.extend(records);
        whole.unread += unread;
        match next {
            Some(next) => number = Some(next),
            None => return Ok(whole),
        }
    }
}

/// Reads a page: its records, how many could not be read, and the number of the next page.
fn page<T: Tolerant>(response: &Response, asked: u64, before: usize) -> Result<(Vec<T>, usize, Option<u64>)> {
    let listed = result_list::<T>(response)?;
    let next = remaining_pages(response, &listed.list)?.next();
    if !listed.list.page.is_known_to_be(&asked) {
        return Err(
            response.error(ErrorKind::Decode, "the response contains another page than the requested one")
        );
    }
    let (records, unread) = (listed.list.results, listed.quarantined.len());
    let is_counted = |count: &u64| usize::try_from(*count) == Ok(before + records.len() + unread);
    if next.is_none() && !listed.list.count.value().is_none_or(is_counted) {
        let message =
            "the pages do not contain as many records as the list has: it may have changed meanwhile";
        return Err(response.error(ErrorKind::Decode, message));
    }
    Ok((records, unread, next))
}
