//! Where the records of a list are, and how its next page is requested.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    super::example::quoted,
    document::{Document, OperationAt, Properties},
};

const SIZES: &[&str] = &[
    "per_page",
    "page_size",
    "pagesize",
    "limit",
    "count",
    "max_results",
    "maxresults",
    "perpage",
    "size",
    "$top",
    "pagelimit",
];
const CURSORS: &[&str] = &[
    "cursor",
    "page_token",
    "pagetoken",
    "after",
    "starting_after",
    "next_token",
    "start_cursor",
    "continuation_token",
    "continuationtoken",
    "page[cursor]",
    "from",
];
const OFFSETS: &[&str] = &["offset", "start", "skip", "startat", "start_index", "startindex", "first"];
const PAGES: &[&str] = &["page", "page_number", "pagenumber", "page[number]"];
const NEXT: &[&str] = &[
    "next_cursor",
    "nextcursor",
    "next_page_token",
    "nextpagetoken",
    "next_token",
    "nexttoken",
    "next",
    "next_page",
    "after",
    "cursor",
    "end_cursor",
    "continuationtoken",
];
const TOTALS: &[&str] = &[
    "total",
    "total_count",
    "totalcount",
    "total_entries",
    "count",
    "total_results",
    "totalresults",
    "totalsize",
];
const MORE: &[&str] = &["has_more", "hasmore", "has_next_page", "more", "hasnext"];

/// The list, as far as the document says what it is.
pub(super) struct Listing<'a> {
    pub(super) record: Properties<'a>,
    text: String,
}

impl<'a> Listing<'a> {
    pub(super) fn of(document: &Document<'a>, operation: &OperationAt<'a>) -> Self {
        let response = operation.response();
        let parameters = operation.parameters();
        let (records, record) = records_of(document, response);
        let mut text = String::from("[[collections]]\nkind = \"user\"\n");
        let size = named(&parameters, SIZES);
        let query = size
            .map(|(name, _)| format!(", query = {{ {} = \"{{page_size}}\" }}", quoted(name)))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "request = {{ operation = {}, path = {}{query} }}",
            quoted(&operation.name()),
            quoted(operation.path())
        );
        match &records {
            Some(pointer) => _ = writeln!(text, "records = {}", quoted(pointer)),
            None => text += "# doubt: the document does not say where the records are.\nrecords = \"\"\n",
        }
        if let Some((_, schema)) = size {
            let number = |key: &str| schema.get(key).and_then(Value::as_u64);
            let default = number("maximum").or(number("default")).unwrap_or(100).clamp(1, 1000);
            let max = number("maximum").map(|max| format!(", max = {max}"));
            if max.is_none() {
                text += "# doubt: what is the largest page that the service accepts?\n";
            }
            let _ = writeln!(text, "page_size = {{ default = {default}{} }}", max.unwrap_or_default());
        }
        text += &paging(document, operation, response, &parameters);
        let others: Vec<&str> = parameters
            .iter()
            .filter_map(|parameter| parameter.get("name").and_then(Value::as_str))
            .filter(|name| {
                ![SIZES, CURSORS, OFFSETS, PAGES].concat().contains(&name.to_ascii_lowercase().as_str())
            })
            .collect();
        if !others.is_empty() {
            let _ = writeln!(
                text,
                "# doubt: further parameters: {}. Does one of them add people whom the list leaves out, or filter by e-mail address or status?",
                others.join(", ")
            );
        }
        text.push('\n');
        Self { record, text }
    }

    pub(super) fn to_toml(&self) -> &str {
        &self.text
    }
}

/// Returns where the records are, and what they have.
fn records_of<'a>(document: &Document<'a>, response: Option<&'a Value>) -> (Option<String>, Properties<'a>) {
    let Some(response) = response else { return (None, Vec::new()) };
    if let Some(items) = document.items(response) {
        return (Some(String::new()), document.properties(Some(items)));
    }
    let mut lists = Vec::new();
    for (name, schema) in document.properties(Some(response)) {
        if let Some(items) = document.items(schema) {
            lists.push((format!("/{name}"), document.properties(Some(items))));
        }
        for (inner, schema) in document.properties(Some(schema)) {
            if let Some(items) = document.items(schema) {
                lists.push((format!("/{name}/{inner}"), document.properties(Some(items))));
            }
        }
    }
    // The list with the largest records.
    let largest = lists.into_iter().max_by_key(|(_, properties)| properties.len());
    largest.map_or((None, Vec::new()), |(pointer, properties)| (Some(pointer), properties))
}

/// Returns a parameter with one of these names, and its schema.
fn named<'a>(parameters: &[&'a Value], names: &[&str]) -> Option<(&'a str, &'a Value)> {
    names.iter().find_map(|known| {
        parameters.iter().find_map(|parameter| {
            let name = parameter.get("name")?.as_str()?;
            let schema = parameter.get("schema").unwrap_or(parameter);
            name.eq_ignore_ascii_case(known).then_some((name, schema))
        })
    })
}

/// Returns the places of properties with one of these names, in a response or one level below.
fn places<'a>(
    document: &Document<'a>,
    response: Option<&'a Value>,
    names: &[&str],
) -> Vec<(String, &'a Value)> {
    let mut all = Vec::new();
    for (name, schema) in document.properties(response) {
        let is_known = |name: &str| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        if is_known(name) && !document.is_object(schema) {
            all.push((format!("/{name}"), schema));
        }
        if document.items(schema).is_none() {
            for (inner, schema) in document.properties(Some(schema)) {
                if is_known(inner) {
                    all.push((format!("/{name}/{inner}"), schema));
                }
            }
        }
    }
    all
}

fn paging<'a>(
    document: &Document<'a>,
    operation: &OperationAt<'a>,
    response: Option<&'a Value>,
    parameters: &[&'a Value],
) -> String {
    let headers = operation.headers();
    let mut text = String::new();
    let has_link = headers.iter().any(|name| name.eq_ignore_ascii_case("link"));
    let total = places(document, response, TOTALS).into_iter().next();
    let total_header = headers.iter().find(|name| name.to_ascii_lowercase().contains("total"));
    let total = match (&total, total_header) {
        (Some((pointer, _)), _) => Some(format!("total = {{ at = {} }}", quoted(pointer))),
        (None, Some(header)) => Some(format!("total = {{ header = {} }}", quoted(header))),
        (None, None) => None,
    };
    if let Some(total) = &total {
        text += "# doubt: does this count exactly what the list has, with and without filters? If not, remove it.\n";
        let _ = writeln!(text, "{total}");
    }
    let more = places(document, response, MORE).into_iter().next();
    let more = more.map(|(pointer, _)| format!(", more = {}", quoted(&pointer))).unwrap_or_default();
    let next = places(document, response, NEXT);
    let is_url =
        |schema: &Value| schema.get("format").and_then(Value::as_str).is_some_and(|it| it.contains("ur"));
    let by_number = |style: &str, name: &str| {
        let (end, doubt) = if total.is_some() {
            ("total", "")
        } else {
            ("empty", "# doubt: is an empty page the documented end? A short page is none.\n")
        };
        format!(
            "{doubt}paging = {{ style = \"{style}\", parameter = {}, end = \"{end}\"{more} }}\n",
            quoted(name)
        )
    };
    let paging = match (named(parameters, CURSORS), named(parameters, OFFSETS), named(parameters, PAGES)) {
        _ if has_link => {
            "# doubt: does the header Link have rel=\"next\" on each page but the last one?\npaging = { style = \"link\" }\n".to_owned()
        }
        (cursor, ..) if next.iter().any(|(_, schema)| is_url(schema)) || (cursor.is_none() && next.iter().any(|(place, _)| place.contains("link"))) => {
            let place = next.iter().find(|(_, schema)| is_url(schema)).or(next.first()).map_or("/next", |(place, _)| place);
            format!("# doubt: is the last page's link null or absent?\npaging = {{ style = \"link\", next = {} }}\n", quoted(place))
        }
        (Some((name, _)), ..) => {
            let (place, doubt) = next.first().map_or(("/next", "# doubt: the document does not say where the next cursor is.\n"), |(place, _)| (place.as_str(), "# doubt: is the last page's cursor null, absent or empty?\n"));
            format!("{doubt}paging = {{ style = \"cursor\", parameter = {}, next = {}{more} }}\n", quoted(name), quoted(place))
        }
        (None, Some((name, _)), _) => by_number("offset", name),
        (None, None, Some((name, _))) => by_number("page", name),
        (None, None, None) => {
            "# doubt: the document shows no paging. Does one response really have all records?\npaging = { style = \"none\" }\n".to_owned()
        }
    };
    text + &paging
}
