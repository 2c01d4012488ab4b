//! The rest of a page after a record that failed to decode.

/// Returns a page without the first `decoded` records of its list, which were decoded before decoding failed at a
/// line and column. The part before that position is valid JSON, so it is enough to count commas and brackets. `None`
/// if the position is not in such a list, at that record.
pub(crate) fn without_decoded(
    body: &[u8],
    decoded: usize,
    (line, column): (usize, usize),
) -> Option<Vec<u8>> {
    let end = offset_of(body, line, column)?;
    let lists = Lists::up_to(body.get(..end)?);
    // The outermost list has the records: it is not inside another list.
    let list = lists.open.iter().find(|it| it.is_list)?;
    if decoded == 0 || list.elements != decoded {
        return None;
    }
    let mut rest = Vec::with_capacity(body.len() - (list.element - list.start) + 1);
    rest.extend_from_slice(body.get(..list.start)?);
    rest.extend_from_slice(body.get(list.element..)?);
    Some(rest)
}

/// Returns the offset of a position that the decoder reports: lines from 1, columns in bytes.
fn offset_of(body: &[u8], line: usize, column: usize) -> Option<usize> {
    let newlines = || body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => newlines().nth(before)?,
    };
    Some((start + column).min(body.len()))
}

/// A list or object that is still open.
struct Open {
    is_list: bool,
    /// The offset after its bracket.
    start: usize,
    /// The number of elements that ended with a comma.
    elements: usize,
    /// The offset of the current element: after the last comma, or at the start.
    element: usize,
}

struct Lists {
    open: Vec<Open>,
}

impl Lists {
    /// Returns what is open at the end of a part of a document.
    fn up_to(part: &[u8]) -> Self {
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        while let Some(&byte) = part.get(at) {
            at += 1;
            match byte {
                b'"' => at = after_string(part, at),
                b'[' | b'{' => {
                    open.push(Open { is_list: byte == b'[', start: at, elements: 0, element: at });
                }
                b']' | b'}' => {
                    open.pop();
                }
                b',' => {
                    if let Some(open) = open.last_mut() {
                        open.elements += 1;
                        open.element = at;
                    }
                }
                _ => {}
            }
        }
        Self { open }
    }
}

/// Returns the offset after a string that starts here.
fn after_string(part: &[u8], mut at: usize) -> usize {
    while let Some(length) = part.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += length + 1;
        if part.get(at - 1) == Some(&b'"') {
            return at;
        }
        // Skip the escaped character.
        at += 1;
    }
    part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(body: &str, decoded: usize, place: (usize, usize)) -> Option<String> {
        without_decoded(body.as_bytes(), decoded, place).map(|rest| String::from_utf8(rest).unwrap())
    }

    #[test]
    fn the_records_that_were_decoded_are_left_out_and_all_around_them_stays() {
        let body =
            r#"{"links":{"a":[1,2]},"people":[{"n":"a,]\"[{"},{"n":[1,2]},{"n":7},{"n":"d"}],"total":4}"#;
        let odd = body.find("7}").unwrap();
        assert_eq!(
            rest(body, 2, (1, odd)).unwrap(),
            r#"{"links":{"a":[1,2]},"people":[{"n":7},{"n":"d"}],"total":4}"#
        );
        // A list by itself, on several lines.
        let lines = "[\n {\"n\":\"é\"},\n {\"n\":8},\n {}\n]";
        assert_eq!(rest(lines, 1, (3, 7)).unwrap(), "[\n {\"n\":8},\n {}\n]");
    }

    #[test]
    fn a_place_that_is_not_in_that_record_leaves_nothing_out() {
        let body = r#"{"people":[{"n":1},{"n":2}],"total":"x"}"#;
        for (decoded, place) in [(0, (1, 14)), (2, (1, 14)), (1, (1, 14)), (2, (1, 36)), (1, (9, 1))] {
            assert_eq!(rest(body, decoded, place), None, "{decoded} {place:?}");
        }
    }
}
