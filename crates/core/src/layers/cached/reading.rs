//! The pages of one listing that are kept.

use std::{collections::HashMap, sync::Arc, time::Instant};

use super::store::Asked;
use crate::{
    Profile,
    listing::{Cursor, Next, Page},
};

/// A page that is kept.
pub(super) struct KeptPage {
    pub(super) cursor: Option<Cursor>,
    pub(super) page: Arc<Page<Profile>>,
    pub(super) asked: Asked,
}

/// The pages of a listing from its first one on, each behind the one that leads to it.
///
/// Each was asked for after the one in front of it: whoever reads them sees what a slow listing would have seen.
#[derive(Default)]
pub(super) struct Reading {
    pages: Vec<KeptPage>,
    places: HashMap<Option<Cursor>, usize>,
    /// Those that came before the one in front of them.
    early: HashMap<Cursor, KeptPage>,
}

impl Reading {
    pub(super) fn len(&self) -> usize {
        self.pages.len() + self.early.len()
    }

    /// When the first page was asked for.
    pub(super) fn began(&self) -> Option<Instant> {
        self.pages.first().map(|first| first.asked.at)
    }

    /// The turn in which the first page was asked for.
    pub(super) fn turn(&self) -> u64 {
        self.pages.first().map_or(0, |first| first.asked.turn)
    }

    pub(super) fn get(&self, cursor: Option<&Cursor>) -> Option<(Arc<Page<Profile>>, Asked)> {
        let kept = self.pages.get(*self.places.get(&cursor.cloned())?)?;
        Some((Arc::clone(&kept.page), kept.asked))
    }

    /// Adds a page. `false` if the list was seen to change, so that nothing of it is kept.
    pub(super) fn add(&mut self, page: KeptPage) -> bool {
        if let Some(place) = self.places.get(&page.cursor).copied() {
            // Read anew: what came behind is older.
            if page.asked.turn > self.pages[place].asked.turn {
                self.cut(place);
                return self.append(page);
            }
            return true;
        }
        match (&page.cursor, self.pages.last()) {
            (None, None) => self.append(page),
            (Some(_), Some(last)) if onward(&last.page) == page.cursor => {
                page.asked.turn < last.asked.turn || self.append(page)
            }
            (Some(cursor), _) => {
                self.early.insert(cursor.clone(), page);
                true
            }
            (None, Some(_)) => true,
        }
    }

    /// Forgets a page and all behind it.
    fn cut(&mut self, place: usize) {
        for page in self.pages.drain(place..) {
            self.places.remove(&page.cursor);
        }
        self.early.clear();
    }

    fn append(&mut self, page: KeptPage) -> bool {
        let mut page = Some(page);
        while let Some(next) = page {
            if self.pages.last().is_some_and(|last| has_changed(&last.page, &next.page)) {
                return false;
            }
            let early = onward(&next.page).and_then(|cursor| self.early.remove(&cursor));
            page = early.filter(|early| early.asked.turn > next.asked.turn);
            self.places.insert(next.cursor.clone(), self.pages.len());
            self.pages.push(next);
        }
        true
    }
}

/// Where a page leads.
fn onward(page: &Page<Profile>) -> Option<Cursor> {
    match &page.next {
        Next::End => None,
        Next::Cursor(cursor) => Some(cursor.clone()),
        Next::Remaining(pages) => pages.cursors().next().or_else(|| page.next_collection.clone()),
    }
}

/// Whether a collection has another total than with the page before.
fn has_changed(before: &Page<Profile>, page: &Page<Profile>) -> bool {
    before.collection == page.collection && before.total() != page.total()
}
