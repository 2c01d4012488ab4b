//! The places of a record that a definition reads, as a tree: a record is walked once, whatever the number of rules.

use std::{collections::BTreeMap, sync::Arc};

/// The places of a record that are read.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) root: Node,
    /// The number of slots.
    pub(crate) slots: usize,
    places: BTreeMap<String, SlotRef>,
    /// What is read of the elements of lists, by the pointer of the list.
    lists: BTreeMap<String, Arc<Self>>,
    secrets: Vec<String>,
}

/// A place of a record.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Where the value is stored, and whether it may be a list or an object.
    pub(crate) slot: Option<(usize, bool)>,
    /// What is read of the elements of a list.
    pub(crate) elements: Option<Arc<Shape>>,
    /// The inner places of an object.
    pub(crate) keys: Vec<(Box<str>, Node)>,
    /// Whether the list of records is here.
    pub(crate) is_records: bool,
    /// Whether the value is a secret, which is never kept.
    pub(crate) is_secret: bool,
    /// The secrets inside a value that is kept whole, by pointer.
    pub(crate) secrets: Vec<String>,
}

impl Node {
    /// Returns whether nothing at or below this place is read.
    pub(crate) fn is_leaf(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns whether the value is kept whole.
    fn is_whole(&self) -> bool {
        self.elements.is_some() || self.slot.is_some_and(|(_, is_tree)| is_tree)
    }

    fn find_slot(&self, slot: usize) -> Option<&Self> {
        if self.slot.is_some_and(|(own, _)| own == slot) {
            return Some(self);
        }
        self.keys.iter().find_map(|(_, node)| node.find_slot(slot))
    }

    fn find(&self, tokens: &[String]) -> Option<&Self> {
        let Some((first, rest)) = tokens.split_first() else { return Some(self) };
        self.keys.iter().find(|(key, _)| **key == **first)?.1.find(rest)
    }

    fn at(&mut self, tokens: &[String]) -> &mut Self {
        let Some((first, rest)) = tokens.split_first() else { return self };
        let place = self.keys.iter().position(|(key, _)| **key == **first);
        let place = place.unwrap_or_else(|| {
            self.keys.push((first.as_str().into(), Self::default()));
            self.keys.len() - 1
        });
        self.keys[place].1.at(rest)
    }
}

/// Where the value of a pointer is: a slot, and the rest of the pointer inside the value of the slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotRef {
    pub(crate) slot: usize,
    pub(crate) inside: Option<Box<str>>,
    /// Whether no other rule reads the slot, so that its value may be moved out.
    pub(crate) is_only: bool,
    /// Whether the value is a secret, which a rule may look at and which is never kept.
    pub(crate) is_secret: bool,
    /// The pointer as a name for people and for unknown fields: `profile.email`.
    pub(crate) name: Box<str>,
}

/// Collects the pointers of a shape.
#[derive(Debug, Default)]
pub(crate) struct ShapeBuilder {
    /// By pointer: whether the value may be a list or an object, and how many rules read it.
    wanted: BTreeMap<String, (bool, usize)>,
    lists: BTreeMap<String, Self>,
    records: Option<String>,
    secrets: Vec<String>,
}

impl ShapeBuilder {
    /// Adds a place whose value is never kept.
    pub(crate) fn secret(&mut self, pointer: &str) {
        self.secrets.push(pointer.to_owned());
    }

    /// Adds a place whose value is a text, a number, or true or false.
    pub(crate) fn scalar(&mut self, pointer: &str) {
        self.want(pointer, false);
    }

    /// Adds a place whose value may be a list or an object.
    pub(crate) fn tree(&mut self, pointer: &str) {
        self.want(pointer, true);
    }

    /// Adds a list whose elements are read, and returns what is read of them. What an element has besides is kept with the list.
    pub(crate) fn list(&mut self, pointer: &str) -> &mut Self {
        self.lists.entry(pointer.to_owned()).or_default()
    }

    fn want(&mut self, pointer: &str, is_tree: bool) {
        let (known, uses) = self.wanted.entry(pointer.to_owned()).or_default();
        *known |= is_tree;
        *uses += 1;
    }

    /// Sets where the records of a page are.
    pub(crate) fn records(&mut self, pointer: &str) {
        self.records = Some(pointer.to_owned());
    }

    /// Builds the shape.
    pub(crate) fn build(mut self) -> Shape {
        // A list that other rules read, too, is kept as it is for them.
        for list in self.lists.keys() {
            self.wanted.entry(list.clone()).or_default().1 += 1;
        }
        // A place inside another one is read from the value of the outer one, and so is one below an index of a list.
        for pointer in self.wanted.keys().cloned().collect::<Vec<_>>() {
            if let Some(list) = before_an_index(&pointer) {
                self.wanted.entry(list).or_default().0 = true;
            }
        }
        let outer = |pointer: &str, wanted: &BTreeMap<String, (bool, usize)>| {
            prefixes(pointer).find(|prefix| wanted.contains_key(*prefix)).map(str::to_owned)
        };
        let mut slots: BTreeMap<String, usize> = BTreeMap::new();
        let mut shared: BTreeMap<String, usize> = BTreeMap::new();
        for (pointer, (_, uses)) in &self.wanted {
            let place = outer(pointer, &self.wanted).unwrap_or_else(|| pointer.clone());
            let next = slots.len();
            slots.entry(place.clone()).or_insert(next);
            *shared.entry(place).or_default() += uses;
        }
        let lists = std::mem::take(&mut self.lists);
        let lists = lists.into_iter().map(|(list, elements)| (list, Arc::new(elements.build()))).collect();
        let mut shape = Shape { slots: slots.len(), lists, ..Shape::default() };
        for pointer in self.wanted.keys() {
            let outer = outer(pointer, &self.wanted);
            let place = outer.as_deref().unwrap_or(pointer);
            let slot = slots[place];
            let is_only = outer.is_none() && shared[place] == 1;
            let inside = outer.as_ref().map(|outer| pointer[outer.len()..].into());
            let name =
                pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
            shape.places.insert(
                pointer.clone(),
                SlotRef { slot, inside, is_only, is_secret: false, name: name.into_boxed_str() },
            );
        }
        for (place, slot) in slots {
            let has_inner = self.wanted.keys().any(|pointer| {
                pointer.len() > place.len()
                    && pointer.starts_with(&place)
                    && pointer[place.len()..].starts_with('/')
            });
            let elements = shape.lists.get(&place).cloned();
            let is_tree = self
                .wanted
                .get(&place)
                .is_some_and(|(is_tree, uses)| *is_tree || has_inner || (elements.is_some() && *uses > 1));
            let node = shape.root.at(&tokens(&place));
            (node.slot, node.elements) = (Some((slot, is_tree)), elements);
        }
        if let Some(records) = &self.records {
            shape.root.at(&tokens(records)).is_records = true;
        }
        for secret in &self.secrets {
            let outer =
                prefixes(secret).find(|prefix| shape.root.find(&tokens(prefix)).is_some_and(Node::is_whole));
            if let Some(outer) = outer {
                let inside = secret[outer.len()..].to_owned();
                shape.root.at(&tokens(outer)).secrets.push(inside);
            } else {
                // A rule may look into it; its value is not kept, nor is a list that no rule reads and that has one in its elements.
                let mut all = tokens(secret);
                let is_index =
                    |token: &String| token == "*" || token.bytes().all(|digit| digit.is_ascii_digit());
                if let Some(list) = all.iter().position(is_index) {
                    all.truncate(list);
                }
                shape.root.at(&all).is_secret = true;
            }
        }
        shape.secrets = std::mem::take(&mut self.secrets);
        for (pointer, place) in &mut shape.places {
            let has_secret = |secret: &String| is_around(secret, pointer) || is_around(pointer, secret);
            place.is_secret = shape.secrets.iter().any(has_secret);
        }
        shape
    }
}

/// Returns whether a place is another one, or has it inside. `*` is whatever key, and `-` and any number are elements of a list.
pub(crate) fn is_around(outer: &str, inner: &str) -> bool {
    let is_index = |token: &str| {
        token == "-" || (!token.is_empty() && token.bytes().all(|digit| digit.is_ascii_digit()))
    };
    let is_same = |one: &str, other: &str| {
        one == other || one == "*" || other == "*" || (is_index(one) && is_index(other))
    };
    let mut inner = inner.split('/');
    outer.split('/').all(|token| inner.next().is_some_and(|other| is_same(token, other)))
}

impl Shape {
    /// Returns the places whose values are kept whole.
    pub(crate) fn whole(&self) -> impl Iterator<Item = &SlotRef> {
        let is_kept = |(pointer, place): &(&String, &SlotRef)| {
            place.inside.is_none()
                && self.root.find_slot(place.slot).is_some_and(|node| node.is_whole() && !node.is_secret)
                && !self.secrets.iter().any(|secret| is_around(secret, pointer))
        };
        self.places.iter().filter(is_kept).map(|(_, place)| place)
    }

    /// Returns what is read of the elements of a list.
    pub(crate) fn elements(&self, list: &str) -> Option<&Arc<Self>> {
        self.lists.get(list)
    }

    /// Returns what is read of the elements of the list at a place.
    pub(crate) fn elements_at(&self, place: &SlotRef) -> Option<&Arc<Self>> {
        self.root.find_slot(place.slot)?.elements.as_ref()
    }

    /// Returns where the value of a pointer is, if it was added.
    pub(crate) fn place(&self, pointer: &str) -> Option<&SlotRef> {
        self.places.get(pointer)
    }
}

/// Returns the pointers that lead to the values around a pointer, from the outside.
fn prefixes(pointer: &str) -> impl Iterator<Item = &str> {
    let ends = pointer.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| at);
    ends.map(|at| &pointer[..at])
}

/// Returns the pointer of the first list in a pointer that has an index, or the mark for the end of a list.
fn before_an_index(pointer: &str) -> Option<String> {
    let mut so_far = String::new();
    for token in pointer.split('/').skip(1) {
        if !token.is_empty() && token.bytes().all(|letter| letter.is_ascii_digit()) {
            return Some(so_far);
        }
        so_far.push('/');
        so_far.push_str(token);
    }
    None
}

/// Returns the tokens of a pointer (RFC 6901).
pub(crate) fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// Returns what is wrong with a pointer.
pub(crate) fn flaw_of(pointer: &str) -> Option<String> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Some(format!(
            "\"{pointer}\" is no JSON pointer: it begins with '/', such as \"/{pointer}\", or is empty"
        ));
    }
    let is_escaped = |rest: &str| rest.starts_with('0') || rest.starts_with('1');
    let is_wrong = !pointer.split('~').skip(1).all(is_escaped);
    is_wrong.then(|| format!("\"{pointer}\": in a JSON pointer, write ~0 for ~ and ~1 for /"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_inside_another_is_read_from_its_value() {
        let mut builder = ShapeBuilder::default();
        builder.scalar("/id");
        builder.scalar("/id");
        builder.tree("/roles");
        builder.scalar("/roles/0/name");
        builder.scalar("/ids/0/key");
        builder.scalar("/user/name");
        let shape = builder.build();
        assert_eq!(shape.slots, 4);
        let inner = shape.place("/roles/0/name").unwrap();
        assert_eq!(
            (inner.slot, inner.inside.as_deref()),
            (shape.place("/roles").unwrap().slot, Some("/0/name"))
        );
        assert!(!shape.place("/id").unwrap().is_only && shape.place("/user/name").unwrap().is_only);
        assert_eq!(shape.place("/ids/0/key").unwrap().inside.as_deref(), Some("/0/key"));
        assert_eq!(&*shape.place("/user/name").unwrap().name, "user.name");
    }

    #[test]
    fn pointers_are_checked() {
        assert!(flaw_of("").is_none() && flaw_of("/a~1b").is_none());
        assert!(flaw_of("a").is_some() && flaw_of("/a~b").is_some());
    }
}
