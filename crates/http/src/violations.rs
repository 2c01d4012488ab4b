//! Rules of a service that a body would break, known before anything is sent.

use std::{borrow::Cow, ops::RangeInclusive};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, Result, profile::is_email_address};

/// The rules of a service that a request would break, gathered so that all are told at once.
///
/// A rule is the end of a sentence that begins with the field, and says what has to be: `has at most 60 characters`.
/// It repeats no value, so that the error shows none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(Vec<(Cow<'static, str>, Cow<'static, str>)>);

impl Violations {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule that a field breaks; once, however many values of the field break it.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) {
        let violation = (field.into(), rule.into());
        if !self.0.contains(&violation) {
            self.0.push(violation);
        }
    }

    /// Adds the rule of a length that a text breaks. Lengths are in Unicode scalar values: of bytes or UTF-16 units, which
    /// a service may mean, there are at least as many, so that no text is refused as too long which it would take.
    pub fn check_characters(&mut self, field: &'static str, text: &str, allowed: RangeInclusive<u32>) {
        // What is longer than allowed is not counted to its end.
        let most = usize::try_from(*allowed.end()).unwrap_or(usize::MAX).saturating_add(1);
        let count = u32::try_from(text.chars().take(most).count()).unwrap_or(u32::MAX);
        if allowed.contains(&count) {
            return;
        }
        let rule = match allowed.into_inner() {
            (0, most) => format!("has at most {most} characters"),
            (least, u32::MAX) => format!("has at least {least} characters"),
            (least, most) => format!("has {least} to {most} characters"),
        };
        self.add(field, rule);
    }

    /// Adds the rule of an e-mail address that a text breaks; see [`is_email_address`](anyprofile_core::profile::is_email_address).
    pub fn check_email(&mut self, field: &'static str, text: &str) {
        if !is_email_address(text) {
            self.add(field, "is an e-mail address");
        }
    }

    /// Adds those of another part of the request.
    pub(crate) fn extend(&mut self, others: Self) {
        for (field, rule) in others.0 {
            self.add(field, rule);
        }
    }

    /// Refuses the request, if it breaks a rule.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] with every rule in its message and, by field, in
    /// [`Error::field_errors`].
    pub fn refuse(self, info: &ProviderInfo, operation: impl Into<Cow<'static, str>>) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let rules: Vec<_> = self.0.iter().map(|(field, rule)| format!("{field} {rule}")).collect();
        let message = format!("nothing was sent: {}", rules.join("; "));
        let error =
            Error::new(ErrorKind::InvalidRequest, message).with_provider(info).with_operation(operation);
        Err(self.0.into_iter().fold(error, |error, (field, rule)| error.with_field_error(field, rule)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_characters_and_each_rule_is_told_once() {
        let rules = |texts: &[&str], allowed: RangeInclusive<u32>| {
            let mut violations = Violations::new();
            for text in texts {
                violations.check_characters("name", text, allowed.clone());
            }
            violations.0.into_iter().map(|(_, rule)| rule).collect::<Vec<_>>()
        };
        assert!(rules(&["", "ÄÖÜ", "😀😀😀"], 0..=3).is_empty());
        assert_eq!(rules(&["ÄÖÜß", "abcd"], 0..=3), ["has at most 3 characters"]);
        assert_eq!(rules(&["", "a"], 1..=3), ["has 1 to 3 characters"]);
        assert_eq!(rules(&["ÄÖÜ"], 4..=u32::MAX), ["has at least 4 characters"]);
    }

    #[test]
    fn all_rules_are_in_one_error_that_says_where() {
        let info =
            ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", "https://x.test");
        assert!(Violations::new().refuse(&info, "users_create").is_ok());
        let mut violations = Violations::new();
        violations.check_email("email", "ada");
        violations.check_characters("name", "abcd", 0..=3);
        let error = violations.refuse(&info, "users_create").unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidRequest, None));
        assert_eq!(
            error.to_string(),
            "probely account 'eu', users_create: nothing was sent: email is an e-mail address; name has at most 3 \
             characters"
        );
        assert_eq!(error.field_errors()["name"], ["has at most 3 characters"]);
    }
}
