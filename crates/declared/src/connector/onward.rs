//! What a page leads to, and what proves that nothing follows.

use anyprofile_core::{ErrorKind, Result};
use anyprofile_http::Response;

use super::position::Progress;
use crate::{
    definition::{Ending, PagingStyle},
    plan::PartPlan,
    record::{Captured, Look, Lookup as _, ReadRecord, SlotRef, read_value},
    template::text_of,
};

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
pub(super) fn number_of(look: Look<'_>) -> Option<u64> {
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

pub(super) fn number_at(response: &Response, pointer: &str) -> Result<u64> {
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
