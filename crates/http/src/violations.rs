//! Rules of a service that are checked before a request is sent.

use std::{borrow::Cow, ops::RangeInclusive};

use anyprofile_core::{Error, ErrorKind, ProviderInfo, Result, profile::is_email_address};

/// The rules of a service that a request breaks, collected so that one error reports all of them.
///
/// A rule completes a sentence that begins with the field's name: `must have at most 60 characters`, `is required`. It must not
/// repeat a value, so that the error shows none.
///
/// ```
/// use anyprofile_http::{Request, Violations};
///
/// let mut violations = Violations::new();
/// violations.check_characters("title", "", 1..=80);
/// violations.check_email("email", "ada at example");
/// // It is an error with all rules at once when the request is sent; nothing is sent.
/// let create = Request::post("create-user").path("/users").checked(violations);
/// # let _ = create;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(Vec<(Cow<'static, str>, Cow<'static, str>)>);

impl Violations {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule that a field breaks. A rule is reported once, also if several values of the field break it.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) {
        let violation = (field.into(), rule.into());
        if !self.0.contains(&violation) {
            self.0.push(violation);
        }
    }

    /// Checks the length of a text, and adds the rule that it breaks. Counts Unicode scalar values.
    pub fn check_characters(&mut self, field: &'static str, text: &str, allowed: RangeInclusive<u32>) {
        // A service may count bytes or UTF-16 units. These are never fewer, so no text is refused as too long that
        // the service would accept.
        // Counting stops as soon as the text is too long.
        let most = usize::try_from(*allowed.end()).unwrap_or(usize::MAX).saturating_add(1);
        let count = u32::try_from(text.chars().take(most).count()).unwrap_or(u32::MAX);
        if allowed.contains(&count) {
            return;
        }
        let rule = match allowed.into_inner() {
            (0, most) => format!("must have at most {most} characters"),
            (least, u32::MAX) => format!("must have at least {least} characters"),
            (least, most) => format!("must have {least} to {most} characters"),
        };
        self.add(field, rule);
    }

    /// Checks an e-mail address, and adds the rule if it is not valid; see
    /// [`is_email_address`](anyprofile_core::profile::is_email_address).
    pub fn check_email(&mut self, field: &'static str, text: &str) {
        if !is_email_address(text) {
            self.add(field, "must be an e-mail address");
        }
    }

    /// Adds the broken rules of another part of the request.
    pub(crate) fn extend(&mut self, others: Self) {
        for (field, rule) in others.0 {
            self.add(field, rule);
        }
    }

    /// Returns an error if a rule is broken.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`]. Its message names every broken rule, and [`Error::field_errors`] has them by field.
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
        assert_eq!(rules(&["ÄÖÜß", "abcd"], 0..=3), ["must have at most 3 characters"]);
        assert_eq!(rules(&["", "a"], 1..=3), ["must have 1 to 3 characters"]);
        assert_eq!(rules(&["ÄÖÜ"], 4..=u32::MAX), ["must have at least 4 characters"]);
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
            "probely account 'eu', users_create: nothing was sent: email must be an e-mail address; name must have at most 3 \
             characters"
        );
        assert_eq!(error.field_errors()["name"], ["must have at most 3 characters"]);
    }
}
