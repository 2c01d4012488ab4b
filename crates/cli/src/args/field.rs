//! The name of a field.

use anyprofile::FieldPath;

/// A field, by its name.
pub(super) fn field_path(text: &str) -> Result<FieldPath, String> {
    // The key of a pair of the metadata may be anything else.
    if text.chars().any(char::is_control) {
        return Err("the name of a field has no control characters".to_owned());
    }
    text.parse().map_err(|error| format!("{error}"))
}
