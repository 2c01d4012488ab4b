//! The fields that a view shows, for the table of fields.

use anyprofile_core::FieldPath;

use super::{FieldRules, RecordPlan, lists::ListRule, name_of};
use crate::record::SlotRef;

/// A field that a view shows, for the table of fields.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) path: FieldPath,
    /// The service's name for it.
    pub(crate) name: String,
    pub(crate) withheld: Option<String>,
}

impl RecordPlan {
    /// Returns the fields that the view shows.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let mut shown = vec![];
        let mut add = |path: FieldPath, name: &str, withheld: Option<String>| {
            shown.push(Shown { path, name: name.to_owned(), withheld });
        };
        if let Some(id) = &self.id {
            add(FieldPath::ID, &name_of(id), None);
        }
        for rule in &self.scalars {
            add(rule.path.clone(), &rule.name, rule.withheld.clone());
            if rule.path == FieldPath::STATUS && !self.has_status_raw && rule.rule.has_word() {
                add(FieldPath::STATUS_RAW, &rule.name, rule.withheld.clone());
            }
        }
        for FieldRules { path, rules } in &self.lists {
            let names: Vec<&str> = rules.iter().flat_map(ListRule::names).collect();
            add(path.clone(), &names.join(", "), None);
        }
        let name = |place: &SlotRef| {
            if place.name.is_empty() { self.view.as_str().to_owned() } else { place.name.to_string() }
        };
        // A list whose elements are read is kept where they have more, which is not foreseen.
        let is_read = |place: &SlotRef| self.shape.elements_at(place).is_some();
        let mut lists: Vec<String> = self.trees.iter().filter(|place| !is_read(place)).map(name).collect();
        for (field, _, rules) in &self.actors {
            let path = field.path();
            let names: Vec<_> = rules.iter().flatten().map(|rule| name_of(rule).into_string()).collect();
            add(path, &names.join(", "), None);
        }
        lists.sort();
        lists.dedup();
        for list in lists {
            if let Ok(path) = format!("extension.{list}").parse::<FieldPath>() {
                shown.push(Shown { path, name: list, withheld: None });
            }
        }
        shown
    }
}
