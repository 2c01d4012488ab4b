//! Everything that a provider writes: whatever its field table says, field by field and all at once.

use anyprofile::{
    FieldPath, IdKind, Plan, ProfileChange, ProfileDraft, ProfileId, ProfileProvider, Write,
    capabilities::{AtCreation, WriteRule},
};
use serde_json::Value;

use crate::{
    check::Check,
    samples::{self, Written},
};

/// Calls every write that the provider declares, for these profiles. What all fields at once are answered with is also
/// asked for by the names of these examples.
pub(crate) async fn call(
    check: &mut Check,
    provider: &dyn ProfileProvider,
    ids: &[ProfileId],
    examples: &[String],
) {
    let operations = &provider.capabilities().operations;
    for kind in operations.create.kinds() {
        create(check, provider, kind, examples).await;
    }
    for id in ids {
        of_profile(check, provider, id, examples).await;
    }
}

/// Calls every write that the provider declares for a profile.
pub(crate) async fn of_profile(
    check: &mut Check,
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    examples: &[String],
) {
    let operations = &provider.capabilities().operations;
    let supports = |kinds: &[IdKind]| kinds.contains(&id.kind);
    if supports(operations.update.kinds()) {
        update(check, provider, id, examples).await;
    }
    for (kinds, write) in [
        (operations.enroll.kinds(), Write::enroll(id.clone())),
        (operations.deactivate.kinds(), Write::deactivate(id.clone())),
        (operations.delete.kinds(), Write::delete(id.clone())),
    ] {
        if supports(kinds) {
            let what = format!("trait: {} {}", write.operation(), id.kind);
            check.write(&what, "ok", None, provider, write).await;
        }
    }
}

async fn update(check: &mut Check, provider: &dyn ProfileProvider, id: &ProfileId, examples: &[String]) {
    let what = format!("trait: update {}", id.kind);
    let mut changes = Vec::new();
    let mut all = ProfileChange::new();
    for (path, rule) in writable(provider, &id.kind).filter(|(_, rule)| rule.update) {
        let values = values(check, &what, path, rule);
        for written in &values {
            changes.push((path.to_string(), None, changed(ProfileChange::new(), written)));
        }
        if rule.clear {
            let cleared = values.iter().flatten().take(1);
            let clear = cleared.fold(ProfileChange::new(), |change, (path, _)| change.clear(path.clone()));
            changes.push((format!("{path} cleared"), None, clear));
        }
        all = changed(all, last(&values));
    }
    changes.extend(responses(examples).map(|(word, example)| (word, example, all.clone())));
    for (word, example, change) in &changes {
        check.write(&what, word, *example, provider, Write::update(id.clone(), change.clone())).await;
    }
}

async fn create(check: &mut Check, provider: &dyn ProfileProvider, kind: &IdKind, examples: &[String]) {
    let what = format!("trait: create {kind}");
    let fields = writable(provider, kind).filter(|(_, rule)| rule.create != AtCreation::No);
    let (needed, optional): (Vec<_>, Vec<_>) =
        fields.partition(|(_, rule)| rule.create == AtCreation::Required);
    let mut required = ProfileDraft::new(kind.clone());
    for (path, rule) in needed {
        required = drafted(required, last(&values(check, &what, path, rule)));
    }
    let mut drafts = vec![("required".to_owned(), None, required.clone())];
    let mut all = required.clone();
    for (path, rule) in optional {
        let values = values(check, &what, path, rule);
        for written in &values {
            drafts.push((path.to_string(), None, drafted(required.clone(), written)));
        }
        all = drafted(all, last(&values));
    }
    drafts.extend(responses(examples).map(|(word, example)| (word, example, all.clone())));
    for (word, example, draft) in &drafts {
        check.write(&what, word, *example, provider, Write::create(draft.clone())).await;
    }
}

/// Why a field is forgotten: each is at least one value of what is sent.
pub(crate) fn forgotten(plan: &Plan) -> Option<String> {
    // A request without a body takes something away.
    let bodies = plan.requests().iter().map(|request| request.body.as_ref());
    let sent: usize = bodies.map(|body| body.map_or(1, count_values)).sum();
    let fields = match plan.needed() {
        Write::Create { draft } => draft.fields().iter().count(),
        Write::Update { change, .. } => change.iter().count(),
        _ => 0,
    };
    (sent < fields).then(|| format!("sends {sent} values for {fields} fields"))
}

fn count_values(body: &Value) -> usize {
    match body {
        // A list that is emptied is a value too.
        Value::Array(items) if items.is_empty() => 1,
        Value::Array(items) => items.iter().map(count_values).sum(),
        Value::Object(members) => members.values().map(count_values).sum(),
        _ => 1,
    }
}

/// The fields of a profile of a kind that can be written.
fn writable<'a>(
    provider: &'a dyn ProfileProvider,
    kind: &'a IdKind,
) -> impl Iterator<Item = (&'a FieldPath, &'a WriteRule)> {
    let rules = provider.capabilities().fields.iter().filter_map(|it| Some((&it.path, it.write.as_ref()?)));
    rules.filter(|(_, rule)| rule.id_kinds.contains(kind))
}

/// The values of a field. Not to know any is a failure: a format was added, and nothing of it here.
fn values(check: &mut Check, what: &str, path: &FieldPath, rule: &WriteRule) -> Vec<Written> {
    samples::of(path, &rule.format).unwrap_or_else(|| {
        check.fail(what, &format!("no value is known for the format of {path}"));
        Vec::new()
    })
}

fn last(values: &[Written]) -> &[(FieldPath, Value)] {
    values.last().map_or(&[], Vec::as_slice)
}

fn changed(change: ProfileChange, written: &[(FieldPath, Value)]) -> ProfileChange {
    written.iter().fold(change, |change, (path, value)| change.set(path.clone(), value.clone()))
}

fn drafted(draft: ProfileDraft, written: &[(FieldPath, Value)]) -> ProfileDraft {
    written.iter().fold(draft, |draft, (path, value)| draft.set(path.clone(), value.clone()))
}

/// The server's choice and each example, with words for them.
fn responses(examples: &[String]) -> impl Iterator<Item = (String, Option<&str>)> {
    let examples = examples.iter().map(|example| (format!("all, {example}"), Some(example.as_str())));
    std::iter::once(("all".to_owned(), None)).chain(examples)
}
