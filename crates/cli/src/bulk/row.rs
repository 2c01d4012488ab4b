//! What a row of a file asks for, beside what the service shows.

use std::{collections::BTreeMap, sync::Arc};

use anyprofile::{
    Capabilities, Email, Error, ErrorKind, FieldPath, FieldState, GetOptions, Profile, ProfileChange,
    ProfileId, ProfileProvider, ProfileProviderExt as _, Result,
    capabilities::ValueFormat,
    profile::{Label, RoleAssignment},
};
use serde_json::Value;

use crate::output::{Cell, cell_of};

/// Reads a text in the type that its field has.
pub(crate) type ReadText = fn(&FieldPath, &str, &Capabilities) -> Value;

/// What a row asks for.
///
/// A row may be one that `list` printed, with all of its fields: those that are as the service shows them are not written,
/// and one that cannot be written must be as it is shown.
pub(crate) struct Row {
    line: u64,
    given: Vec<(FieldPath, Option<Value>)>,
    /// What of it can be written.
    change: ProfileChange,
    /// Why the rest cannot.
    fixed: BTreeMap<FieldPath, String>,
}

/// Fields that are printed in another form than they are written in.
const PRINTED_OTHERWISE: [FieldPath; 5] =
    [FieldPath::EMAILS, FieldPath::ROLES, FieldPath::LABELS, FieldPath::METADATA, FieldPath::BILLING_ADDRESS];

/// Fields that the service changes by itself, so that they differ from what was printed a while ago.
const MOVING: [FieldPath; 3] =
    [FieldPath::TIMES_UPDATED, FieldPath::SECURITY_LAST_LOGIN, FieldPath::CHANGED_BY];

impl Row {
    /// Takes the fields of a row, in the types that they have.
    ///
    /// # Errors
    /// What is wrong with it whatever the service shows, in a sentence.
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
        // Rules of several fields together.
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

    /// What is to be written at the most.
    pub(crate) fn change(&self) -> &ProfileChange {
        &self.change
    }

    /// Whether it names nothing.
    pub(crate) fn is_idle(&self) -> bool {
        self.given.is_empty()
    }

    /// What the row changes of the profile as it is, and that. What a listing brought of it is read once more only where the row
    /// names what is in another record.
    ///
    /// # Errors
    /// The provider's; and [`ErrorKind::InvalidRequest`], with nothing sent, if a field that cannot be written is not as the
    /// service shows it.
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
                .with_hint("take it out of the file, or print the profile anew")
        })?;
        let last = shown.len() - 1;
        Ok((change, shown.swap_remove(last)))
    }

    /// Whether a profile shows every field that the row names.
    fn is_shown_by(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        let is_shown = |path: &FieldPath| {
            matches!(profile.state(path, capabilities), FieldState::Value | FieldState::Null)
        };
        self.given.iter().all(|(path, _)| is_shown(path))
    }

    /// Whether a field is in another record than the first.
    fn needs_more(&self, profile: &Profile, capabilities: &Capabilities) -> bool {
        let is_elsewhere = |path: &FieldPath| {
            capabilities.fields.get(path).is_some()
                && profile.state(path, capabilities) == FieldState::Unsupported
        };
        capabilities.operations.enrich.is_supported() && self.given.iter().any(|(path, _)| is_elsewhere(path))
    }

    /// What is left to be written of a profile that the service shows so: as a listing has it, and with its other records. A
    /// field may have been printed from either.
    ///
    /// # Errors
    /// The fields that cannot be written and are not as they are shown, in words.
    fn beside(&self, shown: &[Arc<Profile>], capabilities: &Capabilities) -> Result<ProfileChange, String> {
        let mut change = ProfileChange::new();
        let mut mistakes = Vec::new();
        for (path, given) in &self.given {
            if shown.iter().any(|profile| is_as_shown(given.as_ref(), profile, path, capabilities)) {
                continue;
            }
            match (self.fixed.get(path), self.change.get(path)) {
                (Some(_), _) if MOVING.contains(path) => {}
                (Some(rule), _) => mistakes.push(format!("{rule}, and the service shows something else")),
                (None, anyprofile::Change::Set(value)) => change = change.set(path.clone(), value.clone()),
                (None, anyprofile::Change::Clear) => change = change.clear(path.clone()),
                (None, anyprofile::Change::Keep) => {}
            }
        }
        if mistakes.is_empty() { Ok(change) } else { Err(mistakes.join("; ")) }
    }
}

/// Whether the service may show a field, of which its table names the values and not always the words that they were read
/// from.
fn is_shown_at(path: &FieldPath, capabilities: &Capabilities) -> bool {
    let derived = [FieldPath::KIND, FieldPath::STATUS_RAW];
    derived.contains(path) || capabilities.fields.get(path).is_some()
}

/// A value in the type that its field is written in.
fn typed(path: &FieldPath, value: &Value, capabilities: &Capabilities, read_text: ReadText) -> Value {
    let rule = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref());
    let is_bool = rule.is_some_and(|rule| matches!(rule.format, ValueFormat::Bool));
    match value {
        // Spreadsheets write them in capitals.
        Value::String(text) if is_bool && text.eq_ignore_ascii_case("true") => Value::Bool(true),
        Value::String(text) if is_bool && text.eq_ignore_ascii_case("false") => Value::Bool(false),
        Value::String(text) => read_text(path, text, capabilities),
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            names_of(path, value).unwrap_or_else(|| value.clone())
        }
        other => other.clone(),
    }
}

/// A list of objects, as the listing prints it, in the form that it is written in.
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

/// Whether a profile shows a field as a row has it: as csv or as json prints it.
fn is_as_shown(
    given: Option<&Value>,
    profile: &Profile,
    path: &FieldPath,
    capabilities: &Capabilities,
) -> bool {
    // What cannot be shown is not as it is given.
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

    /// A service that shows a person in two records.
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

    /// What is written of these fields, what is wrong with them at once, or beside what is shown.
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
        let something_else = "and the service shows something else";
        for (fields, expected) in [
            // As csv prints it.
            (
                json!({"kind": "human", "status": "active", "emails": "a@x;b@x", "labels": "one; two"}),
                Ok(vec![]),
            ),
            (json!({"status": "active", "title": "ceo"}), Ok(vec!["title"])),
            (json!({"title": "cto", "billing.invoiced": "TRUE"}), Ok(vec![])),
            (json!({"billing.invoiced": "False"}), Ok(vec!["billing.invoiced"])),
            (json!({"emails": "c@x"}), Ok(vec!["emails"])),
            // As ndjson prints it.
            (json!({"emails": [{"address": "a@x", "primary": true}, {"address": "b@x"}]}), Ok(vec![])),
            (
                json!({"emails": [{"address": "c@x"}], "labels": [{"name": "one"}]}),
                Ok(vec!["emails", "labels"]),
            ),
            (json!({"username": null, "security.mfa_enabled": null, "title": null}), Ok(vec!["title"])),
            // What moves by itself.
            (json!({"times.updated": "2025-01-31T12:00:00Z", "title": "ceo"}), Ok(vec!["title"])),
            // What cannot be written.
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
            // What is wrong whatever is shown.
            (
                json!({"title": "far too long"}),
                Err("line 7: title must have at most 9 characters".to_owned()),
            ),
            (json!({"locale": "nb"}), Err("line 7: locale is not a field of this service".to_owned())),
            // In a row of a listing it might have been printed so.
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
