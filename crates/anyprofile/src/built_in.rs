//! The services that features turn on.

/// Lists the services of this project: each with its feature and its crate.
macro_rules! services_of_this_project {
    ($($feature:tt => $crate_name:ident,)+) => {
        /// The features that turn a service on.
        pub(crate) const FEATURES: &[&str] = &[$($feature),+];

        /// Returns the services that were built in.
        #[cfg(feature = "engine")]
        pub(crate) fn services() -> Vec<anyprofile_engine::ServiceDescriptor> {
            vec![$(#[cfg(feature = $feature)] $crate_name::service()),+]
        }
    };
}

services_of_this_project! {
    "upsun" => anyprofile_upsun,
    "probely" => anyprofile_probely,
    "anthropic" => anyprofile_anthropic,
    "scim" => anyprofile_scim,
    "declared" => anyprofile_declared,
}

/// Returns the hint for a program without any service.
pub(crate) fn turn_on_a_feature() -> String {
    format!(
        "no service was built in; turn on a feature of the crate anyprofile, with `cargo add anyprofile --features NAME`: {}",
        FEATURES.join(", ")
    )
}
