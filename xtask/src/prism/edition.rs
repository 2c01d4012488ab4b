//! The forms in which the services' documents are served.

use crate::spec::Service;

/// A form of a document, and what Prism is told to test that it checks anything.
#[derive(Debug)]
pub(crate) struct Edition {
    /// The name of its files, which also tells the example what to call.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// What the document does not have, as a JSON merge patch (RFC 7396) that names its sources.
    pub(crate) patch: Option<&'static str>,
    /// The header lines that every request needs.
    pub(crate) headers: &'static str,
    /// A `GET` that is right but for one parameter.
    pub(crate) wrong_parameter: &'static str,
}

impl Edition {
    /// The editions of a service's document.
    pub(crate) const fn of(service: Service) -> &'static [Self] {
        match service {
            Service::Upsun => UPSUN,
            Service::Probely => PROBELY,
            Service::Anthropic => ANTHROPIC,
        }
    }
}

const UPSUN: &[Edition] = &[Edition {
    name: "upsun",
    title: "Upsun",
    patch: None,
    headers: "Authorization: Bearer x\r\n",
    // Prism does not look at parameters with brackets in their names, such as `page[size]`.
    wrong_parameter: "/users/nobody/teams",
}];

const PROBELY: &[Edition] = &[Edition {
    name: "probely",
    title: "Probely",
    patch: None,
    headers: "Authorization: JWT x\r\n",
    wrong_parameter: "/users/?length=many",
}];

const ANTHROPIC: &[Edition] = &[
    Edition {
        name: "anthropic",
        title: "Anthropic",
        patch: None,
        headers: "x-api-key: x\r\nanthropic-version: 2023-06-01\r\nanthropic-beta: user-profiles-2026-03-24\r\n",
        wrong_parameter: "/v1/user_profiles?limit=many",
    },
    // The document is of the betas and asks for the header that says which; the generally available API has none, and
    // other fields and operations.
    Edition {
        name: "anthropic-without-beta",
        title: "Anthropic without a beta",
        patch: Some(include_str!("patches/anthropic_without_beta.json")),
        headers: "x-api-key: x\r\nanthropic-version: 2023-06-01\r\n",
        wrong_parameter: "/v1/user_profiles?limit=many",
    },
];
