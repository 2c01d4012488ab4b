//! Whether a profile keeps a rule, as far as its service says.

use anyprofile_core::{
    Capabilities, Field, FieldPath, FieldState, Kind, Profile, Status, Timestamp, Verdict,
};

use crate::{
    date::{days_before, days_between},
    policy::{Check, Rule},
};

/// What is known of a profile and a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It keeps the rule, or the rule is not about it.
    Kept,
    /// It breaks the rule.
    Violated(String),
    /// The service does not say enough.
    NotKnown(String),
}

use Judgement::{Kept, NotKnown, Violated};

/// Judges one profile by a rule that needs nothing but the profile. The others are judged when everybody is known, and kept here.
pub(crate) fn judge(
    rule: &Rule,
    profile: &Profile,
    capabilities: &Capabilities,
    now: Timestamp,
) -> Judgement {
    let judgement = match rule.check {
        Check::Mfa => mfa(profile, capabilities),
        Check::Stale => stale(profile, capabilities, now, rule.days.unwrap_or_default()),
        Check::NeverSignedIn => never_signed_in(profile, capabilities, now, rule.days.unwrap_or_default()),
        Check::Pending => pending(profile, capabilities, now, rule.days.unwrap_or_default()),
        Check::EmailDomains => email_domains(profile, capabilities, &rule.domains),
        Check::Matches => {
            let condition = rule.condition.as_ref().map(ToString::to_string).unwrap_or_default();
            Violated(format!("it meets the condition {condition}"))
        }
        Check::Owners | Check::ServiceOwner | Check::Left | Check::NotOnRoster | Check::NoAccount => Kept,
    };
    let judgement = match judgement {
        Violated(what) if rule.check != Check::Matches => if_active(what, profile, capabilities),
        judgement => judgement,
    };
    within(rule, rule.is_about(profile, capabilities), judgement)
}

/// Whoever is suspended breaks no rule, so of whom it is not known whether they are, it is not known either.
fn if_active(what: String, profile: &Profile, capabilities: &Capabilities) -> Judgement {
    if !may_act(profile).is_unknown() {
        return Violated(what);
    }
    let why = match profile.status.value() {
        Some(_) => "the service has a word of its own for it",
        None => why(profile, &FieldPath::STATUS, capabilities),
    };
    NotKnown(format!("{what}; whether it is active is not known: {why}"))
}

/// Applies to what is known whether the rule is about the profile.
pub(crate) fn within(rule: &Rule, is_about: Verdict, judgement: Judgement) -> Judgement {
    match (is_about, judgement) {
        (Verdict::No, _) | (_, Kept) => Kept,
        (Verdict::Yes, judgement) => judgement,
        (_, Violated(what)) if rule.check == Check::Matches => {
            NotKnown(what.replacen("it meets", "whether it meets", 1) + " is not known")
        }
        (_, Violated(what)) => NotKnown(format!("{what}, and whether the rule is about it is not known")),
        (_, NotKnown(what)) => NotKnown(what),
    }
}

/// Returns whether somebody may act at the service: who is suspended or deleted may not. Whoever is invited may become active at any time.
pub(crate) fn may_act(profile: &Profile) -> Verdict {
    match profile.status.value() {
        Some(Status::Suspended | Status::Deleted) => Verdict::No,
        Some(Status::Active | Status::Pending) => Verdict::Yes,
        // Somebody's own word for a status, or none.
        _ => Verdict::Unknown,
    }
}

/// Returns why a field has no value, in words.
pub(crate) fn why(profile: &Profile, path: &FieldPath, capabilities: &Capabilities) -> &'static str {
    match profile.state(path, capabilities) {
        FieldState::Value => "the service says it",
        FieldState::Null => "the service says null",
        FieldState::Absent => "the service did not send it",
        FieldState::Withheld => "this credential may not see it",
        FieldState::Unsupported if capabilities.fields.get(path).is_some() => {
            "it is in a record that was not read; --enrich may read it"
        }
        FieldState::Unsupported => "the service does not have it",
    }
}

/// Returns what is not known because of the state of a field.
pub(crate) fn not_known(
    what: &str,
    profile: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> Judgement {
    NotKnown(format!("{what} is not known: {}", why(profile, path, capabilities)))
}

fn is_kind(profile: &Profile, kind: &Kind) -> Verdict {
    profile.kind.equals(kind)
}

fn mfa(profile: &Profile, capabilities: &Capabilities) -> Judgement {
    let is_pending = profile.status.is_known_to_be(&Status::Pending);
    if may_act(profile).is_no() || is_pending || is_kind(profile, &Kind::Human).is_no() {
        return Kept;
    }
    let path = &FieldPath::SECURITY_MFA_ENABLED;
    match profile.security.mfa_enabled.value() {
        Some(true) => Kept,
        Some(false) if is_kind(profile, &Kind::Human).is_unknown() => not_known(
            "there is no second factor, and whether it is a human",
            profile,
            &FieldPath::KIND,
            capabilities,
        ),
        Some(false) if profile.security.sso.is_known_to_be(&true) => {
            Violated("no second factor at this service; they sign in by single sign-on".to_owned())
        }
        Some(false) => Violated("no second factor".to_owned()),
        None => not_known("whether there is a second factor", profile, path, capabilities),
    }
}

fn stale(profile: &Profile, capabilities: &Capabilities, now: Timestamp, days: u32) -> Judgement {
    let path = &FieldPath::SECURITY_LAST_LOGIN;
    if may_act(profile).is_no() {
        return Kept;
    }
    match &profile.security.last_login {
        // Never: that is another check.
        Field::Null => Kept,
        Field::Value(last) if *last < days_before(now, days) => {
            Violated(format!("the last sign-in was {} days ago", days_between(*last, now)))
        }
        Field::Value(_) => Kept,
        Field::Absent => not_known("the last sign-in", profile, path, capabilities),
    }
}

fn never_signed_in(profile: &Profile, capabilities: &Capabilities, now: Timestamp, days: u32) -> Judgement {
    let is_pending = profile.status.is_known_to_be(&Status::Pending);
    if may_act(profile).is_no() || is_pending || is_kind(profile, &Kind::Human).is_no() {
        return Kept;
    }
    match (&profile.security.last_login, &profile.times.created) {
        (Field::Value(_), _) => Kept,
        // Too young to be missed, whatever the service says of sign-ins.
        (_, Field::Value(created)) if *created >= days_before(now, days) => Kept,
        (Field::Null, Field::Value(created)) => {
            Violated(format!("never signed in, and created {} days ago", days_between(*created, now)))
        }
        (Field::Null, _) => not_known(
            "never signed in; when it was created",
            profile,
            &FieldPath::TIMES_CREATED,
            capabilities,
        ),
        (Field::Absent, _) => not_known(
            "whether somebody ever signed in",
            profile,
            &FieldPath::SECURITY_LAST_LOGIN,
            capabilities,
        ),
    }
}

fn pending(profile: &Profile, capabilities: &Capabilities, now: Timestamp, days: u32) -> Judgement {
    match profile.status.equals(&Status::Pending) {
        Verdict::No => Kept,
        Verdict::Yes => match profile.times.status_changed.value().or(profile.times.created.value()) {
            Some(since) if *since < days_before(now, days) => {
                Violated(format!("the invitation has been open for {} days", days_between(*since, now)))
            }
            Some(_) => Kept,
            None => not_known(
                "an invitation is open; since when",
                profile,
                &FieldPath::TIMES_CREATED,
                capabilities,
            ),
        },
        _ => not_known("whether it is an open invitation", profile, &FieldPath::STATUS, capabilities),
    }
}

fn email_domains(profile: &Profile, capabilities: &Capabilities, domains: &[String]) -> Judgement {
    if may_act(profile).is_no() {
        return Kept;
    }
    let Field::Value(emails) = &profile.emails else {
        return match &profile.emails {
            Field::Absent => not_known("the e-mail address", profile, &FieldPath::EMAILS, capabilities),
            _ => Kept,
        };
    };
    let is_allowed = |address: &str| {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain)))
    };
    let strange = emails.iter().filter(|email| email.address.is_known_and(|address| !is_allowed(address)));
    match strange.count() {
        0 => Kept,
        1 => Violated("an e-mail address of another domain than the allowed ones".to_owned()),
        count => Violated(format!("{count} e-mail addresses of other domains than the allowed ones")),
    }
}

/// Judges whether somebody answers for a service user, whom none of the persons owns.
pub(crate) fn service_owner(profile: &Profile, capabilities: &Capabilities) -> Judgement {
    let is_service = is_kind(profile, &Kind::Service);
    if may_act(profile).is_no() || is_service.is_no() {
        return Kept;
    }
    match &profile.owner {
        _ if is_service.is_unknown() => not_known(
            "whether it is a service user, which needs an owner,",
            profile,
            &FieldPath::KIND,
            capabilities,
        ),
        Field::Value(_) => {
            NotKnown("it names an owner who is nobody, or not one person, of those who were read".to_owned())
        }
        Field::Null => if_active("nobody owns this service user".to_owned(), profile, capabilities),
        Field::Absent => not_known("who owns this service user", profile, &FieldPath::OWNER, capabilities),
    }
}
