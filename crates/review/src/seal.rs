//! Documents that hold the hash of their content.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{digest::sha256, error::Result};

/// Returns a document with the SHA-256 of its content: `{"KEY":…,"sha256":"…"}` and a line end. The hash is over the UTF-8 bytes of the
/// content as they stand there.
///
/// It shows that a file was not damaged or edited by hand. Whoever edits it on purpose can write a new hash: keep the hash elsewhere to find
/// that out.
///
/// # Errors
/// [`ReviewError::Document`](crate::ReviewError::Document) if the content cannot be written as JSON.
///
/// ```
/// let text = anyprofile_review::sealed("evidence", &[1, 2, 3])?;
/// assert!(text.starts_with(r#"{"evidence":[1,2,3],"sha256":"a615eeaee21de517"#));
/// # Ok::<(), anyprofile_review::ReviewError>(())
/// ```
pub fn sealed(key: &str, content: &impl Serialize) -> Result<String> {
    let (key, content) = (serde_json::to_string(key)?, serde_json::to_string(content)?);
    let sha256 = sha256(content.as_bytes());
    Ok(format!("{{{key}:{content},\"sha256\":\"{sha256}\"}}\n"))
}

/// Returns the text of the content of a sealed document, if its hash is that of the content.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn content_of<'a>(key: &str, text: &'a str) -> Result<&'a str, &'static str> {
    let members: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|_| "it is not such a file")?;
    let (Some(content), Some(hash), 2) = (members.get(key), members.get("sha256"), members.len()) else {
        return Err("it is not such a file");
    };
    let content = content.get();
    let is_same =
        serde_json::from_str::<String>(hash.get()).is_ok_and(|hash| hash == sha256(content.as_bytes()));
    if is_same { Ok(content) } else { Err("it was changed after it was saved: its SHA-256 does not match") }
}
