//! Field names.

use anyprofile::FieldPath;

/// Parses the name of a field.
pub(super) fn field_path(text: &str) -> Result<FieldPath, String> {
    // The key of a metadata entry may contain anything else.
    if text.chars().any(char::is_control) {
        return Err("a field name must not contain control characters".to_owned());
    }
    text.parse().map_err(|error| format!("{error}"))
}
