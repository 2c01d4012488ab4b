//! Turns records into profiles, as the `map` of a definition says.

mod actors;
mod agree;
pub(crate) mod fields;
mod items;
mod lists;
mod places;
mod rule;
mod shown;
mod time;

use anyprofile_core::{
    Field, FieldPath, IdKind, Kind, Profile, ProfileId, ProviderInfo, Status, Timestamp,
    profile::{Extension, Note, NoteKind, OrganizationKind, RawJson, View},
};

use self::{
    actors::{ActorField, ActorRules, actor, set_actor},
    fields::{Target, scalars},
    items::{keep, keep_other, note_if_no_list, set_list},
    lists::{ListRule, flag_of, text_of},
    places::Places,
    rule::{Resolved, ResolvedCase, Said},
};
use crate::{
    definition::{ActorRule, Case, Map, Scalar},
    record::{Captured, Look, Lookup as _, ReadRecord, Shape, ShapeBuilder, Slot, SlotRef},
};

/// How the records of a view become profiles.
#[derive(Debug)]
pub(crate) struct RecordPlan {
    pub(crate) kind: IdKind,
    pub(crate) view: View,
    pub(crate) shape: Shape,
    id: Option<Resolved<SlotRef>>,
    skip: Vec<ResolvedCase<SlotRef>>,
    scalars: Vec<ScalarRule>,
    lists: Vec<FieldRules>,
    /// The lists and objects that are kept whole, unless rules read everything of them.
    trees: Vec<SlotRef>,
    actors: Vec<ActorRules>,
    has_secrets: bool,
    /// The lists in whose place a text has a meaning, too.
    texts: Vec<usize>,
    has_status_raw: bool,
}

struct ScalarRule {
    path: FieldPath,
    target: Target,
    rule: Resolved<SlotRef>,
    name: Box<str>,
    withheld: Option<String>,
}

impl std::fmt::Debug for ScalarRule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ScalarRule({})", self.path.as_str())
    }
}

#[derive(Debug)]
struct FieldRules {
    path: FieldPath,
    rules: Vec<ListRule>,
}

impl RecordPlan {
    /// Creates the plan of a view. The rules of a later map replace those of an earlier one. `further` are places that are read besides.
    pub(crate) fn new(
        kind: &IdKind,
        view: &View,
        maps: &[&Map],
        skip: &[Case],
        further: &[&str],
        secrets: &[String],
    ) -> Self {
        let map = merged(maps);
        let mut builder = ShapeBuilder::default();
        Self::resolved(kind, view, &map, skip, &mut Places::Collected(&mut builder));
        builder.scalar("/@key");
        for pointer in further {
            builder.scalar(pointer);
        }
        for pointer in secrets {
            builder.secret(pointer);
        }
        let shape = builder.build();
        let plan = Self::resolved(kind, view, &map, skip, &mut Places::Found(&shape));
        Self { shape, has_secrets: !secrets.is_empty(), ..plan }
    }

    fn resolved(kind: &IdKind, view: &View, map: &Map, skip: &[Case], places: &mut Places<'_>) -> Self {
        let scalar_rules = scalars().into_iter().filter_map(|(path, target, rule)| {
            let rule = rule(map)?;
            let resolved = places.rule(rule);
            let name = name_of(&resolved);
            Some(ScalarRule { path, target, rule: resolved, name, withheld: rule.0.withheld.clone() })
        });
        let scalars = scalar_rules.collect();
        let mut lists = Vec::new();
        if let Some(rules) = &map.emails {
            let rules = rules.iter().map(|rule| ListRule::of_email(rule, places)).collect();
            lists.push(FieldRules { path: FieldPath::EMAILS, rules });
        }
        let items = [
            (FieldPath::ROLES, map.roles.as_deref()),
            (FieldPath::GROUPS, map.groups.as_deref()),
            (FieldPath::LABELS, map.labels.as_deref()),
            (FieldPath::ENTITLEMENTS, map.entitlements.as_deref()),
            (FieldPath::PHONES, map.phones.as_deref()),
            (FieldPath::SECURITY_MFA_METHODS, map.mfa_methods.as_ref().map(std::slice::from_ref)),
        ];
        for (path, rules) in items {
            let Some(rules) = rules else { continue };
            let rules = rules
                .iter()
                .map(|rule| {
                    // What a service has as one word is the id of the role as well: that is what a change sends.
                    let mut rule = rule.clone();
                    if path == FieldPath::ROLES && rule.id.is_none() && rule.each.is_none() {
                        rule.id.clone_from(&rule.name);
                    }
                    ListRule::of_item(&rule, places)
                })
                .collect();
            lists.push(FieldRules { path, rules });
        }
        let actors = [
            (ActorField::ChangedBy, &map.changed_by),
            (ActorField::Owner, &map.owner),
            (ActorField::Manager, &map.manager),
        ];
        let actors = actors
            .into_iter()
            .filter_map(|(field, rule)| {
                let ActorRule { at, id, name, email } = rule.as_ref()?;
                let place = at.as_ref().map(|at| places.place(at, true));
                Some((
                    field,
                    place,
                    [id, name, email].map(|rule| rule.as_ref().map(|rule| places.rule(rule))),
                ))
            })
            .collect();
        let trees = places.trees();
        let rules = lists.iter().flat_map(|field| &field.rules).filter(|rule| rule.takes_text());
        let texts = rules.filter_map(ListRule::place).map(|place| place.slot).collect();
        Self {
            trees,
            has_secrets: false,
            texts,
            kind: kind.clone(),
            view: view.clone(),
            shape: Shape::default(),
            id: map.id.as_ref().map(|rule| places.rule(rule)),
            skip: skip.iter().map(|case| places.case(case)).collect(),
            scalars,
            lists,
            actors,
            has_status_raw: map.status_raw.is_some(),
        }
    }

    /// Returns the kind of profile that every record is, if the definition says so.
    pub(crate) fn constant_kind(&self) -> Option<Kind> {
        let rule = self.scalars.iter().find(|rule| rule.path == FieldPath::KIND)?;
        match rule.rule.constant()? {
            Scalar::Text(word) => Some(Kind::from(word.as_str())),
            _ => None,
        }
    }

    /// Returns whether a record is no profile of its list.
    pub(crate) fn skips(&self, record: &Captured, now: Timestamp) -> bool {
        self.skip.iter().any(|case| case.applies(record, now) == Some(true))
    }

    /// Returns the id of a record.
    pub(crate) fn id_of(&self, record: &Captured, now: Timestamp) -> Option<String> {
        text_of(&self.id.as_ref()?.say(record, now).said).empty_as_null().into_value()
    }

    /// Returns what is wrong with a record's id: its places, and what is there.
    fn no_id(&self, record: &Captured) -> String {
        let places = self.id.as_ref().map(Resolved::places).into_iter().flatten();
        let found: Vec<String> = places
            .map(|place| {
                let what = match record.look(place) {
                    Look::Absent => "nothing",
                    Look::Null => "null",
                    Look::Bool(_) => "true or false",
                    Look::Integer(_) | Look::Float(_) => "a number",
                    Look::Text("") => "an empty text",
                    Look::Text(_) => "a text that is no id",
                    Look::Tree(_) => "a list or an object",
                };
                format!("{} has {what}", place.name)
            })
            .collect();
        format!("the record has no valid id: {}", found.join(", "))
    }

    /// Converts a record with its own id.
    ///
    /// # Errors
    /// If it has no valid id. The message repeats nothing of the record.
    pub(crate) fn profile(
        &self,
        info: &ProviderInfo,
        mut record: ReadRecord,
        now: Timestamp,
    ) -> Result<Profile, String> {
        let place = self.id.as_ref().and_then(Resolved::plain).filter(|place| place.is_only);
        let taken = place.and_then(|place| taken_text(&mut record.captured, place));
        // A number is no text that can be moved.
        let native = taken.or_else(|| self.id_of(&record.captured, now)).unwrap_or_default();
        let id = ProfileId::new(info.service.clone(), info.account.clone(), self.kind.clone(), native)
            .map_err(|_| self.no_id(&record.captured))?;
        Ok(self.under(id, record, now))
    }

    /// Converts a record from its text.
    #[cfg(feature = "server")]
    pub(crate) fn profile_of_text(&self, text: &str) -> Option<Profile> {
        let id =
            ProfileId::new("mock".parse().ok()?, "mock".parse().ok()?, self.kind.clone(), "mock").ok()?;
        Some(self.under(id, crate::record::read_of_text(text, &self.shape)?, Timestamp::now()))
    }

    /// Converts a record, with an id from elsewhere.
    pub(crate) fn under(&self, id: ProfileId, record: ReadRecord, now: Timestamp) -> Profile {
        let ReadRecord { mut captured, raw } = record;
        let mut profile = Profile::read_from(self.view.clone(), id);
        profile.raw = raw;
        profile.unknown = std::mem::take(&mut captured.unknown);
        // The text of the whole record has the secrets.
        if self.has_secrets {
            profile.raw = None;
        }
        for note in repaired(&profile) {
            profile.notes.push(note);
        }
        // Lists are read first: the values of other rules are moved out of the record.
        let mut further = std::collections::BTreeMap::new();
        let mut uses = lists::Uses::default();
        for FieldRules { path, rules } in &self.lists {
            let items = lists::read(rules, &captured, now, &mut uses);
            if set_list(&mut profile, path, items) {
                for place in rules.iter().flat_map(ListRule::places) {
                    keep(&mut profile, &captured, place);
                }
            }
            for place in rules.iter().filter_map(ListRule::place) {
                let takes_text = self.texts.contains(&place.slot);
                note_if_no_list(&mut profile, &captured, place, takes_text);
            }
        }
        for place in &uses.others {
            keep_other(&mut profile, &captured, place);
        }
        // What no rule reads of a list or an object is not lost.
        for place in &self.trees {
            let unread = match captured.slots.get(place.slot) {
                Some(Slot::Tree(_, raw)) => Some(&**raw),
                Some(Slot::List(elements)) => {
                    let is_read = !elements.has_more() && uses.are_all(place.slot, elements.len());
                    (!is_read).then(|| elements.raw())
                }
                _ => None,
            };
            if let Some(raw) = unread {
                let name = if place.name.is_empty() { self.view.as_str() } else { &place.name };
                further.insert(name.to_owned(), RawJson::from(raw.to_owned()));
            }
        }
        for (field, place, rules) in &self.actors {
            set_actor(&mut profile, *field, actor(place.as_ref(), rules, &captured, now));
        }
        for rule in &self.scalars {
            self.set(&mut profile, rule, &mut captured, now);
        }
        if !further.is_empty() {
            profile.extension = Extension::from_fields(&further);
        }
        profile
    }

    fn set(&self, profile: &mut Profile, rule: &ScalarRule, captured: &mut Captured, now: Timestamp) {
        let target = match rule.target {
            Target::Time(field) => {
                let time = time::read(profile, rule, captured, now);
                *field(profile) = time;
                return;
            }
            Target::Text(field) => {
                if let Some(place) = rule.rule.plain().filter(|place| place.is_only)
                    && let Some(text) = taken_text(captured, place)
                {
                    *field(profile) = Field::Value(text).empty_as_null();
                    return;
                }
                Some(field)
            }
            _ => None,
        };
        let meant = rule.rule.say(captured, now);
        // Values of cases that did not decide are kept.
        if rule.rule.has_cases() && matches!(meant.said, Said::Absent) {
            for place in
                rule.rule.places().into_iter().filter(|place| place.inside.is_none() && !place.is_secret)
            {
                let slot = captured.slots.get(place.slot).filter(|slot| slot.look().is_scalar());
                if let Some(raw) = slot.and_then(raw_of) {
                    profile.unknown.insert(&*place.name, raw);
                }
            }
            return;
        }
        if meant.is_unknown_word {
            profile.notes.push(Note::new(rule.path.clone(), NoteKind::UnknownWord));
        }
        let is_of_type = match (rule.target, &meant.said) {
            (_, Said::Absent | Said::Null) => true,
            (_, Said::Other) => false,
            (Target::Bool(_), said) => matches!(said, Said::Bool(_)),
            (_, said) => matches!(said, Said::Text(_) | Said::Number(_)),
        };
        if !is_of_type {
            profile.notes.push(Note::new(FieldPath::unknown(&rule.name), NoteKind::OtherType));
            for place in rule.rule.places().into_iter().filter(|place| !place.is_secret) {
                if let Some(raw) = captured.slots.get(place.slot).and_then(raw_of) {
                    profile.unknown.insert(&*place.name, raw);
                }
            }
            return;
        }
        match rule.target {
            Target::Bool(field) => *field(profile) = flag_of(&meant.said),
            Target::Kind => profile.kind = text_of(&meant.said).empty_as_null().map(Kind::from),
            Target::Status => {
                profile.status = text_of(&meant.said).empty_as_null().map(Status::from);
                if !self.has_status_raw {
                    profile.status_raw = match (meant.raw, rule.rule.plain_name()) {
                        (Some(raw), Some(name)) if matches!(&*raw, "true" | "false") => {
                            Field::Value(format!("{name}={raw}"))
                        }
                        (Some(raw), _) => Field::Value(raw.into_owned()),
                        (None, _) if meant.said == Said::Null => Field::Null,
                        (None, _) => Field::Absent,
                    };
                }
            }
            Target::OrganizationKind => {
                profile.organization.kind = text_of(&meant.said).empty_as_null().map(OrganizationKind::from);
            }
            Target::Text(_) | Target::Time(_) => {
                if let Some(field) = target {
                    *field(profile) = text_of(&meant.said).empty_as_null();
                }
            }
        }
    }
}

/// Returns the map that several maps are together. A later one replaces rules of an earlier one.
pub(crate) fn merged(maps: &[&Map]) -> Map {
    let mut all = Map::default();
    for map in maps {
        macro_rules! take {
            ($($field:ident)*) => { $(if map.$field.is_some() { all.$field.clone_from(&map.$field); })* };
        }
        take!(id kind status status_raw external_id username emails picture website title locale country nickname timezone);
        take!(roles groups labels entitlements phones changed_by owner manager mfa_methods);
        macro_rules! extend {
            ($($field:ident)*) => { $(all.$field.extend(map.$field.clone());)* };
        }
        extend!(name organization employee access security times);
    }
    all
}

/// Sets a field with one value; returns whether it is such a field, and the value of its type.
pub(crate) fn set_scalar(profile: &mut Profile, path: &FieldPath, value: &Scalar) -> bool {
    let Some((_, target, _)) = scalars().into_iter().find(|(known, _, _)| known == path) else {
        return false;
    };
    match (target, value) {
        (Target::Bool(field), Scalar::Bool(value)) => *field(profile) = Field::Value(*value),
        (Target::Text(field), Scalar::Text(text)) => *field(profile) = Field::Value(text.clone()),
        (Target::Kind, Scalar::Text(word)) => profile.kind = Kind::from(word.as_str()).into(),
        (Target::Status, Scalar::Text(word)) => profile.status = Status::from(word.as_str()).into(),
        _ => return false,
    }
    true
}

/// Returns the places of a rule as one name.
fn name_of(rule: &Resolved<SlotRef>) -> Box<str> {
    let mut names: Vec<&str> = rule.places().into_iter().map(|place| &*place.name).collect();
    names.dedup();
    if names.is_empty() { "(always)".into() } else { names.join(", ").into() }
}

impl Resolved<SlotRef> {
    /// Returns the last part of the name of the only place.
    fn plain_name(&self) -> Option<&str> {
        match &*self.places() {
            [only] => only.name.rsplit('.').next(),
            _ => None,
        }
    }
}

/// Moves a text out of a record.
fn taken_text(captured: &mut Captured, place: &SlotRef) -> Option<String> {
    let slot = captured.slots.get_mut(place.slot).filter(|slot| matches!(slot, Slot::Text(_)))?;
    match std::mem::take(slot) {
        Slot::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the text of a value, to keep it where its type is not the expected one.
fn raw_of(slot: &Slot) -> Option<RawJson> {
    let text = match slot {
        Slot::Absent => return None,
        Slot::Null => return RawJson::encode(&()),
        Slot::Bool(value) => return RawJson::encode(value),
        Slot::Integer(value) => return RawJson::encode(value),
        Slot::Float(value) => return RawJson::encode(value),
        Slot::Text(text) => return RawJson::encode(text),
        Slot::Tree(_, raw) => raw.clone(),
        Slot::List(elements) => elements.raw().to_owned(),
    };
    Some(RawJson::from(text))
}

fn repaired(profile: &Profile) -> Vec<Note> {
    let is_repaired =
        |(name, value): &(&str, &RawJson)| value.is_repaired() || name.contains(char::REPLACEMENT_CHARACTER);
    let unknown = profile.unknown.iter().filter(is_repaired);
    unknown.map(|(name, _)| Note::new(FieldPath::unknown(name), NoteKind::Repaired)).collect()
}
