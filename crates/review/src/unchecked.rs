//! Rules that cannot be checked at all, and why.

use anyprofile_core::FieldPath;
use anyprofile_snapshot::{FieldClass, Privacy};

use crate::policy::{Check, Rule};

/// Why a rule is not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unchecked {
    /// There is no roster. That is a choice, and no finding.
    NoRoster,
    /// The snapshot does not have what the rule looks at, so that nothing is known of anybody.
    Hidden(String),
}

impl std::fmt::Display for Unchecked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoRoster => formatter.write_str("there is no roster"),
            Self::Hidden(what) => formatter.write_str(what),
        }
    }
}

impl Unchecked {
    /// Returns why a rule is not checked; `None` if it is.
    pub(crate) fn of(rule: &Rule, privacy: &Privacy, has_roster: bool) -> Option<Self> {
        if rule.check.needs_roster() && !has_roster {
            return Some(Self::NoRoster);
        }
        let compared = rule.compared();
        let classes = || fields(rule.check).iter().chain(&compared).filter_map(FieldClass::of);
        if let Some(class) = classes().find(|class| privacy.redacted.contains(class)) {
            return Some(Self::Hidden(format!("{class} was removed from this snapshot")));
        }
        let is_replaced = |class: FieldClass| matches!(class, FieldClass::Identifier | FieldClass::Contact);
        if privacy.pseudonym_key.is_some() && classes().any(is_replaced) {
            return Some(Self::Hidden(
                "this snapshot has pseudonyms in place of names and addresses".to_owned(),
            ));
        }
        None
    }
}

/// Returns the fields that a check looks at, besides those of the condition.
fn fields(check: Check) -> &'static [FieldPath] {
    match check {
        Check::Mfa => &[FieldPath::SECURITY_MFA_ENABLED],
        Check::Stale | Check::NeverSignedIn => &[FieldPath::SECURITY_LAST_LOGIN],
        Check::Pending => &[FieldPath::STATUS],
        Check::Owners => &[FieldPath::ACCESS_OWNER, FieldPath::ROLES],
        Check::EmailDomains => &[FieldPath::EMAILS],
        Check::ServiceOwner => &[FieldPath::OWNER],
        Check::Matches => &[],
        Check::Left | Check::NotOnRoster | Check::NoAccount => {
            &[FieldPath::EMAILS, FieldPath::EMPLOYEE_NUMBER]
        }
    }
}
