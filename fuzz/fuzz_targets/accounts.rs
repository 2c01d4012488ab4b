//! Whatever stands in the file of accounts, it is read or refused, and nothing is shown of it.
#![no_main]

use anyprofile::Accounts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // What would run a program or read a file of this machine is not tried.
    if text.contains("command") || text.contains("file") {
        return;
    }
    match Accounts::from_toml(text, std::path::Path::new(".")) {
        Ok(accounts) => {
            let _ = format!("{accounts:?}");
        }
        Err(error) => {
            let _ = format!("{error} {error:?}");
        }
    }
});
