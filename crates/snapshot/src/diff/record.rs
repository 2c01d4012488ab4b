//! A profile as a record that is sorted: its id as the key, and its external id and its JSON as the value.

use anyprofile_core::{Profile, ProfileId};

use crate::{
    error::{Result, SnapshotError},
    privacy::REDACTED,
};

/// What stands between the parts of a key. No part contains it, and it is before all that they contain, so that keys are ordered as ids
/// are.
const END: u8 = 0;

/// Writes the key of an id.
pub(super) fn write_key(id: &ProfileId, key: &mut Vec<u8>) {
    key.clear();
    for part in [id.service.as_str(), id.account.as_str(), id.kind.as_str()] {
        key.extend_from_slice(part.as_bytes());
        key.push(END);
    }
    let start = key.len();
    key.extend_from_slice(id.native().as_bytes());
    // Services write them in either case, and both are the same profile: `ProfileId::is_same_as`.
    if is_uuid(id.native()) {
        key[start..].make_ascii_lowercase();
    }
}

/// Returns whether a text has the form of a UUID with hyphens.
fn is_uuid(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// Returns the part of a key that is the same for all profiles of an account.
pub(super) fn account_of(key: &[u8]) -> &[u8] {
    let ends = key.iter().enumerate().filter(|(_, byte)| **byte == END).map(|(place, _)| place + 1);
    key.get(..ends.take(2).last().unwrap_or_default()).unwrap_or_default()
}

/// Returns the same of names.
pub(super) fn account_key(service: &str, account: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(service.len() + account.len() + 2);
    for part in [service, account] {
        key.extend_from_slice(part.as_bytes());
        key.push(END);
    }
    key
}

/// Writes the value of a profile. Returns where its JSON begins.
pub(super) fn write_value(profile: &Profile, value: &mut Vec<u8>) -> Result<usize> {
    let external =
        profile.external_id.value().map(|id| id.trim()).filter(|id| !id.is_empty() && *id != REDACTED);
    value.clear();
    // With 0 for no external id.
    let length = external.map_or(Ok(0), |id| u32::try_from(id.len() + 1)).map_err(|_| not_written())?;
    value.extend_from_slice(&length.to_le_bytes());
    value.extend_from_slice(external.unwrap_or_default().as_bytes());
    let start = value.len();
    serde_json::to_writer(&mut *value, profile).map_err(|_| not_written())?;
    Ok(start)
}

fn not_written() -> SnapshotError {
    SnapshotError::Refused("a profile cannot be written as JSON".to_owned())
}

/// Returns the external id, if there is one, and the JSON of a value.
fn parts(value: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, rest) = value.split_first_chunk()?;
    match usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_sub(1) {
        None => Some((None, rest)),
        Some(length) => rest.split_at_checked(length).map(|(external, line)| (Some(external), line)),
    }
}

/// Returns the external id of a value.
pub(super) fn external_id(value: &[u8]) -> Option<&[u8]> {
    parts(value)?.0
}

/// Reads the profile of a value.
pub(super) fn profile(value: &[u8]) -> Result<Profile> {
    parts(value)
        .and_then(|(_, line)| serde_json::from_slice(line).ok())
        .ok_or_else(|| SnapshotError::unreadable("a temporary file", "it was changed while it was used"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> Vec<u8> {
        let mut key = Vec::new();
        write_key(&id.parse().unwrap(), &mut key);
        key
    }

    #[test]
    fn keys_are_ordered_as_ids_are() {
        let mut ids: Vec<ProfileId> =
            ["a:b/user/1", "a:b/user/10", "a:b/user/2", "a:b-c/user/1", "a:b/invite/1", "a-b:b/user/%01x"]
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect();
        ids.sort();
        let keys: Vec<_> = ids.iter().map(|id| key(&id.to_string())).collect();
        assert!(keys.is_sorted());
        assert_eq!(account_of(&keys[0]), account_key("a", "b"));
    }

    #[test]
    fn a_uuid_is_the_same_in_either_case() {
        let uuid = "d81c8ee2-44b3-429f-b944-a33ad7437690";
        assert_eq!(key(&format!("a:b/user/{uuid}")), key(&format!("a:b/user/{}", uuid.to_uppercase())));
        assert_ne!(key("a:b/user/Ab"), key("a:b/user/ab"));
    }

    #[test]
    fn a_value_has_the_external_id_and_the_profile() {
        let mut ada = Profile::new("a:b/user/1".parse().unwrap());
        for (external, expected) in
            [(None, None), (Some(" "), None), (Some("[redacted]"), None), (Some(" E1"), Some("E1"))]
        {
            ada.external_id = external.map(ToOwned::to_owned).into();
            let mut value = Vec::new();
            let start = write_value(&ada, &mut value).unwrap();
            assert_eq!(external_id(&value), expected.map(str::as_bytes));
            assert_eq!(value[start..], serde_json::to_vec(&ada).unwrap());
            assert!(profile(&value).unwrap() == ada);
        }
    }
}
