//! Compares a row of a file with the profile at the service.

use std::{collections::BTreeMap, sync::Arc};

use anyprofile::{
    Capabilities, Email, Error, ErrorKind, FieldPath, FieldState, GetOptions, Profile, ProfileChange,
    ProfileId, ProfileProvider, ProfileProviderExt as _, Result,
    capabilities::ValueFormat,
    profile::{Label, RoleAssignment},
};
use serde_json::Value;

use crate::output::{Cell, cell_of};

/// Converts a text to the type of its field.
pub(crate) type ReadText = fn(&FieldPath, &str, &Capabilities) -> Value;

/// The changes in one row.
///
/// The row may come from `list`, with all fields. A field that has the current value is not written. A field that
/// cannot be written must have the current value.
pub(crate) struct Row {
    line: u64,
    given: Vec<(FieldPath, Option<Value>)>,
    /// The part that can be written.
    change: ProfileChange,
    /// Why the other fields cannot be written.
    fixed: BTreeMap<FieldPath, String>,
}

/// The fields whose printed form differs from their written form.
const PRINTED_OTHERWISE: [FieldPath; 5] =
    [FieldPath::EMAILS, FieldPath::ROLES, FieldPath::LABELS, FieldPath::METADATA, FieldPath::BILLING_ADDRESS];

/// The fields that the service changes itself, so that a printed value is soon outdated.
const MOVING: [FieldPath; 3] =
    [FieldPath::TIMES_UPDATED, FieldPath::SECURITY_LAST_LOGIN, FieldPath::CHANGED_BY];

impl Row {
    /// Creates a row from its fields, with values in the types of the fields.
    ///
    /// # Errors
    /// A sentence with the mistakes that do not depend on the current profile.
    pub(crate) fn of(
        line: u64,
        given: Vec<(FieldPath, Option<Value>)>,
        id: &ProfileId,
        provider: &dyn ProfileProvider,
        read_text: ReadText,
    ) -> Result<Self, String> {
        let capabilities = provider.capabilities();
        let is_updatable = |path: &FieldPath| {
            let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
            rule.is_some_and(|rule| rule.update && rule.id_kinds.contains(&id.kind))
        };
        let is_listed = given.iter().any(|(path, _)| !is_updatable(path) && is_shown_at(path, capabilities));
        let (mut change, mut fixed) = (ProfileChange::new(), BTreeMap::new());
        let mut mistakes = Vec::new();
        for (path, value) in &given {
            let value = value.as_ref().map(|value| typed(path, value, capabilities, read_text));
            let is_cleared = value.as_ref().is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
            let with = |change: ProfileChange| match value.clone() {
                Some(value) if !is_cleared => change.set(path.clone(), value),
                _ => change.clear(path.clone()),
            };
            match with(ProfileChange::new()).check(id, provider.info(), capabilities) {
                Ok(()) => change = with(change),
                Err(error) => {
                    let rule = error.field_errors().values().flatten().next();
                    let rule =
                        rule.map_or_else(|| error.message().to_owned(), |rule| format!("{path} {rule}"));
                    let may_be_shown = is_shown_at(path, capabilities)
                        && (is_listed || !is_updatable(path) || PRINTED_OTHERWISE.contains(path));
                    if may_be_shown {
                        fixed.insert(path.clone(), rule);
                    } else {
                        mistakes.push(rule);
                    }
                }
            }
        }
        // Rules about several fields.
        if mistakes.is_empty()
            && !change.is_empty()
            && let Err(error) = change.check(id, provider.info(), capabilities)
        {
            mistakes.push(error.message().to_owned());
        }
        if mistakes.is_empty() {
            Ok(Self { line, given, change, fixed })
        } else {
            Err(format!("line {line}: {}", mistakes.join("; ")))
        }
    }

    /// Returns the most that may be written.
    pub(crate) fn change(&self) -> &ProfileChange {
        &self.change
    }

    /// Returns whether the row has no fields.
    pub(crate) fn is_idle(&self) -> bool {
        self.given.is_empty()
    }

    /// Returns the changes to the current profile, and that profile. A listed profile is read again only if the row
    /// has fields from another record.
    ///
    /// # Errors
    /// Any error of the provider. [`ErrorKind::InvalidRequest`], with nothing sent, if a field that cannot be written
    /// does not have the current value.
    pub(crate) async fn beside_shown(
        &self,
        provider: &dyn ProfileProvider,
        id: &ProfileId,
        listed: Option<Arc<Profile>>,
    ) -> Result<(ProfileChange, Arc<Profile>)> {
        let capabilities = provider.capabilities();
        let mut shown = vec![match listed.filter(|listed| self.is_shown_by(listed, capabilities)) {
            Some(listed) => listed,
            None => Arc::new(provider.get(id).await?),
        }];
        if self.needs_more(&shown[0], capabilities) {
            let options = GetOptions::default().with_enrich(true);
            shown.push(Arc::new(provider.get_checked(id, &options).await?));
        }
        let change = self.beside(&shown, capabilities).map_err(|why| {
            Error::new(ErrorKind::InvalidRequest, format!("line {}: nothing was sent: {why}", self.line))
                .with_provider(provider.info())
                .with_operation("update")
                .with_hint("remove it from the file, or list the profile again")
        })?;
        let last = shown.len() - 1;
        Ok((change, shown.swap_remove(last)))
    }

    /// Returns whether a profile shows every field of the row.
    fn is_shown_by(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        let is_shown = |path: &FieldPath| {
            matches!(profile.state(path, capabilities), FieldState::Value | FieldState::Null)
        };
        self.given.iter().all(|(path, _)| is_shown(path))
    }

    /// Returns whether a field of the row comes from another record.
    fn needs_more(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        let is_elsewhere = |path: &FieldPath| {
            capabilities.fields.get(path).is_some()
                && profile.state(path, capabilities) == FieldState::Unsupported
        };
        capabilities.operations.enrich.is_supported() && self.given.iter().any(|(path, _)| is_elsewhere(path))
    }

    /// Returns the changes that are left to write. `shown` is the profile as listed, and with its other records; a
    /// field may have been printed from either.
    ///
    /// # Errors
    /// A message with the fields that cannot be written and do not have the current value.
    fn beside(&self, shown: &[Arc<Profile>], capabilities: &Capabilities) -> Result<ProfileChange, String> {
        let mut change = ProfileChange::new();
        let mut mistakes = Vec::new();
        for (path, given) in &self.given {
            if shown.iter().any(|profile| is_as_shown(given.as_ref(), profile, path, capabilities)) {
                continue;
            }
            match (self.fixed.get(path), self.change.get(path)) {
                (Some(_), _) if MOVING.contains(path) => {}
                (Some(rule), _) => mistakes.push(format!("{rule}, and the service shows another value")),
                (None, anyprofile::Change::Set(value)) => change = change.set(path.clone(), value.clone()),
                (None, anyprofile::Change::Clear) => change = change.clear(path.clone()),
                (None, anyprofile::Change::Keep) => {}
            }
        }
        if mistakes.is_empty() { Ok(change) } else { Err(mistakes.join("; ")) }
    }
}

/// Returns whether the service may show a field. Some fields are derived from others, and are not in the service's
/// table.
fn is_shown_at(path: &FieldPath, capabilities: &Capabilities) -> bool {
    let derived = [FieldPath::KIND, FieldPath::STATUS_RAW];
    derived.contains(path) || capabilities.fields.get(path).is_some()
}

/// Converts a value to the type that its field is written in.
fn typed(path: &FieldPath, value: &Value, capabilities: &Capabilities, read_text: ReadText) -> Value {
    let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
    let is_bool = rule.is_some_and(|rule| matches!(rule.format, ValueFormat::Bool));
    match value {
        // Spreadsheets write booleans in capitals.
        Value::String(text) if is_bool && text.eq_ignore_ascii_case("true") => Value::Bool(true),
        Value::String(text) if is_bool && text.eq_ignore_ascii_case("false") => Value::Bool(false),
        Value::String(text) => read_text(path, text, capabilities),
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            names_of(path, value).unwrap_or_else(|| value.clone())
        }
        other => other.clone(),
    }
}

/// Converts a list of objects, as a listing prints it, to the form that is written.
fn names_of(path: &FieldPath, list: &Value) -> Option<Value> {
    let list = list.clone();
    if *path == FieldPath::EMAILS {
        let [email] = &serde_json::from_value::<Vec<Email>>(list).ok()?[..] else { return None };
        return email.address.value().cloned().map(Value::from);
    }
    let names: Option<Vec<_>> = if *path == FieldPath::LABELS {
        let labels = serde_json::from_value::<Vec<Label>>(list).ok()?;
        labels.iter().map(|label| label.name.value().cloned()).collect()
    } else if *path == FieldPath::ROLES {
        let roles = serde_json::from_value::<Vec<RoleAssignment>>(list).ok()?;
        roles.iter().map(RoleAssignment::reference).collect()
    } else {
        None
    };
    names.map(Value::from)
}

/// Returns whether a profile has the value of a row, in the form of csv or JSON.
fn is_as_shown(
    given: Option<&Value>,
    profile: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> bool {
    // A value that cannot be shown does not equal the given one.
    let Ok(cell) = cell_of(profile, path, capabilities) else { return false };
    match (given, cell) {
        (None, cell) => matches!(cell, Cell::Open | Cell::None(FieldState::Null)),
        (Some(Value::String(given)), Cell::Value(shown)) => {
            let is_bool = matches!(shown.as_str(), "true" | "false");
            *given == shown || is_bool && given.eq_ignore_ascii_case(&shown)
        }
        (Some(given), Cell::Value(_)) => profile.value(path).is_some_and(|shown| shown == *given),
        (Some(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use anyprofile::{
        IdKind, ProviderInfo, async_trait,
        capabilities::{FieldSpec, Support, WriteRule},
        profile::View,
    };
    use serde_json::json;

    use super::*;

    const USERS: &[IdKind] = &[IdKind::USER];

    /// A service that returns a profile in two records.
    #[derive(Debug)]
    struct Fixed {
        info: ProviderInfo,
        capabilities: Capabilities,
        shown: Profile,
    }

    #[async_trait]
    impl ProfileProvider for Fixed {
        fn info(&self) -> &ProviderInfo {
            &self.info
        }

        fn capabilities(&self) -> &Capabilities {
            &self.capabilities
        }

        async fn list_page(
            &self,
            _: &anyprofile::ListQuery,
            _: Option<&anyprofile::listing::Cursor>,
        ) -> Result<anyprofile::listing::Page<Profile>> {
            Ok(anyprofile::listing::Page::last(vec![self.shown.clone()]))
        }

        async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
            Ok(self.shown.clone())
        }
    }

    fn provider() -> Fixed {
        let text = || WriteRule::set_only(USERS, ValueFormat::Text { max_characters: Some(9) }).clearable();
        let rule = |format| WriteRule::set_only(USERS, format);
        let mut capabilities = Capabilities::default();
        capabilities.operations.update = Support::users();
        capabilities.fields = [
            FieldSpec::read(FieldPath::TITLE, "title").writable(text()),
            FieldSpec::read(FieldPath::NAME_DISPLAY, "name").writable(text()),
            FieldSpec::read(FieldPath::EMAILS, "email").writable(rule(ValueFormat::Email)),
            FieldSpec::read(FieldPath::LABELS, "labels")
                .writable(rule(ValueFormat::Names { max_characters: None })),
            FieldSpec::read(FieldPath::BILLING_INVOICED, "invoiced").writable(rule(ValueFormat::Bool)),
            FieldSpec::read(FieldPath::STATUS, "status"),
            FieldSpec::read(FieldPath::USERNAME, "username"),
            FieldSpec::read(FieldPath::SECURITY_MFA_ENABLED, "mfa"),
            FieldSpec::read(FieldPath::TIMES_UPDATED, "changed"),
        ]
        .into_iter()
        .collect();
        let shown = json!({
            "id": "probely:eu/user/ada",
            "kind": "human",
            "status": "active",
            "title": "cto",
            "username": null,
            "emails": [{"address": "a@x", "primary": true}, {"address": "b@x"}],
            "labels": [{"name": "one"}, {"name": "two"}],
            "billing": {"invoiced": true},
            "security": {"mfa_enabled": null},
            "times": {"updated": "2026-01-31T12:00:00Z"},
        });
        Fixed {
            info: ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Probely", "memory:"),
            capabilities,
            shown: serde_json::from_value(shown).unwrap(),
        }
    }

    fn as_text(_: &FieldPath, text: &str, _: &Capabilities) -> Value {
        Value::from(text)
    }

    /// Returns what is written of these fields, or the mistake, found before or after reading the profile.
    fn outcome(fields: &Value) -> Result<Vec<String>, String> {
        let provider = provider();
        let given = fields.as_object().unwrap().iter();
        let given = given
            .map(|(path, value)| (path.parse().unwrap(), Some(value.clone()).filter(|it| !it.is_null())));
        let row = Row::of(7, given.collect(), &provider.shown.id, &provider, as_text)?;
        let change = row.beside(&[Arc::new(provider.shown.clone())], &provider.capabilities)?;
        Ok(change.iter().map(|(path, _)| path.to_string()).collect())
    }

    #[test]
    fn what_is_as_shown_is_not_written_and_what_cannot_be_written_must_be_as_shown() {
        let something_else = "and the service shows another value";
        for (fields, expected) in [
            // As printed in csv.
            (
                json!({"kind": "human", "status": "active", "emails": "a@x;b@x", "labels": "one; two"}),
                Ok(vec![]),
            ),
            (json!({"status": "active", "title": "ceo"}), Ok(vec!["title"])),
            (json!({"title": "cto", "billing.invoiced": "TRUE"}), Ok(vec![])),
            (json!({"billing.invoiced": "False"}), Ok(vec!["billing.invoiced"])),
            (json!({"emails": "c@x"}), Ok(vec!["emails"])),
            // As printed in ndjson.
            (json!({"emails": [{"address": "a@x", "primary": true}, {"address": "b@x"}]}), Ok(vec![])),
            (
                json!({"emails": [{"address": "c@x"}], "labels": [{"name": "one"}]}),
                Ok(vec!["emails", "labels"]),
            ),
            (json!({"username": null, "security.mfa_enabled": null, "title": null}), Ok(vec!["title"])),
            // Fields that the service changes itself.
            (json!({"times.updated": "2025-01-31T12:00:00Z", "title": "ceo"}), Ok(vec!["title"])),
            // Fields that cannot be written.
            (json!({"status": "suspended"}), Err(format!("status is read-only, {something_else}"))),
            (
                json!({"kind": "service", "title": "ceo"}),
                Err(format!("kind is not a field of this service, {something_else}")),
            ),
            (
                json!({"security.mfa_enabled": false}),
                Err(format!("security.mfa_enabled is read-only, {something_else}")),
            ),
            (
                json!({"emails": "a@x;c@x"}),
                Err(format!("emails must be one e-mail address, {something_else}")),
            ),
            (
                json!({"emails": [{"address": "a@x", "primary": true}, {"address": "c@x"}]}),
                Err(format!("emails must be a string, {something_else}")),
            ),
            // Mistakes that do not depend on the profile.
            (
                json!({"title": "far too long"}),
                Err("line 7: title must have at most 9 characters".to_owned()),
            ),
            (json!({"locale": "nb"}), Err("line 7: locale is not a field of this service".to_owned())),
            // In a row from a listing, the value might have been printed.
            (
                json!({"status": "active", "title": "far too long"}),
                Err(format!("title must have at most 9 characters, {something_else}")),
            ),
        ] {
            let expected = expected.map(|paths| paths.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(outcome(&fields), expected, "{fields}");
        }
    }

    #[tokio::test]
    async fn all_that_a_listing_prints_changes_nothing() {
        let mut provider = provider();
        provider.shown = provider.shown.with_raw(None);
        provider.shown.origin = Some(serde_json::from_value(json!({"view": "user"})).unwrap());
        assert_eq!(provider.shown.origin.as_ref().unwrap().view, View::new("user"));
        let cells = FieldPath::CORE.iter().filter(|path| **path != FieldPath::ID).filter_map(|path| {
            match cell_of(&provider.shown, path, &provider.capabilities) {
                Ok(Cell::Value(text)) => Some((path.clone(), Some(Value::from(text)))),
                _ => None,
            }
        });
        let row = Row::of(2, cells.collect(), &provider.shown.id, &provider, as_text).ok().unwrap();
        let (change, _) = row.beside_shown(&provider, &provider.shown.id, None).await.unwrap();
        assert!(change.is_empty() && !row.is_idle());
    }

    #[tokio::test]
    async fn a_profile_that_cannot_be_written_at_all_may_stay_as_it_is() {
        let mut provider = provider();
        provider.capabilities.operations.update = Support::No("there is no such thing".into());
        let id = provider.shown.id.clone();
        for (title, is_fine) in [("cto", true), ("ceo", false)] {
            let kind = (FieldPath::KIND, Some(Value::from("human")));
            let given = vec![kind, (FieldPath::TITLE, Some(Value::from(title)))];
            let row = Row::of(2, given, &id, &provider, as_text).ok().unwrap();
            let listed = Some(Arc::new(provider.shown.clone()));
            let changed = row.beside_shown(&provider, &id, listed).await;
            assert_eq!(changed.is_ok_and(|(change, _)| change.is_empty()), is_fine, "{title}");
        }
    }
}
