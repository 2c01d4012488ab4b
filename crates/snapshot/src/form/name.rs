//! The names of the forms.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A form that profiles can be written in.
///
/// ```
/// use anyprofile_snapshot::form::Form;
///
/// assert_eq!("vanta".parse(), Ok(Form::Vanta));
/// assert!(Form::Vanta.is_csv() && !Form::Scim.is_csv());
/// let error = "xlsx".parse::<Form>().unwrap_err();
/// assert!(error.to_string().contains("secureslate"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Form {
    /// Users of SCIM 2.0: RFC 7643, sections 4.1 and 4.3, and our extension
    /// `urn:ietf:params:scim:schemas:extension:anyprofile:1.0:User`.
    Scim,
    /// Events of the Open Cybersecurity Schema Framework, class User Inventory Info (5003), version 1.9.0-dev.
    Ocsf,
    /// Events of the Elastic Common Schema, with the field set `user`.
    Ecs,
    /// The standard claims of OpenID Connect Core 1.0, section 5.1.
    Oidc,
    /// The access file that Vanta imports (public help page, seen 2026-11). Vanta wants one file a system, named
    /// `Access File - COMPANY - SYSTEM.csv`.
    Vanta,
    /// The personnel file that Drata imports (public help page, seen 2026-11; columns after `job_title` were not seen).
    Drata,
    /// The access file that SecureSlate imports (public help page, seen 2026-11).
    SecureSlate,
    /// The users and entitlements that the file connector of ConductorOne imports (public documentation, seen 2026-11).
    ConductorOne,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 8] = [
        Self::Scim,
        Self::Ocsf,
        Self::Ecs,
        Self::Oidc,
        Self::Vanta,
        Self::Drata,
        Self::SecureSlate,
        Self::ConductorOne,
    ];

    /// Returns the word for this form, such as `vanta`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scim => "scim",
            Self::Ocsf => "ocsf",
            Self::Ecs => "ecs",
            Self::Oidc => "oidc",
            Self::Vanta => "vanta",
            Self::Drata => "drata",
            Self::SecureSlate => "secureslate",
            Self::ConductorOne => "conductorone",
        }
    }

    /// Returns what it is, in a few words, such as `the access file of Vanta`.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Scim => "users of SCIM (RFC 7643)",
            Self::Ocsf => "User Inventory Info of OCSF (class 5003)",
            Self::Ecs => "the Elastic Common Schema",
            Self::Oidc => "claims of OpenID Connect",
            Self::Vanta => "the access file of Vanta",
            Self::Drata => "the personnel file of Drata",
            Self::SecureSlate => "the access file of SecureSlate",
            Self::ConductorOne => "the users of ConductorOne's file connector",
        }
    }

    /// Returns whether the form is a table of comma-separated values. All others have a JSON object a line.
    pub const fn is_csv(self) -> bool {
        matches!(self, Self::Vanta | Self::Drata | Self::SecureSlate | Self::ConductorOne)
    }

    /// Returns whether the form has no column for the service, and its tool wants a file for each.
    pub const fn is_of_one_service(self) -> bool {
        matches!(self, Self::Vanta | Self::SecureSlate)
    }

    /// Returns the column that wants yes or no for the second factor, if the form has one. Where the truth is not known, a choice is
    /// needed: [`FormOptions::unknown_mfa`](super::FormOptions::unknown_mfa).
    pub const fn mfa_column(self) -> Option<&'static str> {
        match self {
            Self::Drata => Some("mfa"),
            Self::SecureSlate => Some("MFA Status"),
            _ => None,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        Self::ALL.into_iter().find(|form| form.as_str() == text).ok_or(UnknownForm)
    }
}

/// The error for a word that names no form. `Display` lists the words, and does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownForm;

impl fmt::Display for UnknownForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a form must be one of: {}", Form::ALL.map(Form::as_str).join(", "))
    }
}

impl std::error::Error for UnknownForm {}
