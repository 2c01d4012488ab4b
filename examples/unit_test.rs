//! Code that takes any provider is tested with the one in memory, which plans and writes like a service.

use anyprofile::{
    ListQuery, Profile, ProfileProvider, ProfileProviderExt as _, Result, Status, Verdict,
    memory::MemoryProvider,
};

/// What is tested: deactivates whoever is known to have no second factor, and returns how many.
async fn enforce_mfa(provider: &dyn ProfileProvider) -> Result<usize> {
    let mut deactivated = 0;
    for profile in provider.list_all(ListQuery::new()).await?.profiles {
        if profile.security.mfa_enabled.equals(&false) == Verdict::Yes {
            provider.deactivate(&profile.id).await?;
            deactivated += 1;
        }
    }
    Ok(deactivated)
}

fn person(name: &str, mfa: Option<bool>) -> Result<Profile> {
    let mut profile = Profile::new(format!("memory:test/user/{name}").parse()?);
    profile.status = Status::Active.into();
    if let Some(is_on) = mfa {
        profile.security.mfa_enabled = is_on.into();
    }
    Ok(profile)
}

// In a project this is a `#[tokio::test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people = [person("on", Some(true))?, person("off", Some(false))?, person("not-known", None)?];
    let provider = MemoryProvider::builder("test".parse()?).with_profiles(people).build()?;

    assert_eq!(enforce_mfa(&provider).await?, 1);
    let off = provider.get(&"memory:test/user/off".parse()?).await?;
    assert!(off.status.is_known_to_be(&Status::Suspended));
    // Of whom nothing is known, nothing was done.
    let not_known = provider.get(&"memory:test/user/not-known".parse()?).await?;
    assert!(not_known.status.is_known_to_be(&Status::Active));
    // What was sent can be looked at, too.
    assert_eq!(provider.write_count(), 1);
    println!("passed");
    Ok(())
}
