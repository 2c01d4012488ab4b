//! Every combination of features builds, and works.

use crate::cargo::{Outcome, cargo};

/// The services of the facade.
const SERVICES: &[&str] = &["upsun", "probely", "anthropic"];

/// The features that bring TLS, alone and together.
const TLS: &[&str] = &[
    "rustls",
    "rustls-aws-lc",
    "rustls-no-provider",
    "native-tls",
    "rustls rustls-aws-lc",
    "rustls native-tls",
    "rustls rustls-aws-lc rustls-no-provider native-tls",
];

/// Checks the facade with every set of services, with each other feature alone and with all, and the
/// crates below it with each of theirs; and runs the facade's tests with none of the services, each alone, and
/// all, and those of the HTTP client with all of its features.
pub(crate) fn build_all() -> Outcome {
    for set in service_sets() {
        check("anyprofile", &set)?;
    }
    for features in ["", "upsun", "probely", "anthropic", "full", "full rustls", "full rustls-no-provider"] {
        let arguments =
            ["test", "--quiet", "--package", "anyprofile", "--no-default-features", "--features", features];
        cargo(&[&arguments[..], &["--lib", "--tests"]].concat(), &[])?;
    }
    // The adapters, and the TLS libraries beside each other: what is not on by default is tested nowhere else.
    cargo(&["test", "--quiet", "--package", "anyprofile-http", "--all-features"], &[])?;
    let others = [
        "anthropic brotli",
        "anthropic zstd",
        "anthropic tower",
        "anthropic reqwest-middleware",
        "config",
        "schema",
        "full",
    ];
    for features in
        others.into_iter().chain(["upsun config", "probely config", "anthropic config", "probely schema"])
    {
        check("anyprofile", features)?;
    }
    for features in TLS {
        check("anyprofile", features)?;
        check("anyprofile", &format!("full {features}"))?;
        check("anyprofile-http", features)?;
    }
    for features in ["", "schema", "plan-record", "plan-record schema"] {
        check("anyprofile-core", features)?;
    }
    for features in ["", "brotli", "zstd", "tower", "reqwest-middleware", "reqwest-middleware tower"] {
        check("anyprofile-http", features)?;
    }
    for service in SERVICES {
        check(&format!("anyprofile-{service}"), "schema")?;
    }
    Ok(())
}

/// Every set of services, the empty one included.
fn service_sets() -> Vec<String> {
    (0..1_u32 << SERVICES.len())
        .map(|bits| {
            let chosen = SERVICES.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
            chosen.map(|(_, service)| *service).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn check(package: &str, features: &str) -> Outcome {
    let arguments =
        ["check", "--quiet", "--package", package, "--lib", "--no-default-features", "--features", features];
    cargo(&arguments, &[("RUSTFLAGS", "--deny warnings")])
}
