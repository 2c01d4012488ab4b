//! Pages of lists.

use std::sync::Arc;

use anyprofile_core::{
    ErrorKind, Expected, IdKind, ListQuery, Profile, Result, Status,
    listing::{Page, Quarantined},
    query::FilterPart,
};
use anyprofile_engine::{Collection, Onward, Position, RecordPage};
use anyprofile_http::{Caller, HeaderValue, Operation, Request, Response};
use serde_json::Value;

use super::{DeclaredConnector, now, position::Progress};
use crate::{
    definition::{Ending, PagingStyle, Place as ParameterPlace},
    plan::{CollectionPlan, FilterPlan, PartPlan, TotalPlan},
    record::{Captured, Look, Lookup as _, ReadAs, ReadRecord, SlotRef, read_page, read_value},
    template::{Values, set_at, text_of},
};

/// Returns the collection as the engine knows it.
pub(super) fn collection(plan: &CollectionPlan) -> Collection {
    let mut collection = Collection::new(plan.kind.clone());
    if plan.is_optional {
        collection = collection.optional();
    }
    if let Some(status) = plan.past_end {
        collection = collection.with_past_end(status);
    }
    collection
}

/// Returns whether a collection may have somebody who matches a query.
pub(super) fn may_match(collection: &CollectionPlan, query: &ListQuery) -> bool {
    let kinds = &query.filter.kind;
    let kind = collection.parts.first().and_then(|part| part.plan.constant_kind());
    kinds.is_empty() || kind.is_none_or(|kind| kinds.contains(&Expected::Is(kind)))
}

/// What a page leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The part ends here, as the service says.
    End,
    /// The part ends here because it cannot be read further.
    Unproven,
    /// The next page is at this position of the service.
    At(String),
}

/// A page of a part, and what it leads to.
struct PartPage {
    page: Page<Profile>,
    step: Step,
    /// How many records the page has, skipped ones included.
    records: u64,
    total: Option<u64>,
}

impl DeclaredConnector {
    pub(super) async fn list_page(
        &self,
        caller: &Caller,
        query: &ListQuery,
        kind: &IdKind,
        token: Option<&str>,
    ) -> Result<RecordPage> {
        let Some(index) = self.place_of(kind) else {
            return Err(anyprofile_core::listing::Cursor::foreign(caller.info()));
        };
        let collection = &self.plan.collections[index];
        let mut progress = match token {
            Some(token) => Progress::of_token(token)
                .ok_or_else(|| anyprofile_core::listing::Cursor::foreign(caller.info()))?,
            None => Progress::default(),
        };
        let filters = self.filters(collection, query);
        let page_size = query.page_size.or(collection.page_size.as_ref().map(|size| size.default));
        let parts =
            if filters.iter().any(|(filter, _)| filter.covers_parts) { 1 } else { collection.parts.len() };
        let Some(part) = collection.parts.get(progress.part).filter(|_| progress.part < parts) else {
            return Err(anyprofile_core::listing::Cursor::foreign(caller.info()));
        };
        let covers_parts = parts < collection.parts.len();
        let own =
            filters.iter().find_map(|(filter, value)| Some((filter.part.as_deref()?, value, filter.number)));
        let read = if let Some((own, value, number)) = own {
            // One response has all matches.
            let values = Values { page_size, value: Some(value), ..self.values() };
            let request = own.request.request(&values, self.additions()).asking_for(page_size);
            let place = PartPlace { collection: index, part: progress.part, filter: Some(number) };
            self.call(caller, request, place, query, &Progress::default()).await?
        } else {
            if let (Some(TotalPlan::Request(request, at)), true) = (&part.total, progress.position.is_empty())
            {
                let (request, at) = (request.request(&self.values(), self.additions()), at.clone());
                let operation = Operation::new(request, move |response| number_at(response, &at));
                progress.total = Some(caller.call(&operation).await?);
            }
            let request = self.page_request(part, &progress, page_size, &filters, covers_parts, caller)?;
            let place = PartPlace { collection: index, part: progress.part, filter: None };
            self.call(caller, request, place, query, &progress).await?
        };
        let is_single = collection.parts.len() == 1;
        let PartPage { page, mut step, records, total } = read;
        let count = progress.count + records;
        let total = total.or(progress.total);
        if collection.reach.is_some_and(|reach| count >= reach) {
            step = Step::Unproven;
        }
        let page = page.with_declared_total(total.filter(|_| is_single && own.is_none()));
        // The total of one part of several is compared here, since the engine sees only the whole.
        let is_short =
            step == Step::End && !is_single && own.is_none() && total.is_some_and(|total| count < total);
        let is_doubted = progress.is_doubted || step == Step::Unproven || is_short;
        let next_part = |is_doubted| Progress { part: progress.part + 1, is_doubted, ..Progress::default() };
        let onward = match step {
            Step::At(position) if position == progress.position => {
                return Err(anyprofile_core::Error::new(
                    ErrorKind::Decode,
                    "the next page is the page itself",
                )
                .with_provider(caller.info())
                .with_operation(part.request.operation().to_owned())
                .with_hint("the pages before are good, and more may follow; report it to the service"));
            }
            Step::At(position) => {
                // A position that tells what came before is a new one each time. Where that is not needed, a position of the service
                // that comes again is found out.
                let is_counted = matches!(part.paging.style, PagingStyle::Page | PagingStyle::Offset)
                    || collection.reach.is_some()
                    || (!is_single && part.total.is_some());
                let (count, page) = if is_counted { (count, progress.page + 1) } else { (0, 0) };
                let total = progress.total;
                Onward::At(Position::Token(Progress { count, page, total, position, ..progress }.to_token()))
            }
            Step::End | Step::Unproven if progress.part + 1 < parts && own.is_none() => {
                Onward::At(Position::Token(next_part(is_doubted).to_token()))
            }
            Step::End | Step::Unproven if is_doubted => Onward::Unproven,
            Step::End | Step::Unproven => Onward::End,
        };
        let page = RecordPage::new(page, onward);
        let is_numbered = matches!(part.paging.style, PagingStyle::Page | PagingStyle::Offset);
        Ok(if is_numbered { page.numbered() } else { page })
    }

    /// Sends the request of a page, and reads it.
    async fn call(
        &self,
        caller: &Caller,
        request: Request,
        place: PartPlace,
        _: &ListQuery,
        progress: &Progress,
    ) -> Result<PartPage> {
        let (plan, progress) = (Arc::clone(&self.plan), progress.clone());
        let operation = Operation::new(request, move |response| {
            let collection = &plan.collections[place.collection];
            let part = match place.filter {
                Some(number) => {
                    let mut filters = collection.filters.all();
                    filters.find(|filter| filter.number == number).and_then(|filter| filter.part.as_deref())
                }
                None => collection.parts.get(place.part),
            };
            match part {
                Some(part) => part_page(response, part, &progress),
                None => Err(response.error(ErrorKind::Internal, "the definition has no such part")),
            }
        });
        caller.call(&operation).await
    }

    /// Returns the filters that the service applies to a collection, each with its value.
    fn filters<'a>(&self, collection: &'a CollectionPlan, query: &ListQuery) -> Vec<(&'a FilterPlan, Value)> {
        let pushed = query.filter_plan(&self.capabilities).pushed;
        let is_pushed = |part| pushed.contains(&part);
        let (filters, filter) = (&collection.filters, &query.filter);
        let mut all = Vec::new();
        if let (Some(plan), Some(text)) = (&filters.search, &query.search) {
            all.push((plan, Value::from(text.as_str())));
        }
        if let (Some(plan), Some(email), true) = (&filters.email, &filter.email, is_pushed(FilterPart::Email))
        {
            let lower = plan.is_lower_case.then(|| email.to_lowercase());
            all.push((plan, Value::from(lower.unwrap_or_else(|| email.clone()))));
        }
        if let ([Expected::Is(status)], true) = (&filter.status[..], is_pushed(FilterPart::Status)) {
            all.extend(filters.status.get(status).map(|plan| (plan, Value::from(status.as_str()))));
        }
        if let (Some(Expected::Is(mfa)), true) = (&filter.mfa, is_pushed(FilterPart::Mfa)) {
            all.extend(filters.mfa.get(mfa).map(|plan| (plan, Value::from(*mfa))));
        }
        if let (Some(plan), Some(role), true) = (&filters.role, &filter.role, is_pushed(FilterPart::Role)) {
            all.push((plan, Value::from(role.as_str())));
        }
        for (plan, time, part) in [
            (&filters.updated_since, filter.updated_since, FilterPart::UpdatedSince),
            (&filters.created_since, filter.created_since, FilterPart::CreatedSince),
        ] {
            if let (Some(plan), Some(time), true) = (plan, time, is_pushed(part)) {
                all.push((plan, Value::from(time.to_string())));
            }
        }
        all
    }

    /// Builds the request of a page.
    pub(super) fn page_request(
        &self,
        part: &PartPlan,
        progress: &Progress,
        page_size: Option<u32>,
        filters: &[(&FilterPlan, Value)],
        covers_parts: bool,
        caller: &Caller,
    ) -> Result<Request> {
        let missing = |name: String| {
            anyprofile_core::Error::new(ErrorKind::Internal, format!("the request needs {{{name}}}"))
                .with_provider(caller.info())
        };
        let values = Values { page_size, ..self.values() };
        let mut additions = self.additions();
        let mut body = part.request.body(&values).map_err(missing)?;
        let own = part.query.iter().filter(|_| !covers_parts);
        for (name, templates) in own {
            let texts = templates.iter().map(|template| template.render(&values)).collect::<Result<_, _>>();
            additions.query.push((name.clone(), texts.map_err(missing)?));
        }
        for (filter, value) in filters {
            let values = Values { value: Some(value), ..values };
            for (name, templates) in &filter.query {
                let texts =
                    templates.iter().map(|template| template.render(&values)).collect::<Result<_, _>>();
                additions.query.retain(|(known, _)| known != name);
                additions.query.push((name.clone(), texts.map_err(missing)?));
            }
            for (pointer, template) in &filter.body {
                let value = template.render(&values).map_err(missing)?;
                set_at(body.get_or_insert_with(|| Value::Object(serde_json::Map::new())), pointer, value);
            }
        }
        let paging = &part.paging;
        let mut follow = None;
        let position = match paging.style {
            PagingStyle::Page => {
                let first = paging.first.to_string();
                Some(if progress.position.is_empty() { first } else { progress.position.clone() })
            }
            PagingStyle::Offset => Some(progress.count.to_string()),
            PagingStyle::Link => {
                follow = Some(progress.position.as_str()).filter(|link| !link.is_empty());
                None
            }
            PagingStyle::Header => {
                if let (Some(name), Ok(value), false) =
                    (&paging.to, HeaderValue::from_str(&progress.position), progress.position.is_empty())
                {
                    additions.headers.push((name.clone(), value));
                }
                None
            }
            PagingStyle::Cursor | PagingStyle::LastRecord => {
                Some(progress.position.clone()).filter(|position| !position.is_empty())
            }
            PagingStyle::None => None,
        };
        if let Some(position) = position {
            match paging.place {
                ParameterPlace::Query => additions.query.push((paging.parameter.clone(), vec![position])),
                ParameterPlace::Body => {
                    let is_number =
                        matches!(paging.style, PagingStyle::Page | PagingStyle::Offset) && !paging.as_text;
                    let number = position.parse::<u64>().ok().filter(|_| is_number);
                    let value = number.map_or_else(|| Value::from(position), Value::from);
                    set_at(
                        body.get_or_insert_with(|| Value::Object(serde_json::Map::new())),
                        &paging.parameter,
                        value,
                    );
                }
            }
        }
        additions.body = body;
        // A link to another path is followed where the definition says that the service has such links.
        if let Some(path) = follow.and_then(|link| other_path(link, caller, &paging.paths)) {
            additions.path = Some(path);
        }
        let names_page = progress.page > 0 && matches!(paging.style, PagingStyle::Page | PagingStyle::Offset);
        let request = part.request.request(&values, additions).asking_for(page_size).follow(follow);
        Ok(request.names_resource(names_page))
    }
}

/// Returns the path of a link below the base URL, if it is one that lists may continue at.
fn other_path(link: &str, caller: &Caller, allowed: &[String]) -> Option<String> {
    if allowed.is_empty() {
        return None;
    }
    let base = anyprofile_http::Url::parse(&caller.info().base_url).ok()?;
    let link = base.join(link).ok()?;
    let path = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
    allowed.iter().any(|prefix| path.starts_with(prefix.as_str())).then(|| path.to_owned())
}

/// A part of a collection, by its place.
#[derive(Clone, Copy)]
struct PartPlace {
    collection: usize,
    part: usize,
    /// The number of the filter with a request of its own.
    filter: Option<usize>,
}

/// Reads a page of a part.
fn part_page(response: &Response, part: &PartPlan, progress: &Progress) -> Result<PartPage> {
    let total_slot = match &part.total {
        Some(TotalPlan::Body(place)) if place.inside.is_none() => Some(place.slot),
        _ => None,
    };
    let how = ReadAs {
        page: &part.page,
        record: &part.plan.shape,
        records: &part.records,
        is_keyed: part.is_keyed,
        absent_is_empty: part.absent_is_empty,
        total: total_slot,
    };
    let read = read_page(response, how)?;
    let records = u64::try_from(read.records.len()).unwrap_or(u64::MAX);
    let total = match &part.total {
        Some(TotalPlan::Body(place)) => number_of(read.around.look(place)),
        Some(TotalPlan::Header(name)) => {
            response.headers.get(name).and_then(|value| value.to_str().ok()?.trim().parse().ok())
        }
        _ => None,
    };
    let last = last_position(part, read.records.iter().rev().find_map(|record| record.as_ref().ok()));
    let now = now();
    let info = response.info();
    let mut profiles = Vec::with_capacity(read.records.len());
    let mut quarantined = Vec::new();
    for (number, record) in read.records.into_iter().enumerate() {
        let profile = match record {
            Ok(record) if part.plan.skips(&record.captured, now) => continue,
            Ok(record) => part.plan.profile(info, record, now),
            Err(reason) => Err(reason),
        };
        match profile {
            Ok(profile) => profiles.push(profile),
            Err(reason) => quarantined.push(Quarantined::new(number, reason)),
        }
    }
    let step = step(response, part, &read.around, progress, records, total.or(progress.total), last);
    let page = Page::last(profiles)
        .with_quarantined(quarantined)
        .with_request(response.request_id.clone(), response.stats)
        .with_date(response.date());
    Ok(PartPage { page, step, records, total })
}

/// Returns the position in the last record of a page that could be read: one that could not comes again then.
pub(super) fn last_position(part: &PartPlan, last: Option<&ReadRecord>) -> Option<String> {
    let place = part.paging.next.as_ref().filter(|_| part.paging.style == PagingStyle::LastRecord)?;
    last?.captured.look(place).text().map(std::borrow::Cow::into_owned)
}

/// Decides what a page leads to. Only what the service says proves an end: never a short page.
pub(super) fn step(
    response: &Response,
    part: &PartPlan,
    around: &Captured,
    progress: &Progress,
    records: u64,
    total: Option<u64>,
    last: Option<String>,
) -> Step {
    let paging = &part.paging;
    // A value of another type may lead on in a way that the definition does not know.
    let at = |place: &SlotRef| match around.look(place) {
        Look::Absent | Look::Null | Look::Text("") => Ok(None),
        look => look.text().map(|text| Some(text.into_owned())).ok_or(()),
    };
    let more = paging.more.as_ref().map_or(Look::Absent, |place| around.look(place));
    let says_more = match more {
        Look::Absent | Look::Null => false,
        Look::Bool(false) | Look::Integer(0) | Look::Text("false") => return Step::End,
        // Whatever else it is, it does not say that nothing follows.
        _ => true,
    };
    let onward = |next: Result<Option<String>, ()>| match next {
        Ok(Some(next)) => Step::At(next),
        Ok(None) if !says_more => Step::End,
        Ok(None) | Err(()) => Step::Unproven,
    };
    match paging.style {
        PagingStyle::None => Step::End,
        PagingStyle::Page | PagingStyle::Offset => {
            let is_over = match paging.end {
                Some(Ending::Total) => {
                    let count = progress.count.saturating_add(records);
                    if total.is_none() && records == 0 {
                        return Step::Unproven;
                    }
                    total.is_some_and(|total| count >= total)
                }
                Some(Ending::Last) => {
                    let number = paging.first + progress.page;
                    let last = paging.last.as_ref().and_then(|place| number_of(around.look(place)));
                    match last {
                        // A page without records may be in the middle: its people may not be seen.
                        Some(last) if number < last && records == 0 => {
                            return Step::At((number + 1).to_string());
                        }
                        None if records == 0 => return Step::Unproven,
                        last => last.is_some_and(|last| number >= last),
                    }
                }
                Some(Ending::Empty) | None => false,
            };
            if is_over && !says_more {
                return Step::End;
            }
            if records == 0 {
                // A page after all others. Where the service says that more follows, it does not come.
                return if says_more { Step::Unproven } else { Step::End };
            }
            Step::At((paging.first + progress.page + 1).to_string())
        }
        PagingStyle::Cursor => onward(paging.next.as_ref().map_or(Ok(None), at)),
        PagingStyle::Link => onward(match &paging.next {
            Some(place) => at(place),
            None => next_link(response, paging.unless.as_deref()),
        }),
        PagingStyle::LastRecord => match last.filter(|last| !last.is_empty()) {
            Some(last) => Step::At(last),
            None if records == 0 && !says_more => Step::End,
            // The last record could not be read, so the next page cannot be requested.
            None => Step::Unproven,
        },
        PagingStyle::Header => {
            let next = paging.from.as_ref().and_then(|name| response.headers.get(name));
            onward(match next {
                None => Ok(None),
                Some(next) if next.is_empty() => Ok(None),
                Some(next) => next.to_str().map(|next| Some(next.to_owned())).map_err(|_| ()),
            })
        }
    }
}

/// Returns a number, or a text of digits.
fn number_of(look: Look<'_>) -> Option<u64> {
    match look {
        Look::Integer(number) => u64::try_from(number).ok(),
        Look::Text(text) => whole(text),
        Look::Float(number) => whole(&number.to_string()),
        _ => None,
    }
}

/// Returns a whole number, also one that is written with a fraction of 0.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = match text.split_once('.') {
        Some((digits, fraction)) if fraction.bytes().all(|digit| digit == b'0') => digits,
        _ => text,
    };
    digits.parse().ok()
}

fn number_at(response: &Response, pointer: &str) -> Result<u64> {
    let value = read_value(response, pointer)?;
    whole(&text_of(&value)).ok_or_else(|| {
        response
            .error(ErrorKind::Decode, format!("the response has no number at '{pointer}'"))
            .with_hint("compare `total` of the definition with a response of the service")
    })
}

/// Returns the link with `rel="next"` (RFC 8288), unless an attribute says that nothing follows.
///
/// # Errors
/// If there is a header that cannot be read: it may have that link.
fn next_link(response: &Response, unless: Option<&str>) -> Result<Option<String>, ()> {
    let mut is_unread = false;
    for value in response.headers.get_all(anyprofile_http::header::LINK) {
        // A title may be in another encoding; the link itself is ASCII.
        let value = String::from_utf8_lossy(value.as_bytes());
        if let Some(next) = next_of(&value, unless) {
            return Ok(Some(next));
        }
        is_unread |= !(value.trim().is_empty() || (value.contains('<') && value.contains('>')));
    }
    if is_unread { Err(()) } else { Ok(None) }
}

fn next_of(header: &str, unless: Option<&str>) -> Option<String> {
    let mut rest = header;
    while let Some((_, begun)) = rest.split_once('<') {
        let (link, behind) = begun.split_once('>')?;
        // The parameters end at a comma outside of quotes.
        let mut is_quoted = false;
        let end = behind.char_indices().find(|(_, letter)| {
            is_quoted ^= *letter == '"';
            *letter == ',' && !is_quoted
        });
        let (parameters, after) = end.map_or((behind, ""), |(at, _)| (&behind[..at], &behind[at + 1..]));
        rest = after;
        let has = |name: &str, wanted: &str| {
            parameters.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(key, value)| {
                let value = value.trim().trim_matches('"');
                key.trim().eq_ignore_ascii_case(name)
                    && value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(wanted))
            })
        };
        if has("rel", "next") {
            return (!unless.is_some_and(|name| has(name, "false"))).then(|| link.to_owned());
        }
    }
    None
}

/// Returns the statuses that one of the collections can be filtered by.
pub(super) fn statuses(collections: &[CollectionPlan]) -> Vec<Status> {
    let mut all: Vec<Status> = Vec::new();
    for status in collections.iter().flat_map(|collection| collection.filters.status.keys()) {
        if !all.contains(status) {
            all.push(status.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let link = |header: &str| next_of(header, Some("results"));
        let two = r#"<https://x/a?p=1>; rel="self", <https://x/a?p=2,3>; rel="next"; title="a, b""#;
        assert_eq!(link(two).as_deref(), Some("https://x/a?p=2,3"));
        assert_eq!(link(r#"<https://x>; rel="prev"; results="true""#), None);
        assert_eq!(link(r#"<https://x>; rel="next"; results="false"; cursor="0:1:0""#), None);
        assert_eq!(link(r#"<https://x>; rel="next"; results="true""#).as_deref(), Some("https://x"));
        assert_eq!(link("no link"), None);
    }
}
