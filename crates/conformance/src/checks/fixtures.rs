//! The writes of the checks, and the profiles that they use.

use std::collections::BTreeSet;

use anyprofile_core::{
    ErrorKind, FieldPath, IdKind, ListQuery, PlanOptions, Profile, ProfileChange, ProfileDraft, ProfileId,
    ProfileProviderExt as _, Result, Status, Write,
    capabilities::{AtCreation, Operations, Support, ValueFormat, WriteRule},
};
use serde_json::{Value, json};

use crate::subject::{Subject, unique};

/// Returns a value in a format; another number results in another value.
pub(super) fn value(format: &ValueFormat, number: u64) -> Option<Value> {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    Some(match format {
        ValueFormat::Text { max_characters } => {
            let text = format!("Conformance {number}");
            let most = max_characters.map_or(usize::MAX, |max| max as usize);
            Value::from(text.chars().rev().take(most).collect::<String>())
        }
        ValueFormat::Email => json!(format!("conformance.{number}@example.com")),
        ValueFormat::Uri => json!(format!("https://example.com/conformance/{number}")),
        ValueFormat::Country => json!(["NO", "DE", "JP"][place % 3]),
        ValueFormat::Time => json!(format!("2025-01-{:02}T12:00:00Z", number % 28 + 1)),
        ValueFormat::OneOf(words) => Value::from(&**words.get(place % words.len().max(1))?),
        ValueFormat::Bool => json!(number.is_multiple_of(2)),
        ValueFormat::Pairs { .. } => json!(format!("value {number}")),
        ValueFormat::Names { .. } => json!([format!("conformance {number}")]),
        ValueFormat::Lines { .. } => json!(format!("Line {number}")),
        _ => return None,
    })
}

/// Returns the fields of a kind that an update can set.
pub(super) fn writable<'a>(
    subject: &'a Subject<'_>,
    kind: &'a IdKind,
) -> impl Iterator<Item = (FieldPath, &'a WriteRule)> {
    subject.capabilities().fields.iter().filter_map(move |spec| {
        let rule = spec.write.as_ref().filter(|rule| rule.update && rule.id_kinds.contains(kind))?;
        let is_pairs = matches!(rule.format, ValueFormat::Pairs { .. });
        Some((if is_pairs { FieldPath::metadata("conformance") } else { spec.path.clone() }, rule))
    })
}

/// Returns a draft with all fields that can be set.
pub(super) fn draft(subject: &Subject<'_>, kind: &IdKind, number: u64) -> ProfileDraft {
    let given = subject.capabilities().fields.iter().filter_map(|spec| {
        let rule = spec.write.as_ref().filter(|rule| rule.id_kinds.contains(kind))?;
        let is_pairs = matches!(rule.format, ValueFormat::Pairs { .. });
        let path = if is_pairs { FieldPath::metadata("conformance") } else { spec.path.clone() };
        // The default status of a new profile is used, unless it must be given.
        let is_status = path == FieldPath::STATUS && rule.create != AtCreation::Required;
        let is_given = rule.create != AtCreation::No && !is_status;
        // The first status is the one of somebody who may act.
        let number = if path == FieldPath::STATUS { 0 } else { number };
        Some((path, value(&rule.format, number).filter(|_| is_given)?))
    });
    given.fold(ProfileDraft::new(kind.clone()), |draft, (path, value)| draft.set(path, value))
}

/// Returns a profile to deactivate or delete: a new one if possible, else a listed one.
pub(super) async fn victim(subject: &Subject<'_>, kind: &IdKind) -> Result<Option<ProfileId>> {
    victim_but(subject, kind, &BTreeSet::new()).await
}

async fn victim_but(
    subject: &Subject<'_>,
    kind: &IdKind,
    taken: &BTreeSet<ProfileId>,
) -> Result<Option<ProfileId>> {
    if subject.capabilities().operations.create.kinds().contains(kind) {
        return Ok(Some(subject.provider.create(&draft(subject, kind, unique())).await?.id));
    }
    // Listed again, since an earlier check may have deleted profiles.
    let listed = subject.list(ListQuery::new()).await?;
    let mut people = listed.into_iter().rev().filter(|it| it.id.kind == *kind && may_act(it));
    Ok(people.find(|it| !taken.contains(&it.id)).map(|profile| profile.id))
}

fn may_act(profile: &Profile) -> bool {
    !matches!(profile.status.value(), Some(Status::Suspended | Status::Deleted))
}

/// Returns one listed profile of each kind that can be updated.
pub(super) async fn updatable(subject: &Subject<'_>) -> Result<Vec<ProfileId>> {
    let kinds = subject.capabilities().operations.update.kinds();
    let listed = if kinds.is_empty() { Vec::new() } else { subject.list(ListQuery::new()).await? };
    let of_kind = |kind: &IdKind| {
        let people = listed.iter().filter(|it| it.id.kind == *kind && may_act(it));
        people.take(5).last().map(|profile| profile.id.clone())
    };
    Ok(kinds.iter().filter_map(of_kind).collect())
}

/// Returns an update of these fields that changes something: of a few, the one that takes the most requests, so that chance does not decide
/// what is tried.
pub(super) async fn update(
    subject: &Subject<'_>,
    id: &ProfileId,
    fields: &[(FieldPath, &WriteRule)],
) -> Result<Option<Write>> {
    let first = unique();
    let mut most: Option<(usize, Write)> = None;
    // One of these values differs from the current one.
    for number in first..first + 4 {
        let values = fields.iter().filter_map(|(path, rule)| Some((path, value(&rule.format, number)?)));
        let change =
            values.fold(ProfileChange::new(), |change, (path, value)| change.set(path.clone(), value));
        if change.is_empty() {
            return Ok(None);
        }
        let write = Write::update(id.clone(), change);
        match subject.provider.plan(&write, &PlanOptions::new()).await {
            Ok(plan) if plan.is_settled() => {}
            Ok(plan) => {
                let requests = plan.requests().len();
                if most.as_ref().is_none_or(|(known, _)| requests > *known) {
                    most = Some((requests, write));
                }
            }
            // Some fields cannot be changed together.
            Err(error) if error.kind() == ErrorKind::InvalidRequest => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(most.map(|(_, write)| write))
}

/// Returns an update of all fields, which takes as many requests as the service needs.
pub(super) async fn update_all(subject: &Subject<'_>, id: &ProfileId) -> Result<Option<Write>> {
    update(subject, id, &writable(subject, &id.kind).collect::<Vec<_>>()).await
}

type Removal = fn(ProfileId) -> Write;

/// Returns the operations that remove access, and their writes.
pub(super) fn removals(operations: &Operations) -> [(&Support, Removal); 2] {
    [(&operations.deactivate, Write::deactivate), (&operations.delete, Write::delete)]
}

/// Returns one write for each supported operation and kind, each to another profile.
pub(super) async fn writes(subject: &Subject<'_>) -> Result<Vec<Write>> {
    let operations = &subject.capabilities().operations;
    let creations = operations.create.kinds().iter();
    let mut writes: Vec<_> = creations.map(|kind| Write::create(draft(subject, kind, unique()))).collect();
    for id in updatable(subject).await? {
        writes.extend(update_all(subject, &id).await?);
    }
    let mut taken: BTreeSet<_> = writes.iter().filter_map(|write| write.id().cloned()).collect();
    for (support, write) in removals(operations) {
        for kind in support.kinds() {
            if let Some(id) = victim_but(subject, kind, &taken).await? {
                taken.insert(id.clone());
                writes.push(write(id));
            }
        }
    }
    for kind in operations.enroll.kinds() {
        let profile = subject.some(kind).next().map(|profile| profile.id.clone());
        writes.extend(profile.map(Write::enroll));
    }
    Ok(writes)
}
