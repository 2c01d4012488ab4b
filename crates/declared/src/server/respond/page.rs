//! Pages of a mock service's lists.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Response, Uri, header},
};
use serde_json::{Value, json};

use super::{
    super::{
        people,
        routes::query_of,
        state::{Person, State},
    },
    ACTIVE, PAGE_SIZE, filters_of, passes, reply, scalar,
};
use crate::{
    definition::{Definition, Ending, Join, PagingStyle, Place},
    template::{Template, set_at, text_of},
};

fn size_of(template: &Value, sent: &Value) -> Option<usize> {
    match (template, sent) {
        (Value::Object(fields), Value::Object(sent)) => {
            fields.iter().find_map(|(key, value)| size_of(value, sent.get(key)?))
        }
        (Value::String(text), sent) if text.starts_with("{page_size") => text_of(sent).parse().ok(),
        _ => None,
    }
}

/// Returns a page of a list. Without a part, the filter is for all parts.
pub(super) fn page(
    definition: &Definition,
    state: &State,
    uri: &Uri,
    body: &Value,
    place: usize,
    part: Option<usize>,
    headers: &HeaderMap,
) -> Response<Body> {
    let collection = &definition.collections[place];
    let query = query_of(uri);
    let filters = filters_of(collection, &query, body);
    let people: Vec<&Person> = state
        .people
        .iter()
        .filter(|person| person.collection == place && part.is_none_or(|part| part == person.part))
        .filter(|person| filters.iter().all(|(name, value)| passes(state, person, name, value.as_deref())))
        .collect();
    let own = part.and_then(|part| collection.parts.get(part));
    let request = own.and_then(|own| own.request.as_ref()).unwrap_or(&collection.request);
    let records = own.and_then(|own| own.records.as_ref()).unwrap_or(&collection.records);
    let of_query = request.query.iter().find(|(_, value)| text_of(value) == "{page_size}");
    let of_query =
        of_query.and_then(|(name, _)| query.iter().find(|(known, _)| known == name)?.1.parse().ok());
    let of_body = request.body.as_ref().and_then(|template| size_of(template, body));
    // In a header, the size comes with the first page, and is a part of the position then.
    let of_header = request.headers.iter().find_map(|(name, text)| {
        let sent = headers.get(name.to_ascii_lowercase())?.to_str().ok()?;
        let template = Template::parse(text).ok()?;
        let (before, after) = template.around()?;
        let size = sent.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        size.or_else(|| sent.split_once(':').map(|(_, size)| size))?.parse().ok()
    });
    let size: usize = of_query.or(of_body).or(of_header).unwrap_or(PAGE_SIZE).max(1);
    let items: Vec<(String, Value)> =
        people.iter().map(|person| (person.id.clone(), person.record.clone())).collect();
    let listing = Listing {
        paging: &collection.paging,
        items,
        records,
        is_keyed: collection.keyed,
        total: collection.total.as_ref().and_then(|total| total.at.as_deref()),
        total_header: collection.total.as_ref().and_then(|total| total.header.as_deref()),
    };
    let mut response = listing.page(uri, &query, body, headers, size);
    // Another list in the same response.
    for (number, other) in definition.collections.iter().enumerate() {
        let is_beside =
            number != place && other.request.path == collection.request.path && other.records != *records;
        if is_beside {
            let beside =
                state.people.iter().filter(|person| person.collection == number).map(|it| it.record.clone());
            let beside: Vec<Value> = beside.skip(listing.from(&query, body)).take(size).collect();
            set_at(&mut response.body, &other.records, beside.into());
        }
    }
    with_success(definition, response)
}

/// A list, whatever it is of.
struct Listing<'a> {
    paging: &'a crate::definition::Paging,
    items: Vec<(String, Value)>,
    records: &'a str,
    is_keyed: bool,
    total: Option<&'a str>,
    total_header: Option<&'a str>,
}

/// A page, before it is sent.
pub(super) struct PageBody {
    pub(super) body: Value,
    pub(super) headers: Vec<(HeaderName, String)>,
}

pub(super) fn with_success(definition: &Definition, mut page: PageBody) -> Response<Body> {
    if let Some(rule) = &definition.errors.in_success
        && let Some(is) = rule.is.first()
        && page.body.is_object()
    {
        set_at(&mut page.body, &rule.at, scalar(is));
    }
    let mut response = reply(200, &page.body);
    for (name, value) in page.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

impl Listing<'_> {
    /// Returns how many records are before a page with a cursor.
    fn from(&self, query: &[(String, String)], body: &Value) -> usize {
        let parameter = self.paging.parameter.as_deref().unwrap_or_default();
        let sent = query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.clone());
        let sent = sent.or_else(|| body.pointer(parameter).map(|value| text_of(value).into_owned()));
        sent.filter(|_| !parameter.is_empty()).map_or(0, |sent| cursor(&sent))
    }

    fn page(
        &self,
        uri: &Uri,
        query: &[(String, String)],
        body: &Value,
        headers: &HeaderMap,
        size: usize,
    ) -> PageBody {
        let paging = self.paging;
        let parameter = paging.parameter.as_deref().unwrap_or_default();
        let sent: Option<String> = match paging.place {
            Place::Query => query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.clone()),
            Place::Body => body.pointer(parameter).map(|value| text_of(value).into_owned()),
        };
        let number = sent.as_deref().and_then(|sent| sent.parse::<usize>().ok());
        let first = usize::try_from(paging.first.unwrap_or(1)).unwrap_or(1);
        let from = match paging.style {
            PagingStyle::None => 0,
            PagingStyle::Page => number.unwrap_or(first).saturating_sub(first) * size,
            PagingStyle::Offset => number.unwrap_or(0),
            PagingStyle::Cursor => sent.as_deref().map_or(0, cursor),
            PagingStyle::Link => query
                .iter()
                .find(|(name, _)| name == "mock_page")
                .map_or(0, |(_, value)| value.parse().unwrap_or(0)),
            PagingStyle::LastRecord => match (&sent, &paging.next) {
                (Some(sent), Some(next)) => {
                    let is_last =
                        |item: &Value| item.pointer(next).is_some_and(|value| text_of(value) == *sent);
                    self.items
                        .iter()
                        .position(|(_, item)| is_last(item))
                        .map_or(self.items.len(), |at| at + 1)
                }
                _ => 0,
            },
            PagingStyle::Header => {
                headers.get(parameter).and_then(|value| value.to_str().ok()).map_or(0, cursor)
            }
        };
        let size = if paging.style == PagingStyle::None { self.items.len().max(1) } else { size };
        let slice: Vec<&(String, Value)> = self.items.iter().skip(from).take(size).collect();
        let next = from + slice.len();
        let has_more = next < self.items.len();
        let mut page = PageBody { body: json!({}), headers: Vec::new() };
        let list = if self.is_keyed {
            let fields: serde_json::Map<String, Value> =
                slice.iter().map(|(id, item)| (id.clone(), item.clone())).collect();
            Value::Object(fields)
        } else {
            Value::from(slice.iter().map(|(_, item)| item.clone()).collect::<Vec<_>>())
        };
        if self.records.is_empty() {
            page.body = list;
        } else {
            set_at(&mut page.body, self.records, list);
        }
        if let Some(at) = self.total {
            set_at(&mut page.body, at, json!(self.items.len()));
        }
        if let Some(name) = self.total_header.and_then(|name| name.parse().ok()) {
            page.headers.push((name, self.items.len().to_string()));
        }
        if let Some(more) = &paging.more {
            set_at(&mut page.body, more, json!(has_more));
        }
        if let (Some(last), Some(Ending::Last)) = (&paging.last, paging.end) {
            set_at(&mut page.body, last, json!(self.items.len().div_ceil(size).max(1) + first - 1));
        }
        self.lead_on(&mut page, uri, (next, size), has_more);
        page
    }

    /// Adds what leads to the next page.
    fn lead_on(&self, page: &mut PageBody, uri: &Uri, (next, size): (usize, usize), has_more: bool) {
        let paging = self.paging;
        match (paging.style, &paging.next) {
            (PagingStyle::Cursor, Some(at)) if has_more => {
                set_at(&mut page.body, at, json!(next.to_string()));
            }
            (PagingStyle::Link, next_at) => {
                let kept = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
                let kept = kept.filter(|(name, _)| name != "mock_page");
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(kept)
                    .append_pair("mock_page", &next.to_string())
                    .finish();
                let link = format!("{}?{query}", uri.path());
                match (next_at, has_more) {
                    (Some(at), true) => set_at(&mut page.body, at, json!(link)),
                    (None, true) => {
                        let attribute = paging.unless.as_ref().map(|name| format!("; {name}=\"true\""));
                        let link = format!("<{link}>; rel=\"next\"{}", attribute.unwrap_or_default());
                        page.headers.push((header::LINK, link));
                    }
                    // The link is there, and an attribute says that nothing follows.
                    (None, false) => {
                        if let Some(name) = &paging.unless {
                            page.headers
                                .push((header::LINK, format!("<{link}>; rel=\"next\"; {name}=\"false\"")));
                        }
                    }
                    (Some(_), false) => {}
                }
            }
            (PagingStyle::Header, Some(name)) if has_more => {
                if let Ok(name) = name.parse() {
                    page.headers.push((name, format!("c{next}:{size}")));
                }
            }
            _ => {}
        }
    }
}

fn cursor(text: &str) -> usize {
    text.trim_start_matches('c').split(':').next().unwrap_or_default().parse().unwrap_or(0)
}

pub(super) fn joined(state: &State, uri: &Uri, body: &Value, join: &Join) -> Response<Body> {
    let query = query_of(uri);
    let kinds = &join.kinds;
    let _ = kinds;
    let items: Vec<(String, Value)> = state
        .people
        .iter()
        .enumerate()
        // Half of the people are in the list.
        .filter(|(number, _)| number % 2 == 0)
        .map(|(number, person)| {
            let mut record =
                people::record(&join.map, u64::try_from(number).unwrap_or_default(), "j", ACTIVE);
            set_at(&mut record, &join.key, json!(person.id));
            (person.id.clone(), record)
        })
        .collect();
    let of_query = join.request.query.iter().find(|(_, value)| text_of(value) == "{page_size}");
    let size = of_query.and_then(|(name, _)| query.iter().find(|(known, _)| known == name)?.1.parse().ok());
    let listing = Listing {
        paging: &join.paging,
        items,
        records: &join.records,
        is_keyed: false,
        total: None,
        total_header: None,
    };
    let page = listing.page(uri, &query, body, &HeaderMap::new(), size.unwrap_or(PAGE_SIZE));
    let mut response = reply(200, &page.body);
    for (name, value) in page.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
