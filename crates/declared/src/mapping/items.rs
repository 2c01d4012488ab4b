//! Fields with several values, in a profile.

use anyprofile_core::{
    Email, Field, FieldPath, Profile,
    profile::{Note, NoteKind},
};

use super::{lists::Item, raw_of};
use crate::record::{Captured, Slot, SlotRef};

/// Sets a field; returns whether it is absent because nobody can name one of the items.
pub(super) fn set_list(profile: &mut Profile, path: &FieldPath, items: Field<Vec<Item>>) -> bool {
    fn all<T>(items: Field<Vec<Item>>, into: impl Fn(Item) -> T) -> Field<Vec<T>> {
        items.map(|items| items.into_iter().map(into).collect())
    }

    // One that nobody can name is there, too: the others are not all.
    // No address is none; no name of a second factor is one without a name.
    let is_unnamed = |item: &Item| {
        item.is_nameless() || (*path == FieldPath::SECURITY_MFA_METHODS && !item.has_id() && !item.has_name())
    };
    let is_part = |items: &Field<Vec<Item>>| items.items().iter().any(is_unnamed);
    let is_of_names = [FieldPath::EMAILS, FieldPath::PHONES, FieldPath::SECURITY_MFA_METHODS].contains(path);
    let is_unnamed = is_of_names && is_part(&items);
    let items = if is_unnamed { Field::Absent } else { items };
    if *path == FieldPath::EMAILS {
        // An empty address is none.
        let items = items.map(|items| items.into_iter().filter(Item::has_id).collect::<Vec<_>>());
        profile.emails = items.map(once);
    } else if *path == FieldPath::ROLES {
        profile.roles = all(items, Item::into_role);
    } else if *path == FieldPath::GROUPS {
        // Several roles may be in the same team.
        profile.groups = all(items, Item::into_group).map(|groups| {
            let mut once = Vec::with_capacity(groups.len());
            for group in groups {
                // Of those without an id and a name, nobody knows whether they are the same.
                let is_nameless = group.id.is_absent() && group.name.is_absent();
                if is_nameless || !once.contains(&group) {
                    once.push(group);
                }
            }
            once
        });
    } else if *path == FieldPath::LABELS {
        profile.labels = all(items, Item::into_label);
    } else if *path == FieldPath::ENTITLEMENTS {
        profile.entitlements = all(items, Item::into_entitlement);
    } else if *path == FieldPath::PHONES {
        let items = items.map(|items| items.into_iter().filter(Item::has_id).collect());
        profile.phones = all(items, Item::into_phone);
    } else {
        profile.security.mfa_methods =
            items.map(|items| items.into_iter().filter_map(Item::into_text).collect());
    }
    is_unnamed
}

/// Returns addresses, each once. What a later rule says of an address completes what an earlier one says.
fn once(items: Vec<Item>) -> Vec<Email> {
    let mut all: Vec<Email> = Vec::with_capacity(items.len());
    for email in items.into_iter().map(Item::into_email) {
        let address = email.address.value().map(|address| address.to_ascii_lowercase());
        let known =
            all.iter_mut().find(|known| known.address.value().map(|it| it.to_ascii_lowercase()) == address);
        match known {
            Some(known) => {
                known.verified = known.verified.take().or(email.verified);
                known.primary = known.primary.take().or(email.primary);
                known.purpose = known.purpose.take().or(email.purpose);
            }
            None => all.push(email),
        }
    }
    all
}

/// Notes a value where a list was expected, and keeps it.
pub(super) fn note_if_no_list(profile: &mut Profile, captured: &Captured, place: &SlotRef, takes_text: bool) {
    let Some(slot) = captured.slots.get(place.slot).filter(|_| place.inside.is_none()) else { return };
    let is_text = matches!(slot, Slot::Text(text) if takes_text || text.is_empty());
    if is_text || matches!(slot, Slot::Absent | Slot::Null | Slot::List(_)) {
        return;
    }
    keep_other(profile, captured, place);
}

/// Moves a field with several values from another profile.
pub(super) fn take_list(profile: &mut Profile, path: &FieldPath, other: &mut Profile) {
    macro_rules! take {
        ($($path:ident: $($field:ident).+,)+) => {
            $(if *path == FieldPath::$path {
                profile.$($field).+ = other.$($field).+.take();
            })+
        };
    }
    take! {
        EMAILS: emails,
        ROLES: roles,
        GROUPS: groups,
        LABELS: labels,
        ENTITLEMENTS: entitlements,
        PHONES: phones,
        SECURITY_MFA_METHODS: security.mfa_methods,
    }
}

/// Keeps a value that no field shows.
pub(super) fn keep(profile: &mut Profile, captured: &Captured, place: &SlotRef) {
    let slot = captured.slots.get(place.slot).filter(|_| place.inside.is_none() && !place.is_secret);
    if let Some(raw) = slot.and_then(raw_of) {
        profile.unknown.insert(&*place.name, raw);
    }
}

/// Notes a value of another type than the expected one, and keeps it.
pub(super) fn keep_other(profile: &mut Profile, captured: &Captured, place: &SlotRef) {
    let Some(slot) = captured.slots.get(place.slot).filter(|_| place.inside.is_none()) else { return };
    if !place.is_secret
        && profile.unknown.get(&place.name).is_none()
        && let Some(raw) = raw_of(slot)
    {
        profile.unknown.insert(&*place.name, raw);
        profile.notes.push(Note::new(FieldPath::unknown(&place.name), NoteKind::OtherType));
    }
}
