//! The cached pages of one listing.

use std::{collections::HashMap, sync::Arc, time::Instant};

use super::store::Asked;
use crate::{
    Profile,
    listing::{Cursor, Next, Page},
};

/// A cached page.
pub(super) struct KeptPage {
    pub(super) cursor: Option<Cursor>,
    pub(super) page: Arc<Page<Profile>>,
    pub(super) asked: Asked,
}

/// The pages of a listing from the first one on, each after the page that leads to it.
///
/// Each page was requested after the one before it, so they are equal to those of a slow listing.
#[derive(Default)]
pub(super) struct Reading {
    pages: Vec<KeptPage>,
    places: HashMap<Option<Cursor>, usize>,
    /// Pages that arrived before the page that leads to them.
    early: HashMap<Cursor, KeptPage>,
}

impl Reading {
    pub(super) fn len(&self) -> usize {
        self.pages.len() + self.early.len()
    }

    /// Returns when the first page was requested.
    pub(super) fn began(&self) -> Option<Instant> {
        self.pages.first().map(|first| first.asked.at)
    }

    /// Returns the turn in which the first page was requested.
    pub(super) fn turn(&self) -> u64 {
        self.pages.first().map_or(0, |first| first.asked.turn)
    }

    pub(super) fn get(&self, cursor: Option<&Cursor>) -> Option<(Arc<Page<Profile>>, Asked)> {
        let kept = self.pages.get(*self.places.get(&cursor.cloned())?)?;
        Some((Arc::clone(&kept.page), kept.asked))
    }

    /// Adds a page. Returns `false` if the list has changed, so that none of its pages may be cached.
    pub(super) fn add(&mut self, page: KeptPage) -> bool {
        if let Some(place) = self.places.get(&page.cursor).copied() {
            // The page was read again, so the later ones are older.
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

    /// Removes a page and all later ones.
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

/// Returns the cursor of the page after this one.
fn onward(page: &Page<Profile>) -> Option<Cursor> {
    match &page.next {
        Next::End => None,
        Next::Cursor(cursor) => Some(cursor.clone()),
        Next::Remaining(pages) => pages.cursors().next().or_else(|| page.next_collection.clone()),
    }
}

/// Returns whether the declared total differs from that of the page before.
fn has_changed(before: &Page<Profile>, page: &Page<Profile>) -> bool {
    before.collection == page.collection && before.total() != page.total()
}
