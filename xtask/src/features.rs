//! Every combination of features builds, and works.

use crate::{
    cargo::{Outcome, cargo, workspace},
    files::read,
};

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
    let services = services()?;
    let alone = || services.iter().map(String::as_str);
    for set in sets_of(&services) {
        check("anyprofile", &set)?;
    }
    for features in
        ["", "engine", "full", "full rustls", "full rustls-no-provider"].into_iter().chain(alone())
    {
        let arguments =
            ["test", "--quiet", "--package", "anyprofile", "--no-default-features", "--features", features];
        cargo(&[&arguments[..], &["--lib", "--tests"]].concat(), &[])?;
    }
    // The adapters, and the TLS libraries beside each other: what is not on by default is tested nowhere else.
    cargo(&["test", "--quiet", "--package", "anyprofile-http", "--all-features"], &[])?;
    for features in [
        "blocking",
        "engine",
        "engine rustls",
        "anthropic brotli",
        "anthropic zstd",
        "anthropic tower",
        "anthropic reqwest-middleware",
        "anthropic webhooks",
        "config",
        "filter",
        "jwt",
        "plan-record",
        "layers",
        "memory",
        "schema",
        "full",
    ] {
        check("anyprofile", features)?;
    }
    for service in alone() {
        check("anyprofile", &format!("{service} config"))?;
        check("anyprofile", &format!("{service} schema"))?;
        check("anyprofile-cli", &format!("{service} rustls"))?;
    }
    for features in [
        "",
        "rustls",
        "conformance",
        "fixture",
        "sandbox",
        "zstd",
        "parquet",
        "sqlite",
        "postgres",
        "object-store",
        "jwt",
        "mcp",
        "full",
    ] {
        check("anyprofile-cli", features)?;
    }
    for features in
        ["", "csv", "gzip", "zstd", "schema", "arrow", "parquet", "sqlite", "postgres", "object-store"]
    {
        check("anyprofile-snapshot", features)?;
    }
    check("anyprofile-snapshot", "csv gzip zstd schema parquet sqlite postgres object-store")?;
    check("anyprofile", "snapshot")?;
    check("anyprofile", "review")?;
    check("anyprofile-review", "")?;
    check("anyprofile-review", "schema")?;
    check("anyprofile-files", "csv")?;
    check("anyprofile-files", "simulated")?;
    for features in ["", "sandbox", "server"] {
        check("anyprofile-conformance", features)?;
    }
    for features in TLS {
        check("anyprofile", features)?;
        check("anyprofile", &format!("full {features}"))?;
        check("anyprofile-http", features)?;
    }
    for features in ["", "layers", "memory", "layers memory", "schema", "plan-record", "plan-record schema"] {
        check("anyprofile-core", features)?;
    }
    for features in
        ["", "_rustls", "brotli", "zstd", "tower", "jwt", "reqwest-middleware", "reqwest-middleware tower"]
    {
        check("anyprofile-http", features)?;
    }
    for service in alone() {
        check(&format!("anyprofile-{service}"), "schema")?;
    }
    check("anyprofile-anthropic", "webhooks")?;
    Ok(())
}

/// The services of the facade: the features that turn on a crate of their name and the engine.
fn services() -> Result<Vec<String>, String> {
    let path = workspace()?.root.join("crates").join("anyprofile").join("Cargo.toml");
    let text = read(&path)?;
    let manifest: toml::Table = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    let features =
        manifest.get("features").and_then(toml::Value::as_table).ok_or("the facade has no features")?;
    let is_service = |name: &str, of: &toml::Value| {
        let of: Vec<_> = of.as_array().into_iter().flatten().filter_map(toml::Value::as_str).collect();
        of.contains(&"engine") && of.contains(&format!("dep:anyprofile-{name}").as_str())
    };
    let services: Vec<_> =
        features.iter().filter(|(name, of)| is_service(name, of)).map(|(name, _)| name.clone()).collect();
    if services.is_empty() { Err("the facade has no service".to_owned()) } else { Ok(services) }
}

/// Every set of services, the empty one included.
fn sets_of(services: &[String]) -> Vec<String> {
    (0..1_u32 << services.len())
        .map(|bits| {
            let chosen = services.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
            chosen.map(|(_, service)| service.as_str()).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn check(package: &str, features: &str) -> Outcome {
    let arguments =
        ["check", "--quiet", "--package", package, "--lib", "--no-default-features", "--features", features];
    cargo(&arguments, &[("RUSTFLAGS", "--deny warnings")])
}
