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

use super::{
    DeclaredConnector, now,
    onward::{Step, last_position, number_at, number_of, step},
    position::Progress,
};
use crate::{
    definition::{PagingStyle, Place as ParameterPlace},
    plan::{CollectionPlan, FilterPlan, PartPlan, TotalPlan},
    record::{Lookup as _, ReadAs, read_page},
    template::{Values, set_at},
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
    let may_be_of =
        |part: &PartPlan| part.plan.constant_kind().is_none_or(|kind| kinds.contains(&Expected::Is(kind)));
    kinds.is_empty() || collection.parts.iter().any(may_be_of)
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
            // It counts everybody, whatever the filter.
            let is_first = progress.position.is_empty() && filters.is_empty();
            if let (Some(TotalPlan::Request(request, at)), true) = (&part.total, is_first) {
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
        empty_if: part.empty_if.as_ref(),
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

/// Returns the statuses that each collection can be filtered by that can be filtered by some.
pub(super) fn statuses(collections: &[CollectionPlan]) -> Vec<Status> {
    let mut filtered =
        collections.iter().map(|it| &it.filters.status).filter(|statuses| !statuses.is_empty());
    let Some(first) = filtered.next() else { return Vec::new() };
    let others: Vec<_> = filtered.collect();
    first.keys().filter(|status| others.iter().all(|other| other.contains_key(*status))).cloned().collect()
}
