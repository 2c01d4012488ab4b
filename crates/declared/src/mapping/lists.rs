//! Fields with several values: addresses, roles, groups.

use std::{collections::BTreeMap, sync::Arc};

use anyprofile_core::{
    Email, Field, Timestamp,
    profile::{EmailPurpose, Entitlement, Group, Label, Phone, Role, RoleAssignment, RoleScope, ScopeTier},
};

use super::{
    places::Places,
    rule::{Conditions, Resolved, Said, says_values},
};
use crate::{
    definition::{EmailRule, ItemRule, Rule, Scalars},
    record::{self, Captured, Look, Lookup as _, Shape, SlotRef},
};

/// An item of a list, or several.
#[derive(Clone, Debug)]
pub(super) enum ListRule {
    /// In the record itself.
    One(One),
    /// In a list.
    Each(Each),
}

/// The items of a list.
#[derive(Clone, Debug)]
pub(super) struct Each {
    list: SlotRef,
    /// What is read of an element.
    shape: Arc<Shape>,
    parts: Parts,
    conditions: Conditions<SlotRef>,
    absent_is_none: bool,
    absent_is_no: bool,
    or_name: bool,
}

/// An item in the record itself.
#[derive(Clone, Debug)]
pub(super) struct One {
    parts: Parts,
    /// The flag that gives the item a name, and the name.
    flag: Option<(SlotRef, String)>,
}

/// The parts of an item.
#[derive(Clone, Debug)]
struct Parts {
    /// The id, number or address.
    id: Option<Resolved<SlotRef>>,
    name: Option<Resolved<SlotRef>>,
    kind: Option<Resolved<SlotRef>>,
    color: Option<Resolved<SlotRef>>,
    primary: Option<Resolved<SlotRef>>,
    verified: Option<Resolved<SlotRef>>,
    scope: Option<Resolved<SlotRef>>,
    scope_id: Option<Resolved<SlotRef>>,
    scope_name: Option<Resolved<SlotRef>>,
    is_login: bool,
}

/// What the parts say of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    id: Field<String>,
    name: Field<String>,
    kind: Field<String>,
    color: Field<String>,
    primary: Field<bool>,
    verified: Field<bool>,
    scope: Field<String>,
    scope_id: Field<String>,
    scope_name: Field<String>,
    is_login: bool,
    /// Whether a part has a value of another type, which is not read.
    has_other: bool,
}

/// What rules of lists read: which elements, by the slots of the lists.
#[derive(Debug, Default)]
pub(super) struct Uses {
    elements: Vec<(usize, Vec<bool>)>,
    /// Places of the record whose value has another type, and is not read.
    pub(super) others: Vec<SlotRef>,
}

impl Uses {
    fn add(&mut self, list: usize, number: usize, of: usize) {
        let place = self.elements.iter().position(|(known, _)| *known == list).unwrap_or_else(|| {
            self.elements.push((list, vec![false; of]));
            self.elements.len() - 1
        });
        if let Some(is_read) = self.elements[place].1.get_mut(number) {
            *is_read = true;
        }
    }

    /// Returns whether all elements of a list were read.
    pub(super) fn are_all(&self, list: usize, of: usize) -> bool {
        let read = self.elements.iter().find(|(known, _)| *known == list);
        of == 0 || read.is_some_and(|(_, elements)| elements.iter().all(|is_read| *is_read))
    }
}

/// Whether a list is known, and what is in it.
#[derive(Clone, Debug)]
pub(super) enum Listed {
    Absent,
    Null,
    Items(Vec<Item>),
}

struct PartRules<'a> {
    id: Option<&'a Rule>,
    name: Option<&'a Rule>,
    kind: Option<&'a Rule>,
    color: Option<&'a Rule>,
    primary: Option<&'a Rule>,
    verified: Option<&'a Rule>,
    scope: Option<&'a Rule>,
    scope_id: Option<&'a Rule>,
    scope_name: Option<&'a Rule>,
    is_login: bool,
}

impl Parts {
    fn new(rules: &PartRules<'_>, place: &mut dyn FnMut(&str) -> SlotRef) -> Self {
        let mut resolve = |rule: Option<&Rule>| rule.map(|rule| Resolved::new(rule, place));
        Self {
            id: resolve(rules.id),
            name: resolve(rules.name),
            kind: resolve(rules.kind),
            color: resolve(rules.color),
            primary: resolve(rules.primary),
            verified: resolve(rules.verified),
            scope: resolve(rules.scope),
            scope_id: resolve(rules.scope_id),
            scope_name: resolve(rules.scope_name),
            is_login: rules.is_login,
        }
    }

    fn item(&self, record: &Captured, now: Timestamp) -> Item {
        let has_other = std::cell::Cell::new(false);
        let said = |rule: &'_ Resolved<SlotRef>, is_flag: bool| {
            let said = rule.say(record, now).said;
            has_other.set(has_other.get() || is_other(&said, is_flag));
            if is_flag {
                (Field::Absent, flag_of(&said))
            } else {
                (text_of(&said).empty_as_null(), Field::Absent)
            }
        };
        let text = |rule: &Option<Resolved<SlotRef>>| {
            rule.as_ref().map_or(Field::Absent, |rule| said(rule, false).0)
        };
        let flag =
            |rule: &Option<Resolved<SlotRef>>| rule.as_ref().map_or(Field::Absent, |rule| said(rule, true).1);
        Item {
            id: text(&self.id),
            name: text(&self.name),
            kind: text(&self.kind),
            color: text(&self.color),
            primary: flag(&self.primary),
            verified: flag(&self.verified),
            scope: text(&self.scope),
            scope_id: text(&self.scope_id),
            scope_name: text(&self.scope_name),
            is_login: self.is_login,
            has_other: has_other.get(),
        }
    }

    /// Returns the places whose value has another type than that of the part.
    fn others(&self, record: &Captured, now: Timestamp) -> Vec<SlotRef> {
        let texts =
            [&self.id, &self.name, &self.kind, &self.color, &self.scope, &self.scope_id, &self.scope_name];
        let flags = [&self.primary, &self.verified];
        let all =
            texts.into_iter().map(|rule| (rule, false)).chain(flags.into_iter().map(|rule| (rule, true)));
        let others = all.filter_map(|(rule, is_flag)| {
            let rule = rule.as_ref()?;
            is_other(&rule.say(record, now).said, is_flag).then(|| rule.places())
        });
        others.flatten().cloned().collect()
    }
}

/// Returns whether a value has another type than that of a part.
fn is_other(said: &Said<'_>, is_flag: bool) -> bool {
    match said {
        Said::Absent | Said::Null => false,
        Said::Bool(_) => !is_flag,
        Said::Text(_) | Said::Number(_) => is_flag,
        Said::Other => true,
    }
}

/// Returns a text, or a number as a text.
pub(super) fn text_of(said: &Said<'_>) -> Field<String> {
    match said {
        Said::Null => Field::Null,
        Said::Text(text) => Field::Value(text.to_string()),
        Said::Number(number) => Field::Value(number.to_string()),
        Said::Absent | Said::Bool(_) | Said::Other => Field::Absent,
    }
}

/// Returns true or false.
pub(super) fn flag_of(said: &Said<'_>) -> Field<bool> {
    match said {
        Said::Null => Field::Null,
        Said::Bool(value) => Field::Value(*value),
        Said::Absent | Said::Text(_) | Said::Number(_) | Said::Other => Field::Absent,
    }
}

impl ListRule {
    fn new(
        rules: &PartRules<'_>,
        each: Option<&str>,
        conditions: &BTreeMap<String, Scalars>,
        flag: Option<(&str, &str)>,
        (absent_is_none, absent_is_no, or_name): (bool, bool, bool),
        places: &mut Places<'_>,
    ) -> Self {
        let Some(list) = each else {
            let flag = flag.map(|(pointer, name)| (places.place(pointer, false), name.to_owned()));
            return Self::One(One {
                parts: Parts::new(rules, &mut |pointer| places.place(pointer, false)),
                flag,
            });
        };
        let parts = Parts::new(rules, &mut |pointer| places.of_element(list, pointer));
        let conditions = conditions
            .iter()
            .map(|(pointer, value)| (places.of_element(list, pointer), value.clone()))
            .collect();
        let (list, shape) = places.list(list);
        Self::Each(Each { list, shape, parts, conditions, absent_is_none, absent_is_no, or_name })
    }

    pub(super) fn of_email(rule: &EmailRule, places: &mut Places<'_>) -> Self {
        let address = Rule::at(&rule.at);
        let rules = PartRules {
            id: Some(&address),
            name: None,
            kind: rule.purpose.as_ref(),
            color: None,
            primary: rule.primary.as_ref(),
            verified: rule.verified.as_ref(),
            scope: None,
            scope_id: None,
            scope_name: None,
            is_login: rule.login,
        };
        Self::new(
            &rules,
            rule.each.as_deref(),
            &rule.conditions,
            None,
            (rule.absent_is_none, rule.absent_is_no, false),
            places,
        )
    }

    pub(super) fn of_item(rule: &ItemRule, places: &mut Places<'_>) -> Self {
        let rules = PartRules {
            id: rule.id.as_ref(),
            name: rule.name.as_ref(),
            kind: rule.kind.as_ref(),
            color: rule.color.as_ref(),
            primary: None,
            verified: None,
            scope: rule.scope.as_ref(),
            scope_id: rule.scope_id.as_ref(),
            scope_name: rule.scope_name.as_ref(),
            is_login: false,
        };
        let flag = rule.flag.as_deref().zip(rule.name_is.as_deref());
        Self::new(
            &rules,
            rule.each.as_deref(),
            &rule.conditions,
            flag,
            (rule.absent_is_none, rule.absent_is_no, rule.or_name),
            places,
        )
    }

    /// Returns the place of the list.
    pub(super) fn place(&self) -> Option<&SlotRef> {
        match self {
            Self::Each(each) => Some(&each.list),
            Self::One(_) => None,
        }
    }

    /// Returns the places that a rule of the record itself reads.
    pub(super) fn places(&self) -> Vec<&SlotRef> {
        match self {
            Self::Each(_) => Vec::new(),
            Self::One(one) => {
                let parts = [&one.parts.id, &one.parts.name];
                parts.into_iter().flatten().flat_map(Resolved::places).collect()
            }
        }
    }

    /// Returns whether the rule says which items there are: without it, the list is not known.
    fn is_of_all(&self) -> bool {
        matches!(self, Self::Each(_) | Self::One(One { flag: Some(_), .. }))
    }

    /// Returns whether a text in place of the list has a meaning.
    pub(super) fn takes_text(&self) -> bool {
        matches!(self, Self::Each(Each { or_name: true, .. }))
    }

    /// Returns the pointers that the rule reads, as names.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Each(each) => vec![&*each.list.name],
            Self::One(one) => {
                let parts = [&one.parts.id, &one.parts.name];
                let places = parts.into_iter().flatten().flat_map(Resolved::places);
                places.chain(one.flag.iter().map(|(flag, _)| flag)).map(|place| &*place.name).collect()
            }
        }
    }

    fn read(&self, record: &Captured, now: Timestamp, uses: &mut Uses) -> Listed {
        match self {
            Self::Each(each) => each.read(record, now, uses),
            Self::One(one) => one.read(record, now, uses),
        }
    }
}

impl Each {
    fn read(&self, record: &Captured, now: Timestamp, uses: &mut Uses) -> Listed {
        let elements = match record.listed(&self.list, &self.shape) {
            record::Listed::Elements(elements) => elements,
            record::Listed::Other(Look::Text("") | Look::Null) => return Listed::Null,
            record::Listed::Other(Look::Text(name)) if self.or_name => {
                return Listed::Items(vec![Item { name: Field::Value(name.to_owned()), ..Item::default() }]);
            }
            record::Listed::Other(Look::Absent) if self.absent_is_none => return Listed::Items(Vec::new()),
            record::Listed::Other(_) => return Listed::Absent,
        };
        let mut items = Vec::with_capacity(elements.len());
        for (number, element) in elements.iter().enumerate() {
            // No element.
            if element.is_null() {
                uses.add(self.list.slot, number, elements.len());
                continue;
            }
            match says_values(element, &self.conditions) {
                Some(true) => {
                    let item = self.parts.item(element, now);
                    if !item.has_other && (item.has_id() || item.has_name()) {
                        uses.add(self.list.slot, number, elements.len());
                    }
                    items.push(item);
                }
                // One that does not say whether it is one of them makes the others a part.
                None if !self.absent_is_no => return Listed::Absent,
                Some(false) | None => {}
            }
        }
        Listed::Items(items)
    }
}

impl One {
    fn item(&self, record: &Captured, now: Timestamp, uses: &mut Uses) -> Item {
        let item = self.parts.item(record, now);
        if item.has_other {
            uses.others.extend(self.parts.others(record, now));
        }
        item
    }

    fn read(&self, record: &Captured, now: Timestamp, uses: &mut Uses) -> Listed {
        let Some((flag, name)) = &self.flag else {
            let item = self.item(record, now, uses);
            return match (&item.id, &item.name) {
                (Field::Value(_), _) | (_, Field::Value(_)) => Listed::Items(vec![item]),
                (Field::Null, _) | (_, Field::Null) => Listed::Null,
                _ => Listed::Absent,
            };
        };
        match record.look(flag) {
            Look::Bool(true) => {
                let item = self.item(record, now, uses);
                Listed::Items(vec![Item { name: Field::Value(name.clone()), ..item }])
            }
            Look::Bool(false) => Listed::Items(Vec::new()),
            Look::Null => Listed::Null,
            Look::Absent => Listed::Absent,
            _ => {
                uses.others.push(flag.clone());
                Listed::Absent
            }
        }
    }
}

/// Reads all rules of a field. It is absent if the record says nothing of one of the lists; null if it says that there is none.
pub(super) fn read(
    rules: &[ListRule],
    record: &Captured,
    now: Timestamp,
    uses: &mut Uses,
) -> Field<Vec<Item>> {
    let (mut all, mut is_null, mut has_items) = (Vec::new(), false, false);
    for rule in rules {
        match rule.read(record, now, uses) {
            // One of several lists that the record does not have: what else it has is not all.
            Listed::Absent if rule.is_of_all() => return Field::Absent,
            Listed::Absent => {}
            Listed::Null => is_null = true,
            Listed::Items(items) => {
                has_items = true;
                all.extend(items);
            }
        }
    }
    match (has_items, is_null) {
        (true, _) => Field::Value(all),
        (false, true) => Field::Null,
        (false, false) => Field::Absent,
    }
}

impl Item {
    pub(super) fn has_id(&self) -> bool {
        self.id.is_known()
    }

    pub(super) fn has_name(&self) -> bool {
        self.name.is_known()
    }

    /// Returns whether nothing says which one it is. Null says that there is none.
    pub(super) fn is_nameless(&self) -> bool {
        self.id.is_absent() && self.name.is_absent()
    }

    pub(super) fn into_email(self) -> Email {
        let mut email = Email::new(self.id);
        email.verified = self.verified;
        email.primary = if self.is_login && self.primary.is_absent() { true.into() } else { self.primary };
        email.purpose = self.kind.map(EmailPurpose::from);
        if self.is_login {
            email.purpose = EmailPurpose::Login.into();
        }
        email
    }

    pub(super) fn into_role(self) -> RoleAssignment {
        let role = Role::new(self.id, self.name);
        let assignment = RoleAssignment::default().with_role(role);
        if self.scope.is_absent() {
            return assignment;
        }
        let tier = self.scope.map(ScopeTier::from);
        assignment.with_scope(
            RoleScope::default().with_tier(tier).with_id(self.scope_id).with_name(self.scope_name),
        )
    }

    pub(super) fn into_group(self) -> Group {
        Group::default().with_id(self.id).with_name(self.name).with_kind(self.kind)
    }

    pub(super) fn into_label(self) -> Label {
        Label::new(self.name).with_id(self.id).with_color(self.color)
    }

    pub(super) fn into_entitlement(self) -> Entitlement {
        Entitlement::default().with_value(self.id).with_name(self.name).with_kind(self.kind)
    }

    pub(super) fn into_phone(self) -> Phone {
        Phone::default().with_number(self.id).with_kind(self.kind)
    }

    pub(super) fn into_text(self) -> Option<String> {
        self.name.into_value().or(self.id.into_value())
    }
}
