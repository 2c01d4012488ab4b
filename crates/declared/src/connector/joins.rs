//! Lists that are joined to profiles by a key.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use anyprofile_core::{Error, ErrorKind, Profile, Result};
use anyprofile_http::{Caller, Fact, Operation};

use super::{DeclaredConnector, now, position::Progress};
use crate::{
    definition::Scalar,
    plan::JoinPlan,
    record::{ReadAs, ReadRecord, read_page},
};

/// How many pages a joined list may have: more are taken for a list without an end.
const MOST_PAGES: usize = 10_000;

/// How long a list that could not be read is not asked for again: long enough for the profiles of a page, short enough for the next try.
const FAILED: Duration = Duration::from_secs(30);

/// The records of a joined list, by the id of the profile.
#[derive(Debug, Default)]
pub(super) struct Joined(HashMap<String, Vec<ReadRecord>>);

/// What a page of a joined list leads to.
struct JoinPage {
    records: Vec<(String, ReadRecord)>,
    next: Option<Progress>,
}

impl DeclaredConnector {
    /// Returns what a joined list says of a profile.
    pub(super) async fn joined(&self, caller: &Caller, profile: &Profile, index: usize) -> Result<Profile> {
        let (join, id) = (&self.plan.joins[index], &profile.id);
        let can_be_inside =
            join.statuses.is_empty() || profile.status.is_known_and(|status| join.statuses.contains(status));
        if !can_be_inside {
            return Err(Error::unsupported(
                caller.info(),
                join.part.request.operation().to_owned(),
                "the list does not have profiles with this status",
            ));
        }
        let joined = self.kept_join(caller, index).await?;
        let records = joined.0.get(id.native());
        if let Some([inside, outside]) = &join.membership {
            let fields = if records.is_some() { inside } else { outside };
            let mut profile = Profile::read_from(join.view.clone(), id.clone());
            for (path, value) in fields {
                set(&mut profile, path, value);
            }
            return Ok(profile);
        }
        let under = |record: &ReadRecord| {
            let record = ReadRecord { captured: record.captured.clone(), raw: record.raw.clone() };
            join.part.plan.under(id.clone(), record, now())
        };
        match records.and_then(|records| records.split_first()) {
            Some((first, others)) => {
                let mut profile = under(first);
                for other in others {
                    join.part.plan.agree(&mut profile, under(other));
                }
                Ok(profile)
            }
            None => Err(Error::new(ErrorKind::NotFound, "the joined list does not have the profile")
                .with_provider(caller.info())
                .with_operation(join.part.request.operation().to_owned())
                .with_from_service(true)),
        }
    }

    /// Returns a joined list, which is read once. So is one that cannot be read: it would be asked for again for each profile.
    async fn kept_join(&self, caller: &Caller, index: usize) -> Result<Arc<Joined>> {
        let join = &self.plan.joins[index];
        let failed =
            Fact::<Option<Error>>::named(format!("join.{}.failed", join.view.as_str())).at_most(FAILED);
        let fact = Fact::<Joined>::named(format!("join.{}", join.view.as_str())).at_most(join.kept);
        let read = async {
            let read = caller.remember(fact.clone(), Box::pin(self.read_join(caller, index))).await;
            Ok(read.err())
        };
        match &*caller.remember(failed, read).await? {
            Some(error) => Err(error.clone()),
            None => caller.remember(fact, Box::pin(self.read_join(caller, index))).await,
        }
    }

    async fn read_join(&self, caller: &Caller, index: usize) -> Result<Joined> {
        let join = &self.plan.joins[index];
        let page_size = join.page_size.as_ref().map(|size| size.default);
        let mut joined = Joined::default();
        let mut progress = Progress::default();
        let mut seen = HashSet::new();
        for _ in 0..MOST_PAGES {
            let request = self.page_request(&join.part, &progress, page_size, &[], false, caller)?;
            let (plan, at) = (Arc::clone(&self.plan), progress.clone());
            let operation = Operation::new(request, move |response| {
                let join: &JoinPlan = &plan.joins[index];
                join_page(response, join, &at)
            });
            let page = caller.call(&operation).await?;
            for (key, record) in page.records {
                joined.0.entry(key).or_default().push(record);
            }
            match page.next {
                None => return Ok(joined),
                // A list that leads back has no end, and is not whole.
                Some(next) if !seen.insert(next.position.clone()) => break,
                Some(next) => progress = next,
            }
        }
        Err(Error::new(ErrorKind::Incomplete, "the joined list does not end")
            .with_provider(caller.info())
            .with_operation(join.part.request.operation().to_owned()))
    }
}

fn join_page(response: &anyprofile_http::Response, join: &JoinPlan, at: &Progress) -> Result<JoinPage> {
    let part = &join.part;
    let how = ReadAs {
        page: &part.page,
        record: &part.plan.shape,
        records: &part.records,
        is_keyed: false,
        empty_if: part.empty_if.as_ref(),
        total: None,
    };
    let read = read_page(response, how)?;
    let count = u64::try_from(read.records.len()).unwrap_or(u64::MAX);
    let last =
        super::onward::last_position(part, read.records.iter().rev().find_map(|record| record.as_ref().ok()));
    let now = now();
    let mut records = Vec::new();
    for record in read.records {
        // A record that cannot be read would make a list that is not whole, and so a wrong statement about somebody.
        let record = record.map_err(|reason| response.error(ErrorKind::Decode, reason))?;
        let Some(key) = part.plan.id_of(&record.captured, now) else {
            // A record of nobody, such as a free seat, says nothing. In a list whose members are what counts, it may be anybody.
            if join.membership.is_none() {
                continue;
            }
            return Err(response.error(ErrorKind::Decode, "a record of the joined list has no key"));
        };
        records.push((key, record));
    }
    let step = super::onward::step(response, part, &read.around, at, count, None, last);
    let next = match step {
        super::onward::Step::End => None,
        super::onward::Step::At(position) => {
            Some(Progress { count: at.count + count, page: at.page + 1, position, ..at.clone() })
        }
        super::onward::Step::Unproven => {
            return Err(response.error(ErrorKind::Incomplete, "the end of the joined list is not proven"));
        }
    };
    Ok(JoinPage { records, next })
}

/// Sets a field of a profile to a value of a definition.
fn set(profile: &mut Profile, path: &anyprofile_core::FieldPath, value: &Scalar) {
    crate::mapping::set_scalar(profile, path, value);
}
