//! Paging: what a definition says of it, checked.

use anyprofile_http::HeaderName;

use super::Resolver;
use crate::{
    definition::{Collection, Ending, Paging, PagingStyle, Place},
    flaw::Key,
};

impl Resolver<'_> {
    pub(crate) fn check_paging(&mut self, key: &Key, collection: &Collection) {
        let has_total = collection.total.is_some();
        self.check_paging_of(key, &collection.paging, has_total);
        if collection.paging.style != PagingStyle::None
            && let Some(parameter) = &collection.paging.parameter
            && collection.paging.place == Place::Query
            && collection.request.query.contains_key(parameter)
        {
            self.flaws.add(&key.then("parameter"), "the request's query has this parameter, too");
        }
    }

    /// Checks what shows that a page without records is empty: something else than the records.
    pub(super) fn check_empty_page(&mut self, key: &Key, pointer: &str, records: &str) {
        self.check_pointer(key, pointer);
        let is_around = records.starts_with(pointer) || pointer.starts_with(records);
        if is_around {
            self.flaws.add(key, "it is something beside the records, which only a page of this list has");
        }
    }

    pub(crate) fn check_paging_of(&mut self, key: &Key, paging: &Paging, has_total: bool) {
        use PagingStyle::{Cursor, Header, LastRecord, Link, Offset, Page};

        let needs_parameter = matches!(paging.style, Page | Offset | Cursor | LastRecord | Header);
        match (&paging.parameter, needs_parameter) {
            (None, true) => {
                self.flaws.add(&key.then("parameter"), "this style needs the parameter with the position");
            }
            (Some(_), false) => self.flaws.add(&key.then("parameter"), "this style has no parameter"),
            _ => {}
        }
        match (&paging.next, paging.style) {
            (None, Cursor | LastRecord | Header) => {
                self.flaws.add(&key.then("next"), "this style needs the place of the next position");
            }
            (Some(_), Page | Offset | PagingStyle::None) => {
                self.flaws.add(&key.then("next"), "this style has no next position");
            }
            (Some(next), Cursor | LastRecord | Link) => self.check_pointer(&key.then("next"), next),
            _ => {}
        }
        for (name, pointer) in [("more", &paging.more), ("last", &paging.last)] {
            if let Some(pointer) = pointer {
                self.check_pointer(&key.then(name), pointer);
            }
        }
        match (paging.end, paging.style) {
            (None, Page | Offset | LastRecord) if paging.more.is_none() => {
                self.flaws.add(
                    &key.then("end"),
                    "say what proves the end: `end = \"total\"`, `end = \"empty\"`, or `more`; a short page proves nothing",
                );
            }
            (Some(Ending::Last), style) if style != Page || paging.last.is_none() => {
                self.flaws.add(
                    &key.then("end"),
                    "the last page is for the style `page`, with its number's place in `last`",
                );
            }
            (Some(Ending::Total), _) if !has_total => {
                self.flaws.add(&key.then("end"), "the end is the total, and there is no `total`");
            }
            (Some(_), Cursor | Link | Header | PagingStyle::None) => {
                self.flaws.add(&key.then("end"), "this style ends without a next position");
            }
            _ => {}
        }
        if paging.style != Page && (paging.first.is_some() || paging.last.is_some()) {
            self.flaws.add(key, "`first` and `last` are for the style `page`");
        }
        if paging.as_text && paging.place != Place::Body {
            self.flaws.add(&key.then("as_text"), "only a position in a body can be a text or a number");
        }
        if paging.place == Place::Body && matches!(paging.style, Link | Header | PagingStyle::None) {
            self.flaws.add(&key.then("place"), "this style has no parameter");
        }
        if paging.style == LastRecord && paging.end == Some(Ending::Total) {
            self.flaws.add(&key.then("end"), "this style ends with an empty page, or with `more`");
        }
        if !paging.paths.is_empty() && paging.style != Link {
            self.flaws.add(&key.then("paths"), "only links lead to other paths");
        }
        if paging.unless.is_some() && (paging.style != Link || paging.next.is_some()) {
            self.flaws.add(&key.then("unless"), "only a link in a header has attributes");
        }
        if paging.place == Place::Body
            && let Some(parameter) = &paging.parameter
        {
            self.check_pointer(&key.then("parameter"), parameter);
        }
        if paging.style == Header {
            for (name, text) in [("parameter", &paging.parameter), ("next", &paging.next)] {
                if text.as_ref().is_some_and(|text| text.parse::<HeaderName>().is_err()) {
                    self.flaws.add(&key.then(name), "it is no name of a header");
                }
            }
        }
    }
}

/// Returns the paging of a list with one page.
pub(crate) fn no_paging() -> Paging {
    Paging {
        style: PagingStyle::None,
        parameter: None,
        place: Place::Query,
        first: None,
        as_text: false,
        next: None,
        end: None,
        last: None,
        more: None,
        unless: None,
        paths: Vec::new(),
    }
}
