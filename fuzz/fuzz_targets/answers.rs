//! Whatever a service answers, a provider gives profiles or an error: no panic, and profiles that survive JSON.
#![no_main]

#[path = "../src/scripted.rs"]
mod scripted;

use anyprofile::{GetOptions, ListQuery, Profile, ProfileProviderExt as _};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first() else { return };
    scripted::ask(*choice, 200, &[], body, async |provider, id| {
        let mut profiles: Vec<Profile> = Vec::new();
        if let Ok(page) = provider.list_page(&ListQuery::new(), None).await {
            profiles.extend(page.items);
        }
        profiles.extend(provider.get_opts(&id, &GetOptions::new().with_enrich(true)).await);
        profiles.extend(provider.current().await);
        for profile in profiles {
            let _ = (format!("{profile:?}"), profile.label(), profile.email());
            for spec in provider.capabilities().fields.iter() {
                let _ = (profile.state(&spec.path, provider.capabilities()), profile.value(&spec.path));
            }
            let json = serde_json::to_string(&profile).expect("a profile is JSON");
            let again: Profile = serde_json::from_str(&json).expect("a profile is read again");
            assert!(again == profile, "{json}");
        }
    });
});
