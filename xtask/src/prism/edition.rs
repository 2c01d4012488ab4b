//! How the services' documents are served.

use crate::spec::Source;

/// What Prism is told to test that it checks anything of a document.
#[derive(Debug)]
pub(crate) struct Edition {
    /// The name of its files, which also tells the example what to call.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// The header lines that every request needs.
    pub(crate) headers: &'static str,
    /// A `GET` that is right but for one parameter.
    pub(crate) wrong_parameter: &'static str,
}

impl Edition {
    pub(crate) const fn of(source: Source) -> Self {
        match source {
            Source::Upsun => Self {
                name: "upsun",
                title: "Upsun",
                headers: "Authorization: Bearer x\r\n",
                // Prism does not look at parameters with brackets in their names, such as `page[size]`.
                wrong_parameter: "/users/nobody/teams",
            },
            Source::Probely => Self {
                name: "probely",
                title: "Probely",
                headers: "Authorization: JWT x\r\n",
                wrong_parameter: "/users/?length=many",
            },
            Source::AnthropicBetas => Self {
                name: "anthropic-betas",
                title: "Anthropic with a beta",
                headers: "x-api-key: x\r\nanthropic-version: 2023-06-01\r\nanthropic-beta: user-profiles-2026-03-24\r\n",
                wrong_parameter: "/v1/user_profiles?limit=many",
            },
            Source::Anthropic => Self {
                name: "anthropic",
                title: "Anthropic",
                headers: "x-api-key: x\r\nanthropic-version: 2026-10-21\r\n",
                wrong_parameter: "/v1/user_profiles?limit=many",
            },
        }
    }
}
