//! Records that a layer removed from a page.

use std::{fmt, iter};

use crate::{Profile, Verdict, listing::Page, query::FilterPart};

/// What a listing must know about the records that a layer removed from a page, to report its completeness correctly.
///
/// It is not visible outside this crate, because callers must learn nothing about these profiles. `Debug` shows
/// nothing.
#[derive(Clone, Default)]
pub(crate) struct LeftOut {
    /// The removed records, in the order of their positions.
    records: Vec<Trace>,
    /// The total that the service declares, including these records.
    declared_total: Option<u64>,
    /// Parts of the query's filter that were sent to the service and that a removed record contradicts.
    pub(crate) contradicted: Vec<FilterPart>,
}

/// A record that was removed.
#[derive(Clone)]
struct Trace {
    /// The position among all records of the page.
    place: usize,
    /// Whether the record may match: a value that decides it is not known.
    is_undetermined: bool,
    /// The profile, reduced to its id and times.
    profile: Profile,
}

impl LeftOut {
    pub(crate) fn records(&self) -> impl Iterator<Item = &Profile> {
        self.records.iter().map(|trace| &trace.profile)
    }

    /// Returns the number of records that may match.
    pub(crate) fn undetermined(&self) -> u64 {
        self.records.iter().filter(|trace| trace.is_undetermined).count() as u64
    }
}

impl fmt::Debug for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LeftOut(..)")
    }
}

impl Page<Profile> {
    /// Returns all records in the service's order, including those that a layer removed.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Profile> {
        let left_out = self.left_out.iter().flat_map(|it| &it.records);
        let (mut items, mut left_out, mut place) = (self.items.iter(), left_out.peekable(), 0);
        iter::from_fn(move || {
            let here = left_out.next_if(|trace| trace.place == place).map(|trace| &trace.profile);
            place += 1;
            here.or_else(|| items.next())
        })
    }

    /// Returns the number of records, including those that a layer removed.
    pub(crate) fn record_count(&self) -> u64 {
        let left_out = self.left_out.as_ref().map_or(0, |it| it.records.len());
        (self.items.len() + left_out) as u64
    }

    /// Returns the total that the service declares, even if a layer hides it.
    pub(crate) fn total(&self) -> Option<u64> {
        self.declared_total.or_else(|| self.left_out.as_ref()?.declared_total)
    }

    /// Removes records, also from those that a layer removed.
    pub(crate) fn retain_records(&mut self, mut keeps: impl FnMut(&Profile) -> bool) {
        let Some(mut left_out) = self.left_out.take() else {
            self.items.retain(keeps);
            return;
        };
        let mut records = self.take_records(&mut left_out);
        records.retain(|(_, profile)| keeps(profile));
        self.put_records(records, &mut left_out);
        self.left_out = Some(left_out);
    }

    /// Keeps only the matching records, and removes the total that counts the others. The removed records still count
    /// for the completeness of a listing.
    #[cfg(feature = "layers")]
    pub(crate) fn leave_out(mut self, mut judge: impl FnMut(&Profile) -> Verdict) -> Self {
        let mut left_out = self.left_out.take().unwrap_or_default();
        let mut records = self.take_records(&mut left_out);
        for (verdict, profile) in records.iter_mut().filter(|(verdict, _)| *verdict == Verdict::Yes) {
            *verdict = judge(profile);
        }
        self.put_records(records, &mut left_out);
        left_out.declared_total = self.declared_total.take().or(left_out.declared_total);
        self.left_out = Some(left_out);
        self
    }

    /// Takes all records, each with whether it matches.
    fn take_records(&mut self, left_out: &mut LeftOut) -> Vec<(Verdict, Profile)> {
        let mut items = std::mem::take(&mut self.items).into_iter().map(|profile| (Verdict::Yes, profile));
        let mut records = Vec::with_capacity(items.len() + left_out.records.len());
        for Trace { place, is_undetermined, profile } in left_out.records.drain(..) {
            records.extend(items.by_ref().take(place - records.len()));
            records.push((if is_undetermined { Verdict::Unknown } else { Verdict::No }, profile));
        }
        records.extend(items);
        records
    }

    fn put_records(&mut self, records: Vec<(Verdict, Profile)>, left_out: &mut LeftOut) {
        for (place, (verdict, profile)) in records.into_iter().enumerate() {
            if verdict == Verdict::Yes {
                self.items.push(profile);
                continue;
            }
            let mut trace = Profile::new(profile.id);
            trace.times = profile.times;
            let is_undetermined = verdict == Verdict::Unknown;
            left_out.records.push(Trace { place, is_undetermined, profile: trace });
        }
    }
}

#[cfg(test)]
#[cfg(feature = "layers")]
mod tests {
    use super::*;

    fn page(names: &str) -> Page<Profile> {
        let profile = |name: char| Profile::new(format!("memory:test/user/{name}").parse().unwrap());
        Page::last(names.chars().map(profile).collect()).with_declared_total(Some(9))
    }

    fn names<'a>(profiles: impl IntoIterator<Item = &'a Profile>) -> String {
        profiles.into_iter().map(|profile| profile.id.native()).collect()
    }

    #[test]
    fn records_that_are_left_out_keep_their_places_however_often_that_is_done() {
        let none_of = |names: &'static str, verdict| {
            move |it: &Profile| if names.contains(it.id.native()) { verdict } else { Verdict::Yes }
        };
        let page = page("abcdefg").leave_out(none_of("ace", Verdict::No));
        let mut page = page.leave_out(none_of("dg", Verdict::Unknown));
        assert_eq!((names(&page.items), names(page.records())), ("bf".to_owned(), "abcdefg".to_owned()));
        assert_eq!((page.record_count(), page.total(), page.declared_total), (7, Some(9), None));
        assert_eq!(page.left_out.as_ref().unwrap().undetermined(), 2);
        page.retain_records(|profile| !"abg".contains(profile.id.native()));
        assert_eq!((names(&page.items), names(page.records())), ("f".to_owned(), "cdef".to_owned()));
        assert!(!format!("{page:?}").contains("user/c"));
    }
}
