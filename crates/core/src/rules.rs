//! Checks a write against the rules of the service, before anything is sent.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    Capabilities, Change, Error, ErrorKind, FieldPath, IdKind, ProfileChange, ProviderInfo, Result,
    Timestamp,
    capabilities::{AtCreation, Readable, ValueFormat, WriteRule},
    email::is_email_address,
    profile::RoleAssignment,
};

/// A field and the rule that its new value breaks. The rule does not repeat the value.
pub(crate) type Violation = (FieldPath, String);

/// Returns one error with all violations, or `Ok` if there are none.
pub(crate) fn refuse(operation: &'static str, info: &ProviderInfo, violations: Vec<Violation>) -> Result<()> {
    if violations.is_empty() {
        return Ok(());
    }
    let rules: Vec<_> = violations.iter().map(|(path, rule)| format!("{} {rule}", path.redacted())).collect();
    let error = Error::new(ErrorKind::InvalidRequest, format!("nothing was sent: {}", rules.join("; ")))
        .with_provider(info)
        .with_operation(operation);
    Err(violations.into_iter().fold(error, |error, (path, rule)| error.with_field_error(path.as_str(), rule)))
}

/// Returns the violations of an update.
pub(crate) fn update_violations(
    change: &ProfileChange,
    kind: &IdKind,
    capabilities: &Capabilities,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, change) in change.iter() {
        let broken = match rule_of(path, kind, capabilities) {
            Err(broken) => Some(broken),
            Ok(rule) if !rule.update => Some("can only be set when the profile is created".to_owned()),
            Ok(rule) => change_violation(path, change, rule),
        };
        violations.extend(broken.map(|broken| (path.clone(), broken)));
    }
    violations
}

/// Returns the violations of a draft.
pub(crate) fn draft_violations(
    draft: &ProfileChange,
    kind: &IdKind,
    capabilities: &Capabilities,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, change) in draft.iter() {
        let broken = match rule_of(path, kind, capabilities) {
            Err(broken) => Some(broken),
            Ok(rule) if rule.create == AtCreation::No => {
                Some("cannot be set when the profile is created".to_owned())
            }
            Ok(rule) => change_violation(path, change, rule),
        };
        violations.extend(broken.map(|broken| (path.clone(), broken)));
    }
    for spec in capabilities.fields.iter() {
        let is_required = spec
            .write
            .as_ref()
            .is_some_and(|rule| rule.create == AtCreation::Required && rule.id_kinds.contains(kind));
        if is_required && draft.get(&spec.path).is_keep() {
            violations.push((spec.path.clone(), "is required".to_owned()));
        }
    }
    violations
}

/// Returns a violation if the profile would have too many metadata pairs, its `current` ones included.
pub(crate) fn pair_violations(
    change: &ProfileChange,
    current: Option<&std::collections::BTreeMap<String, String>>,
    capabilities: &Capabilities,
) -> Vec<Violation> {
    let rule = capabilities.fields.get(&FieldPath::METADATA).and_then(|spec| spec.write.as_ref());
    let Some(ValueFormat::Pairs { max_pairs: Some(max), .. }) = rule.map(|rule| &rule.format) else {
        return Vec::new();
    };
    let mut keys: std::collections::BTreeSet<&str> =
        current.into_iter().flat_map(|pairs| pairs.keys().map(String::as_str)).collect();
    let mut is_touched = false;
    for (path, change) in change.iter() {
        match (path.metadata_key(), change) {
            (Some(key), Change::Set(_)) => is_touched |= keys.insert(key),
            (Some(key), Change::Clear) => drop(keys.remove(key)),
            _ => {}
        }
    }
    if is_touched && keys.len() > *max as usize {
        return vec![(
            FieldPath::METADATA,
            format!("must have at most {max} pairs, and would have {}", keys.len()),
        )];
    }
    Vec::new()
}

fn rule_of<'a>(
    path: &FieldPath,
    kind: &IdKind,
    capabilities: &'a Capabilities,
) -> std::result::Result<&'a WriteRule, String> {
    let spec = capabilities.fields.get(path);
    let Some(rule) = spec.and_then(|spec| spec.write.as_ref()) else {
        return Err(match spec.map(|spec| &spec.read) {
            None | Some(Readable::No) => "is not a field of this service".to_owned(),
            Some(_) => "is read-only".to_owned(),
        });
    };
    if rule.id_kinds.contains(kind) {
        return Ok(rule);
    }
    Err(format!("cannot be written for profiles of kind '{kind}'"))
}

fn change_violation(path: &FieldPath, change: Change<&Value>, rule: &WriteRule) -> Option<String> {
    if let (Some(key), ValueFormat::Pairs { max_key_characters: Some(max), .. }) =
        (path.metadata_key(), &rule.format)
        && key.chars().count() > *max as usize
    {
        return Some(format!("must have a key of at most {max} characters"));
    }
    if *path == FieldPath::METADATA && matches!(rule.format, ValueFormat::Pairs { .. }) {
        return Some("must be set pair by pair, as metadata.KEY".to_owned());
    }
    match change {
        Change::Keep => None,
        Change::Clear if rule.clear => None,
        Change::Clear => Some("cannot be cleared: the service documents no way to clear it".to_owned()),
        // Services show an empty text if there is no value.
        Change::Set(Value::String(text)) if text.is_empty() => Some(
            if rule.clear {
                "must not be empty: clear it instead"
            } else {
                "must not be empty: the service documents no way to clear it"
            }
            .to_owned(),
        ),
        Change::Set(Value::String(text)) if text.trim().is_empty() => Some("must not be blank".to_owned()),
        Change::Set(value) => match (&rule.format, path.metadata_key()) {
            (ValueFormat::Pairs { max_value_characters, .. }, Some(_)) => {
                format_violation(&ValueFormat::Text { max_characters: *max_value_characters }, value)
            }
            (format, _) => format_violation(format, value),
        },
    }
}

/// Returns the rule of a format that a value breaks.
fn format_violation(format: &ValueFormat, value: &Value) -> Option<String> {
    if matches!(format, ValueFormat::Bool) {
        return (!value.is_boolean()).then(|| "must be true or false".to_owned());
    }
    if let ValueFormat::Names { .. } | ValueFormat::Roles { .. } = format {
        return list_violation(format, value);
    }
    let Some(text) = value.as_str() else {
        return Some("must be a string".to_owned());
    };
    match format {
        ValueFormat::Bool
        | ValueFormat::Pairs { .. }
        | ValueFormat::Names { .. }
        | ValueFormat::Roles { .. }
        | ValueFormat::Text { max_characters: None } => None,
        ValueFormat::Lines { max_lines } => {
            let lines: Vec<_> = text.split('\n').map(str::trim).collect();
            let fits = lines.len() <= *max_lines as usize && lines.last() != Some(&"");
            (!fits)
                .then(|| format!("must have at most {max_lines} lines, and the last line must not be empty"))
        }
        ValueFormat::Text { max_characters: Some(max) } => {
            (text.chars().count() > *max as usize).then(|| format!("must have at most {max} characters"))
        }
        ValueFormat::Email => (!is_email_address(text)).then(|| "must be one e-mail address".to_owned()),
        ValueFormat::Uri => {
            let well_formed = text.split_once(':').is_some_and(|(scheme, rest)| {
                scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                    && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
                    && !rest.is_empty()
            });
            (!well_formed).then(|| "must be an absolute URI".to_owned())
        }
        ValueFormat::Country => {
            let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
            (!well_formed).then(|| "must be two upper-case letters, such as NO".to_owned())
        }
        ValueFormat::Time => {
            let is_time = Timestamp::read(text).is_ok_and(|read| !read.assumed_utc);
            (!is_time).then(|| "must be a time with its offset, such as 2026-01-31T12:00:00Z".to_owned())
        }
        ValueFormat::OneOf(words) => {
            let is_one = words.iter().any(|word| word == text);
            (!is_one).then(|| format!("must be one of: {}", words.join(", ")))
        }
    }
}

/// Returns the rule of a list format that a value breaks.
fn list_violation(format: &ValueFormat, value: &Value) -> Option<String> {
    let names: Option<Vec<&str>> =
        value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
    let Some(names) = names else {
        return Some("must be a list of strings".to_owned());
    };
    if names.is_empty() {
        return Some("must not be empty: clear it instead".to_owned());
    }
    if names.iter().collect::<std::collections::BTreeSet<_>>().len() < names.len() {
        return Some("must not contain the same item twice".to_owned());
    }
    names.into_iter().find_map(|name| match format {
        ValueFormat::Roles { tiers } => role_violation(name, tiers),
        _ if name.trim().is_empty() => Some("must not contain an empty name".to_owned()),
        ValueFormat::Names { max_characters } => {
            format_violation(&ValueFormat::Text { max_characters: *max_characters }, &Value::from(name))
        }
        _ => None,
    })
}

fn role_violation(reference: &str, tiers: &[Cow<'static, str>]) -> Option<String> {
    let assignment = match reference.parse::<RoleAssignment>() {
        Ok(assignment) => assignment,
        Err(error) => return Some(format!("is not valid: {error}")),
    };
    let tier = assignment.scope.value().and_then(|scope| scope.tier.value());
    let places = tiers.get(1..).unwrap_or_default();
    match tier {
        Some(tier) if !places.iter().any(|place| place == tier.as_str()) => {
            let whole = format!("must be ROLE for the whole {}", tiers.first()?);
            Some(format!("{whole}, or ROLE@TIER:ID with the tier {}", places.join(" or ")))
        }
        _ => None,
    }
}
