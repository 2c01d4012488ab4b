//! Lists.

use std::collections::BTreeMap;

use anyprofile_core::{IdKind, profile::View};
use anyprofile_http::HeaderName;
use serde_json::Value;

use super::{PAGE, Resolver, filters::Filters};
use crate::{
    definition::{Collection, Ending, Map, PageSize, Paging, PagingStyle, Part, Place},
    flaw::Key,
    mapping::RecordPlan,
    operations::RequestPlan,
    record::{Shape, ShapeBuilder, SlotRef},
    template::{Template, text_of},
};

/// A list.
#[derive(Debug)]
pub(crate) struct CollectionPlan {
    pub(crate) kind: IdKind,
    pub(crate) view: View,
    pub(crate) parts: Vec<PartPlan>,
    pub(crate) page_size: Option<PageSize>,
    pub(crate) reach: Option<u64>,
    pub(crate) is_optional: bool,
    pub(crate) past_end: Option<u16>,
    pub(crate) filters: Filters,
    pub(crate) with: Vec<View>,
    pub(crate) enrich: Vec<View>,
}

/// A part of a list, or a joined list.
#[derive(Debug)]
pub(crate) struct PartPlan {
    pub(crate) request: RequestPlan,
    /// Parameters of the part.
    pub(crate) query: Vec<(String, Vec<Template>)>,
    pub(crate) records: String,
    pub(crate) is_keyed: bool,
    pub(crate) empty_if: Option<SlotRef>,
    pub(crate) paging: PagingPlan,
    pub(crate) total: Option<TotalPlan>,
    pub(crate) page: Shape,
    pub(crate) plan: RecordPlan,
}

/// Where the total is.
#[derive(Debug)]
pub(crate) enum TotalPlan {
    Body(SlotRef),
    Header(HeaderName),
    Request(Box<RequestPlan>, String),
}

/// How the next page is requested.
#[derive(Debug)]
pub(crate) struct PagingPlan {
    pub(crate) style: PagingStyle,
    pub(crate) parameter: String,
    pub(crate) place: Place,
    pub(crate) first: u64,
    pub(crate) as_text: bool,
    /// The next cursor or link in the body, or the position in the last record.
    pub(crate) next: Option<SlotRef>,
    /// The header of the response that leads on, for `header`.
    pub(crate) from: Option<HeaderName>,
    pub(crate) to: Option<HeaderName>,
    pub(crate) end: Option<Ending>,
    pub(crate) more: Option<SlotRef>,
    /// The number of the last page.
    pub(crate) last: Option<SlotRef>,
    pub(crate) unless: Option<String>,
    /// Other paths that a link may lead to.
    pub(crate) paths: Vec<String>,
}

impl CollectionPlan {
    /// Returns the requests that the list may send.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &RequestPlan> {
        let filters = self.filters.all().filter_map(|filter| filter.part.as_deref());
        self.parts.iter().chain(filters).flat_map(|part| {
            let total = match &part.total {
                Some(TotalPlan::Request(request, _)) => Some(&**request),
                _ => None,
            };
            std::iter::once(&part.request).chain(total)
        })
    }
}

/// What a part of a list is made of.
pub(crate) struct PartOf<'a> {
    pub(crate) request: RequestPlan,
    pub(crate) query: Vec<(String, Vec<Template>)>,
    pub(crate) records: &'a str,
    pub(crate) is_keyed: bool,
    pub(crate) empty_if: Option<&'a str>,
    pub(crate) paging: &'a Paging,
    pub(crate) total_at: Option<&'a str>,
    pub(crate) plan: RecordPlan,
}

impl Resolver<'_> {
    pub(super) fn collections(&mut self) -> Vec<CollectionPlan> {
        let definition = self.definition;
        let top = Key::default().then("collections");
        let mut plans: Vec<CollectionPlan> = Vec::new();
        for (number, collection) in definition.collections.iter().enumerate() {
            let key = top.then(number);
            let Some(plan) = self.collection(&key, collection) else { continue };
            if plans.iter().any(|known| known.kind == plan.kind) {
                self.flaws.add(
                    &key.then("kind"),
                    "two collections have ids of this kind; make the second one a part of the first (`parts`), or give it a kind of its own",
                );
            }
            plans.push(plan);
        }
        plans
    }

    fn collection(&mut self, key: &Key, collection: &Collection) -> Option<CollectionPlan> {
        let definition = self.definition;
        let kind = self.kind(&key.then("kind"), &collection.kind);
        let view = View::named(collection.view.as_deref().unwrap_or(&collection.kind));
        self.check_pointer(&key.then("records"), &collection.records);
        self.check_map(&key.then("map"), &collection.map);
        self.check_paging(&key.then("paging"), collection);
        for (number, case) in collection.skip.iter().enumerate() {
            self.check_case(&key.then("skip").then(number), case, false);
        }
        if !collection.skip.is_empty() && collection.total.is_some() {
            self.flaws.add(
                &key.then("skip"),
                "records are skipped, so the total would be another number: leave out `total`",
            );
        }
        let request = self.request(&key.then("request"), &collection.request, PAGE);
        let whole = [Part::default()];
        let parts = if collection.parts.is_empty() { &whole[..] } else { &collection.parts };
        let mut plans = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let key = if collection.parts.is_empty() { key.clone() } else { key.then("parts").then(number) };
            self.check_map(&key.then("map"), &part.map);
            let own = part.request.as_ref().map(|own| self.request(&key.then("request"), own, PAGE));
            let Some(request) = own.unwrap_or_else(|| request.clone()) else { continue };
            let query = self.query(&key.then("query"), &part.query, PAGE);
            let maps: [&Map; 3] = [&definition.map, &collection.map, &part.map];
            let last = collection
                .paging
                .next
                .as_deref()
                .filter(|_| collection.paging.style == PagingStyle::LastRecord);
            let further: Vec<&str> = last.into_iter().collect();
            let plan = RecordPlan::new(&kind, &view, &maps, &collection.skip, &further, &definition.secrets);
            let of = PartOf {
                request,
                query,
                records: part.records.as_deref().unwrap_or(&collection.records),
                is_keyed: collection.keyed,
                empty_if: collection.empty_if.as_deref(),
                paging: &collection.paging,
                total_at: collection.total.as_ref().and_then(|total| total.at.as_deref()),
                plan,
            };
            let mut plan = self.part(&key, of);
            if let Some(total) = &collection.total {
                plan.total = self.total(&key.then("total"), total, plan.total);
            }
            plans.push(plan);
        }
        let filters = self.filters(key, collection, &kind, &view);
        let maps: [&Map; 2] = [&definition.map, &collection.map];
        if crate::mapping::merged(&maps).id.is_none() {
            self.flaws.add(&key.then("map"), "no rule for `id`: write `map.id`");
        }
        let has_size = |text: &str| text.contains("{page_size");
        let texts = format!("{:?}{:?}", collection.request, collection.parts);
        if has_size(&texts) && collection.page_size.is_none() {
            self.flaws.add(&key.then("page_size"), "the request has {page_size}: say its default");
        }
        if let Some(size) = &collection.page_size
            && size.max.is_some_and(|max| size.default > max)
        {
            self.flaws.add(&key.then("page_size").then("default"), "it is larger than `max`");
        }
        let views = |names: &[String]| names.iter().map(|name| View::named(name)).collect();
        (!plans.is_empty()).then(|| CollectionPlan {
            kind,
            view,
            parts: plans,
            page_size: collection.page_size.clone(),
            reach: collection.reach,
            is_optional: collection.optional,
            past_end: collection.past_end,
            filters,
            with: views(&collection.with),
            enrich: views(&collection.enrich),
        })
    }

    pub(crate) fn query(
        &mut self,
        key: &Key,
        query: &BTreeMap<String, Value>,
        names: &[&str],
    ) -> Vec<(String, Vec<Template>)> {
        let mut all = Vec::new();
        for (name, value) in query {
            let key = key.then(name.as_str());
            let values = match value {
                Value::Array(values) => values.iter().collect(),
                value => vec![value],
            };
            let mut templates = Vec::new();
            for value in values {
                let text = text_of(value);
                self.check_template(&key, &text, names);
                templates.extend(Template::parse(&text).ok());
            }
            all.push((name.clone(), templates));
        }
        all
    }

    /// Resolves a part of a list.
    pub(crate) fn part(&mut self, key: &Key, of: PartOf<'_>) -> PartPlan {
        let PartOf { request, query, records, is_keyed, empty_if, paging, total_at, plan } = of;
        let mut page = ShapeBuilder::default();
        page.records(records);
        let in_body = match (paging.style, &paging.next) {
            (PagingStyle::Cursor | PagingStyle::Link, Some(next)) => Some(next),
            _ => None,
        };
        for pointer in in_body.into_iter().chain(&paging.more).chain(&paging.last) {
            page.scalar(pointer);
        }
        if let Some(at) = total_at {
            self.check_pointer(&key.then("total").then("at"), at);
            page.scalar(at);
        }
        if let Some(shown_by) = empty_if {
            self.check_empty_page(&key.then("empty_if"), shown_by, records);
            page.tree(shown_by);
        }
        let page = page.build();
        let empty_if = empty_if.and_then(|place| page.place(place).cloned());
        let find = |pointer: &String| page.place(pointer).cloned();
        let next = match paging.style {
            PagingStyle::LastRecord => paging.next.as_ref().and_then(|next| plan.shape.place(next).cloned()),
            _ => in_body.and_then(find),
        };
        let header = |name: Option<&String>| name.and_then(|name| name.parse::<HeaderName>().ok());
        let is_header = paging.style == PagingStyle::Header;
        let paging = PagingPlan {
            style: paging.style,
            parameter: paging.parameter.clone().unwrap_or_default(),
            place: paging.place,
            first: paging.first.unwrap_or(1),
            as_text: paging.as_text,
            next,
            from: header(paging.next.as_ref().filter(|_| is_header)),
            to: header(paging.parameter.as_ref().filter(|_| is_header)),
            end: paging.end,
            more: paging.more.as_ref().and_then(find),
            last: paging.last.as_ref().and_then(find),
            unless: paging.unless.clone(),
            paths: paging.paths.clone(),
        };
        let total = total_at.and_then(|at| page.place(at).cloned()).map(TotalPlan::Body);
        PartPlan {
            request,
            query,
            records: records.to_owned(),
            is_keyed,
            empty_if,
            paging,
            total,
            page,
            plan,
        }
    }

    fn total(
        &mut self,
        key: &Key,
        total: &crate::definition::Total,
        in_body: Option<TotalPlan>,
    ) -> Option<TotalPlan> {
        let used = [total.at.is_some(), total.header.is_some(), total.request.is_some()];
        if used.iter().filter(|is_used| **is_used).count() != 1 {
            self.flaws.add(key, "the total has one place: exactly one of at, header, request");
            return None;
        }
        if let Some(name) = &total.header {
            let Ok(header) = name.parse() else {
                self.flaws.add(&key.then("header"), "it is no name of a header");
                return None;
            };
            return Some(TotalPlan::Header(header));
        }
        if let Some(request) = &total.request {
            self.check_pointer(&key.then("of_response"), &total.of_response);
            let request = self.request(&key.then("request"), request, &[])?;
            return Some(TotalPlan::Request(Box::new(request), total.of_response.clone()));
        }
        in_body
    }
}
