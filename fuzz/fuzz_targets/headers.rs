//! Whatever status and headers a service answers with, the client waits a bounded time and gives an error or a response.
#![no_main]

#[path = "../src/scripted.rs"]
mod scripted;

use anyprofile::{ListQuery, ProfileProviderExt as _};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 12] = [
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-ratelimit-remaining",
    "anthropic-ratelimit-requests-remaining",
    "anthropic-ratelimit-requests-reset",
    "location",
    "www-authenticate",
    "content-type",
    "request-id",
];

fuzz_target!(|data: &[u8]| {
    let [choice, first, second, rest @ ..] = data else { return };
    let status = 100 + (u16::from(*first) * 4 + u16::from(*second)) % 900;
    let lines = rest.split(|byte| *byte == b'\n').take(6);
    let headers: Vec<_> = lines
        .filter_map(|line| {
            let (name, value) = line.split_first()?;
            Some((NAMES[usize::from(*name) % NAMES.len()], value.to_vec()))
        })
        .collect();
    scripted::ask(*choice, status, &headers, b"{}", async |provider, id| {
        for _ in 0..2 {
            if let Err(error) = provider.list_page(&ListQuery::new(), None).await {
                let _ = format!("{error} {error:?}");
            }
        }
        let _ = provider.get(&id).await;
    });
});
