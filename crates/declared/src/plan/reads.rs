//! Requests for one profile, and records that complete it.

use std::time::Duration;

use anyprofile_core::{FieldPath, IdKind, Status, profile::View};

use super::{ID, PAGE, Resolver, VALUE};
use crate::{
    definition::{FindRequest, Get, Map, PageSize, Scalar},
    flaw::Key,
    mapping::RecordPlan,
    operations::RequestPlan,
    plan::collections::{PartOf, PartPlan},
};

/// How long a joined list is kept, if the definition does not say it.
const KEPT: u64 = 300;

/// How one profile is read.
#[derive(Debug)]
pub(crate) struct GetPlan {
    pub(crate) kinds: Vec<IdKind>,
    pub(crate) request: RequestPlan,
    pub(crate) record: String,
    pub(crate) by_email: bool,
    pub(crate) by_username: bool,
    /// Whom the lists have and the request does not find.
    pub(crate) leaves_out: Option<String>,
    /// By kind of id.
    pub(crate) plans: Vec<RecordPlan>,
}

/// How the profile of the credential is read.
#[derive(Debug)]
pub(crate) struct CurrentPlan {
    pub(crate) kind: IdKind,
    pub(crate) request: RequestPlan,
    pub(crate) record: String,
    /// Where the id is, if the response is no record.
    pub(crate) id: Option<String>,
    pub(crate) plan: RecordPlan,
}

/// A request that finds a profile.
#[derive(Debug)]
pub(crate) struct FindPlan {
    pub(crate) kind: IdKind,
    pub(crate) request: RequestPlan,
    pub(crate) record: String,
    /// Where the id is, if the response is no record.
    pub(crate) id: Option<String>,
    pub(crate) is_lower_case: bool,
    /// Whether the lists have somebody whom the request does not find.
    pub(crate) leaves_out: bool,
    pub(crate) plan: RecordPlan,
}

/// A further record of a profile.
#[derive(Debug)]
pub(crate) struct FurtherPlan {
    pub(crate) kinds: Vec<IdKind>,
    pub(crate) request: RequestPlan,
    pub(crate) record: String,
    pub(crate) withheld_statuses: Vec<u16>,
    pub(crate) plan: RecordPlan,
}

/// A list that is joined by a key.
#[derive(Debug)]
pub(crate) struct JoinPlan {
    pub(crate) view: View,
    pub(crate) kinds: Vec<IdKind>,
    pub(crate) part: PartPlan,
    pub(crate) page_size: Option<PageSize>,
    /// What a profile inside and outside of the list has.
    pub(crate) membership: Option<[Vec<(FieldPath, Scalar)>; 2]>,
    /// The statuses of profiles that can be in the list; all, if there are none.
    pub(crate) statuses: Vec<Status>,
    pub(crate) withheld_statuses: Vec<u16>,
    pub(crate) kept: Duration,
}

impl GetPlan {
    /// Returns the plan of the records of a kind.
    pub(crate) fn plan(&self, kind: &IdKind) -> Option<&RecordPlan> {
        self.plans.iter().find(|plan| plan.kind == *kind)
    }
}

impl Resolver<'_> {
    /// Returns the name of the record that `get` reads for a kind.
    fn view_of(&self, kind: &IdKind) -> View {
        let get = self.definition.get.iter().find(|get| {
            let has = get.kinds.iter().any(|known| known == kind.as_str());
            has || (get.kinds.is_empty() && *kind == IdKind::USER)
        });
        if let Some(view) = get.and_then(|get| get.view.as_deref()) {
            return View::named(view);
        }
        let collection =
            self.definition.collections.iter().find(|collection| collection.kind == kind.as_str());
        let view = collection
            .map_or(kind.as_str(), |collection| collection.view.as_deref().unwrap_or(&collection.kind));
        View::named(view)
    }

    /// Returns the map of a collection of a kind, if its record is the same.
    fn map_of_collection(&self, kind: &IdKind, view: &View) -> Option<&Map> {
        let collections = &self.definition.collections;
        let collection = collections.iter().find(|collection| collection.kind == kind.as_str())?;
        let own = collection.view.as_deref().unwrap_or(&collection.kind);
        (own == view.as_str()).then_some(&collection.map)
    }

    fn plan_of_get(&self, get: &Get, kind: &IdKind) -> RecordPlan {
        let view = self.view_of(kind);
        let nothing = Map::default();
        let of_collection = self.map_of_collection(kind, &view).unwrap_or(&nothing);
        RecordPlan::new(
            kind,
            &view,
            &[&self.definition.map, of_collection, &get.map],
            &[],
            &[],
            &self.definition.secrets,
        )
    }

    pub(super) fn gets(&mut self) -> Vec<GetPlan> {
        let definition = self.definition;
        let mut plans: Vec<GetPlan> = Vec::new();
        for (number, get) in definition.get.iter().enumerate() {
            let key = Key::default().then("get").then(number);
            let kinds = self.kinds(&key.then("kinds"), &get.kinds);
            self.check_pointer(&key.then("record"), &get.record);
            self.check_map(&key.then("map"), &get.map);
            for kind in &kinds {
                if plans.iter().any(|known| known.kinds.contains(kind)) {
                    self.flaws
                        .add(&key.then("kinds"), format!("another `get` is for ids of kind '{kind}', too"));
                }
                if crate::mapping::merged(&[&definition.map, &get.map]).id.is_none()
                    && self.map_of_collection(kind, &self.view_of(kind)).is_none_or(|map| map.id.is_none())
                {
                    self.flaws.add(&key.then("map"), "no rule for `id`: write `map.id`");
                }
            }
            let records = kinds.iter().map(|kind| self.plan_of_get(get, kind)).collect();
            let Some(request) = self.request(&key.then("request"), &get.request, ID) else { continue };
            let has_id = request.templates().iter().any(|template| template.names().any(|name| name == "id"));
            if !has_id {
                self.flaws.add(&key.then("request"), "the request does not name the profile: {id}");
            }
            plans.push(GetPlan {
                kinds,
                request,
                record: get.record.clone(),
                by_email: get.by_email,
                by_username: get.by_username,
                leaves_out: get.leaves_out.clone(),
                plans: records,
            });
        }
        plans
    }

    pub(super) fn current(&mut self) -> Option<CurrentPlan> {
        let current = self.definition.current.as_ref()?;
        let key = Key::default().then("current");
        let kind = self.kind(&key.then("kind"), current.kind.as_deref().unwrap_or("user"));
        self.check_pointer(&key.then("record"), &current.record);
        self.check_map(&key.then("map"), &current.map);
        if let Some(id) = &current.id {
            self.check_pointer(&key.then("id"), id);
            if !self.has_get(&kind) {
                self.flaws
                    .add(&key.then("id"), "the profile is read with `get`, which is not there for this kind");
            }
        }
        let request = self.request(&key.then("request"), &current.request, &[])?;
        let view = current.view.as_deref().map_or_else(|| self.view_of(&kind), View::named);
        let of_get = self.definition.get.iter().find(|get| {
            get.kinds.iter().any(|known| known == kind.as_str())
                || (get.kinds.is_empty() && kind == IdKind::USER)
        });
        let nothing = Map::default();
        let of_collection = self.map_of_collection(&kind, &view).unwrap_or(&nothing);
        let of_get = of_get.map_or(&nothing, |get| &get.map);
        let maps = [&self.definition.map, of_collection, of_get, &current.map];
        let plan = RecordPlan::new(&kind, &view, &maps, &[], &[], &self.definition.secrets);
        Some(CurrentPlan { kind, request, record: current.record.clone(), id: current.id.clone(), plan })
    }

    pub(super) fn has_get(&self, kind: &IdKind) -> bool {
        self.definition.get.iter().any(|get| {
            get.kinds.iter().any(|known| known == kind.as_str())
                || (get.kinds.is_empty() && *kind == IdKind::USER)
        })
    }

    pub(super) fn find(&mut self, name: &str, find: Option<&FindRequest>) -> Option<FindPlan> {
        let find = find?;
        let key = Key::default().then("find").then(name);
        let kind = self.kind(&key.then("kind"), find.kind.as_deref().unwrap_or("user"));
        self.check_pointer(&key.then("record"), &find.record);
        if let Some(id) = &find.id {
            self.check_pointer(&key.then("id"), id);
            if !self.has_get(&kind) {
                self.flaws
                    .add(&key.then("id"), "the profile is read with `get`, which is not there for this kind");
            }
        }
        let request = self.request(&key.then("request"), &find.request, VALUE)?;
        let view = self.view_of(&kind);
        let nothing = Map::default();
        let of_collection = self.map_of_collection(&kind, &view).unwrap_or(&nothing);
        let get = self.definition.get.iter().find(|get| {
            get.kinds.iter().any(|known| known == kind.as_str())
                || (get.kinds.is_empty() && kind == IdKind::USER)
        });
        let of_get = get.map_or(&nothing, |get| &get.map);
        let maps = [&self.definition.map, of_collection, of_get];
        let plan = RecordPlan::new(&kind, &view, &maps, &[], &[], &self.definition.secrets);
        Some(FindPlan {
            kind,
            request,
            record: find.record.clone(),
            id: find.id.clone(),
            is_lower_case: find.lower_case,
            leaves_out: find.leaves_out.is_some(),
            plan,
        })
    }

    pub(super) fn records(&mut self) -> Vec<FurtherPlan> {
        let definition = self.definition;
        let mut plans = Vec::new();
        for (number, record) in definition.records.iter().enumerate() {
            let key = Key::default().then("records").then(number);
            let kinds = self.kinds(&key.then("kinds"), &record.kinds);
            self.check_pointer(&key.then("record"), &record.record);
            self.check_map(&key.then("map"), &record.map);
            let Some(request) = self.request(&key.then("request"), &record.request, ID) else { continue };
            let kind = kinds.first().cloned().unwrap_or(IdKind::USER);
            let plan = RecordPlan::new(
                &kind,
                &View::named(&record.view),
                &[&record.map],
                &[],
                &[],
                &definition.secrets,
            );
            plans.push(FurtherPlan {
                kinds,
                request,
                record: record.record.clone(),
                withheld_statuses: record.withheld_statuses.clone(),
                plan,
            });
        }
        plans
    }

    pub(super) fn joins(&mut self) -> Vec<JoinPlan> {
        let definition = self.definition;
        let mut plans = Vec::new();
        for (number, join) in definition.joins.iter().enumerate() {
            let key = Key::default().then("joins").then(number);
            let kinds = self.kinds(&key.then("kinds"), &join.kinds);
            self.check_pointer(&key.then("key"), &join.key);
            self.check_pointer(&key.then("records"), &join.records);
            self.check_map(&key.then("map"), &join.map);
            self.check_paging_of(&key.then("paging"), &join.paging, false);
            let membership = join.membership.as_ref().map(|membership| {
                [("inside", &membership.inside), ("outside", &membership.outside)].map(|(side, fields)| {
                    let key = key.then("membership").then(side);
                    let fields = fields.iter();
                    fields
                        .filter_map(|(path, value)| {
                            Some((self.path(&key.then(path.as_str()), path)?, value.clone()))
                        })
                        .collect::<Vec<_>>()
                })
            });
            let Some(request) = self.request(&key.then("request"), &join.request, PAGE) else { continue };
            let kind = kinds.first().cloned().unwrap_or(IdKind::USER);
            let mut map = join.map.clone();
            map.id = Some(crate::definition::Rule::at(&crate::definition::OneOrMany(vec![join.key.clone()])));
            let last = join
                .paging
                .next
                .as_deref()
                .filter(|_| join.paging.style == crate::definition::PagingStyle::LastRecord);
            let further: Vec<&str> = last.into_iter().collect();
            let plan =
                RecordPlan::new(&kind, &View::named(&join.view), &[&map], &[], &further, &definition.secrets);
            let of = PartOf {
                request,
                query: Vec::new(),
                records: &join.records,
                is_keyed: false,
                empty_if: join.empty_if.as_deref(),
                paging: &join.paging,
                total_at: None,
                plan,
            };
            let part = self.part(&key, of);
            plans.push(JoinPlan {
                view: View::named(&join.view),
                kinds,
                part,
                page_size: join.page_size.clone(),
                membership,
                statuses: join
                    .membership
                    .iter()
                    .flat_map(|membership| &membership.statuses)
                    .map(|word| Status::from(word.as_str()))
                    .collect(),
                withheld_statuses: join.withheld_statuses.clone(),
                kept: Duration::from_secs(join.seconds.unwrap_or(KEPT)),
            });
        }
        plans
    }
}
