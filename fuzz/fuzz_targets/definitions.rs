//! Whatever stands in a definition, it is read or refused with its flaws; one that is read makes a service that is described.
#![no_main]

use anyprofile::declared::Service;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Service::parse(text, "fuzzed.toml") {
        Ok(service) => drop(format!("{:?}", service.definition())),
        Err(error) => drop(format!("{error} {error:?}")),
    }
});
