//! The paths of the official JavaScript client.

/// The prefixes of npm's `platformsh-client` (0.2.13), for example `/platform/me` and
/// `/v1/profiles/{id}/address`. No document of the API has them.
const PREFIXES: [&str; 2] = ["/platform", "/v1"];

/// Returns the path without the prefix, if it has one.
pub(super) fn without_prefix(path: &str) -> &str {
    let rest = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_first_segment_is_a_prefix() {
        for (path, expected) in [
            ("/platform/me", "/me"),
            ("/v1/profile/x/picture", "/profile/x/picture"),
            ("/v1/", "/"),
            ("/platform", "/platform"),
            ("/platforms/me", "/platforms/me"),
            ("/v1/platform/me", "/platform/me"),
            ("/me", "/me"),
        ] {
            assert_eq!(without_prefix(path), expected);
        }
    }
}
