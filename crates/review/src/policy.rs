//! What is checked, and what is allowed all the same.

use std::{collections::BTreeMap, fmt, ops::Range};

use anyprofile_core::{
    FieldPath, Profile, ProfileId, Timestamp, Verdict, capabilities::Capabilities, condition::Condition,
    query::Filter,
};
use serde::{Deserialize, Deserializer, Serialize, de};
use toml::Spanned;

use crate::{Date, ReviewError, Severity, word::words};

/// The rules of a review, and the exceptions from them.
///
/// It is written in TOML; [`Policy::suggested`] is an example with all checks. The JSON Schema is that of `anyprofile schema policy`.
///
/// ```
/// use anyprofile_review::Policy;
///
/// let policy = Policy::from_toml(
///     r#"
///     version = 1
///
///     [[rules]]
///     name = "admins-mfa"
///     check = "mfa"
///     where = 'roles.role.name eq "admin"'
///     severity = "critical"
///     not_known = "medium"
///
///     [[exceptions]]
///     rule = "admins-mfa"
///     profile = "probely:eu/user/2aB3"
///     reason = "The break-glass account has a hardware key in the safe."
///     approver = "ciso@example.com"
///     expires = "2027-06-30"
///     "#,
/// )?;
/// assert_eq!(policy.rules[0].name(), "admins-mfa");
/// # Ok::<(), anyprofile_review::ReviewError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Policy {
    /// The version of this form; 1.
    pub version: u32,
    /// What is checked.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// What is allowed until a day.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// The name, which findings and exceptions repeat. By default, that of the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is checked.
    pub check: Check,
    /// Whom it is about, as a condition in the grammar of `list --where`. Of whom that is not known, it is not known either whether the
    /// rule is broken.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<RuleCondition>,
    /// How bad it is if the rule is broken.
    pub severity: Severity,
    /// How bad it is if that is not known.
    #[serde(default = "Rule::not_known")]
    pub not_known: Severity,
    /// For `stale`, `never_signed_in` and `pending`: after how many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// For `owners`: how many there may be in an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// For `email_domains`: the domains that are allowed, with their subdomains not included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
}

words! {
    /// What a rule checks. Whoever is suspended or deleted breaks no rule but `matches`.
    pub enum Check {
        /// A human has a second factor.
        Mfa = "mfa",
        /// Whoever signed in once has done so again within `days`.
        Stale = "stale",
        /// Whoever was created more than `days` ago has signed in.
        NeverSignedIn = "never_signed_in",
        /// An invitation is not open for more than `days`.
        Pending = "pending",
        /// An account has at most `most` owners who may act. Administrators are not counted.
        Owners = "owners",
        /// Every e-mail address is of one of the `domains`.
        EmailDomains = "email_domains",
        /// A service user has an owner.
        ServiceOwner = "service_owner",
        /// Nobody meets the condition of `where`.
        Matches = "matches",
        /// Whoever has left, by the roster, or is past the end of a contract, has no access.
        Left = "left",
        /// Every human belongs to somebody of the roster.
        NotOnRoster = "not_on_roster",
        /// Whoever is on the roster has a profile somewhere.
        NoAccount = "no_account",
    }
}

impl Check {
    /// Returns whether the check needs a roster.
    pub const fn needs_roster(self) -> bool {
        matches!(self, Self::Left | Self::NotOnRoster | Self::NoAccount)
    }
}

/// Whom a rule is about: a condition in the grammar of SCIM filters, with our field states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "String")]
pub struct RuleCondition {
    text: String,
    filter: Filter,
}

/// A rule that need not be kept until a day. `Debug` shows neither who approved it nor why.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Exception {
    /// The name of the rule.
    pub rule: String,
    /// The profile that need not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub profile: Option<ProfileId>,
    /// The account that need not keep it, by its name; for one profile, `profile` is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Why.
    pub reason: String,
    /// Who allowed it.
    pub approver: String,
    /// The last day on which it is allowed.
    pub expires: Date,
}

/// The policy of [`Policy::suggested`], with comments.
const SUGGESTED: &str = include_str!("../assets/policy.toml");

impl Policy {
    /// The version that this library reads.
    pub const VERSION: u32 = 1;

    /// Returns a policy with every check, as a start.
    ///
    /// # Errors
    /// Never; it is tested.
    pub fn suggested() -> Result<Self, ReviewError> {
        Self::from_toml(SUGGESTED)
    }

    /// Returns the text of [`suggested`](Self::suggested), with comments, to be changed.
    pub const fn suggested_text() -> &'static str {
        SUGGESTED
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// [`ReviewError::Policy`] with the line and what is wrong: an unknown key, a check without what it needs, a condition that cannot be
    /// read, an exception from a rule that is not there.
    pub fn from_toml(text: &str) -> Result<Self, ReviewError> {
        let read: File = toml::from_str(text).map_err(|error| {
            let what = error.message().trim().to_owned();
            at_line(text, error.span(), &what)
        })?;
        if read.version != Self::VERSION {
            let (found, known) = (read.version, Self::VERSION);
            return Err(ReviewError::Policy(format!(
                "version {found} is not known, this program reads version {known}"
            )));
        }
        if read.rules.is_empty() {
            return Err(ReviewError::Policy(
                "it has no rule, so nothing would be checked; add `[[rules]]`".to_owned(),
            ));
        }
        let mut names = BTreeMap::new();
        for rule in &read.rules {
            let wrong = |what: &str| at_line(text, Some(rule.span()), what);
            rule.get_ref().check_keys().map_err(|what| wrong(&what))?;
            let name = rule.get_ref().name();
            if names.insert(name, rule.get_ref().check).is_some() {
                return Err(wrong(&format!(
                    "there is another rule with the name `{name}`; give each a `name`"
                )));
            }
        }
        for exception in &read.exceptions {
            exception
                .get_ref()
                .check_keys(&names)
                .map_err(|what| at_line(text, Some(exception.span()), &what))?;
        }
        let rules = read.rules.into_iter().map(Spanned::into_inner).collect();
        let exceptions = read.exceptions.into_iter().map(Spanned::into_inner).collect();
        Ok(Self { version: read.version, rules, exceptions })
    }
}

/// A policy as it is read, with the places of its parts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    rules: Vec<Spanned<Rule>>,
    #[serde(default)]
    exceptions: Vec<Spanned<Exception>>,
}

fn at_line(text: &str, span: Option<Range<usize>>, what: &str) -> ReviewError {
    let line = span.and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    ReviewError::Policy(line.map_or_else(|| what.to_owned(), |line| format!("line {line}: {what}")))
}

impl Rule {
    /// Creates a rule without a condition.
    pub fn new(check: Check, severity: Severity) -> Self {
        Self {
            name: None,
            check,
            condition: None,
            severity,
            not_known: Self::not_known(),
            days: None,
            most: None,
            domains: Vec::new(),
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.check.as_str())
    }

    const fn not_known() -> Severity {
        Severity::Low
    }

    /// Returns what is wrong with the keys of the rule.
    fn check_keys(&self) -> Result<(), String> {
        let check = self.check;
        let keys = [
            (
                "days",
                self.days.is_some(),
                matches!(check, Check::Stale | Check::NeverSignedIn | Check::Pending),
            ),
            ("most", self.most.is_some(), check == Check::Owners),
            ("domains", !self.domains.is_empty(), check == Check::EmailDomains),
        ];
        for (key, is_there, is_needed) in keys {
            match (is_there, is_needed) {
                (false, true) => return Err(format!("the check `{check}` needs `{key}`")),
                (true, false) => return Err(format!("`{key}` means nothing to the check `{check}`")),
                _ => {}
            }
        }
        let is_name = |domain: &&String| !domain.is_empty() && !domain.contains(['@', '*', ' ']);
        if let Some(domain) = self.domains.iter().find(|domain| !is_name(domain)) {
            return Err(format!("`domains` must be names such as example.com, and '{domain}' is none"));
        }
        match (check, &self.condition) {
            (Check::Matches, None) => Err("the check `matches` needs `where`".to_owned()),
            (Check::Owners, Some(_)) => {
                Err("`where` means nothing to the check `owners`, which is about accounts".to_owned())
            }
            (Check::NoAccount, Some(_)) => Err(
                "`where` means nothing to the check `no_account`, which is about people without a profile"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Returns the fields that the condition compares.
    pub(crate) fn compared(&self) -> Vec<FieldPath> {
        let condition = self.condition.as_ref().and_then(|it| it.filter.condition.as_ref());
        condition.map(Condition::compared).unwrap_or_default()
    }

    /// Returns whether the rule is about a profile.
    pub(crate) fn is_about(&self, profile: &Profile, capabilities: &Capabilities) -> Verdict {
        self.condition.as_ref().map_or(Verdict::Yes, |it| it.filter.verdict(profile, capabilities))
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Exception(from {} until {})", self.rule, self.expires)
    }
}

impl Exception {
    /// Returns what is wrong with the keys of the exception.
    fn check_keys(&self, rules: &BTreeMap<&str, Check>) -> Result<(), String> {
        let Some(check) = rules.get(&*self.rule) else {
            let rules: Vec<_> = rules.keys().copied().collect();
            return Err(format!("there is no rule `{}`; the rules are {}", self.rule, rules.join(", ")));
        };
        if *check == Check::Owners && self.profile.is_some() {
            return Err("the check `owners` is about accounts; name the `account` in place of the `profile`"
                .to_owned());
        }
        if self.profile.is_some() == self.account.is_some() {
            return Err("an exception needs `profile` or `account`, and not both".to_owned());
        }
        let texts = [("reason", &self.reason), ("approver", &self.approver)];
        match texts.iter().find(|(_, text)| text.trim().is_empty()) {
            Some((key, _)) => Err(format!("`{key}` is empty; somebody will ask")),
            None => Ok(()),
        }
    }

    /// Returns whether the exception is from a rule for a profile, or for an account as a whole. It may have expired.
    pub(crate) fn is_for(&self, rule: &str, account: &str, profile: Option<&ProfileId>) -> bool {
        let is_meant = match &self.profile {
            Some(id) => profile.is_some_and(|profile| id.is_same_as(profile)),
            None => self.account.as_deref() == Some(account),
        };
        self.rule == rule && is_meant
    }

    /// Returns whether the last day of the exception is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_over(now)
    }
}

impl RuleCondition {
    /// Reads a condition.
    ///
    /// # Errors
    /// If the text is none.
    pub fn parse(text: &str) -> Result<Self, anyprofile_filter::ParseError> {
        let parsed = anyprofile_filter::parse(text)?;
        Ok(Self { text: text.to_owned(), filter: Filter::new().with_condition(parsed.condition) })
    }
}

impl From<RuleCondition> for String {
    fn from(condition: RuleCondition) -> Self {
        condition.text
    }
}

impl fmt::Display for RuleCondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for RuleCondition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| de::Error::custom(format_args!("`where`: {error}")))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RuleCondition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn mistake(text: &str) -> String {
        Policy::from_toml(text).unwrap_err().to_string()
    }

    #[test]
    fn the_suggested_policy_has_every_check() {
        let policy = Policy::suggested().unwrap();
        let checks: BTreeSet<_> = policy.rules.iter().map(|rule| rule.check).collect();
        let all: BTreeSet<_> = Check::ALL.iter().copied().collect();
        // What nobody should be cannot be suggested, nor a domain.
        let missing: Vec<_> = all.difference(&checks).map(|check| check.as_str()).collect();
        assert_eq!(missing, ["email_domains", "matches"]);
    }

    #[test]
    fn a_mistake_names_its_line_and_what_is_needed() {
        for (text, what) in [
            ("version = 1", "it has no rule"),
            (
                "version = 1\n[[rules]]\ncheck = \"owners\"\nmost = 1\nwhere = 'title eq \"cto\"'\nseverity = \"low\"",
                "line 2: `where` means nothing to the check `owners`",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"email_domains\"\ndomains = [\"@example.com\"]\nseverity = \"low\"",
                "line 2: `domains` must be names such as example.com, and '@example.com' is none",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"owners\"\nmost = 1\nseverity = \"low\"\n[[exceptions]]\nrule = \"owners\"\nprofile = \"a:b/user/1\"\nreason = \"r\"\napprover = \"a\"\nexpires = \"2027-01-01\"",
                "line 6: the check `owners` is about accounts",
            ),
            ("version = 2", "version 2 is not known, this program reads version 1"),
            (
                "version = 1\n\n[[rules]]\ncheck = \"stale\"\nseverity = \"low\"",
                "line 3: the check `stale` needs `days`",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"mfa\"\nseverity = \"low\"\ndays = 3",
                "line 2: `days` means nothing to the check `mfa`",
            ),
            ("version = 1\n[[rules]]\ncheck = \"mfa\"\nseverity = \"bad\"", "line 4: unknown variant `bad`"),
            ("version = 1\n[[rule]]\ncheck = \"mfa\"", "line 2: unknown field `rule`"),
            (
                "version = 1\n[[rules]]\ncheck = \"matches\"\nseverity = \"low\"",
                "line 2: the check `matches` needs `where`",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"mfa\"\nwhere = 'nonsense'\nseverity = \"low\"",
                "line 4: `where`: ",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"mfa\"\nseverity = \"low\"\n[[rules]]\ncheck = \"mfa\"\nseverity = \"low\"",
                "line 5: there is another rule with the name `mfa`",
            ),
            (
                "version = 1\n[[rules]]\ncheck = \"stale\"\ndays = 9\nseverity = \"low\"\n[[exceptions]]\nrule = \"mfa\"\naccount = \"eu\"\nreason = \"r\"\napprover = \"a\"\nexpires = \"2027-01-01\"",
                "line 6: there is no rule `mfa`",
            ),
        ] {
            let mistake = mistake(text);
            assert!(mistake.starts_with(&format!("the policy: {what}")), "{mistake}");
        }
    }

    #[test]
    fn an_exception_is_for_one_profile_or_one_account_with_a_reason() {
        let head =
            "version = 1\n[[rules]]\ncheck = \"mfa\"\nseverity = \"low\"\n[[exceptions]]\nrule = \"mfa\"\n";
        let tail = "approver = \"a\"\nexpires = \"2027-01-01\"\n";
        assert!(mistake(&format!("{head}reason = \"r\"\n{tail}")).contains("needs `profile` or `account`"));
        assert!(
            mistake(&format!("{head}account = \"eu\"\nreason = \" \"\n{tail}")).contains("`reason` is empty")
        );
        assert!(
            mistake(&format!("{head}account = \"eu\"\nreason = \"r\"\napprover = \"a\"\nexpires = \"soon\""))
                .contains("a day must have the form")
        );
        assert!(Policy::from_toml(&format!("{head}account = \"eu\"\nreason = \"r\"\n{tail}")).is_ok());
    }
}
