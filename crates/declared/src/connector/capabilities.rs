//! What a definition says of a service, as capabilities.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use anyprofile_core::{
    Capabilities, FieldPath, IdKind,
    capabilities::{FieldSpec, FieldTable, ListedCollection, Support, ValueFormat, WriteRule},
    profile::{ValueType, View},
    query::FilterPart,
};

use super::listing::statuses;
use crate::{
    definition::Format,
    mapping::RecordPlan,
    operations::RequestPlan,
    plan::{CollectionPlan, FieldPlan, FilterPlan, ServicePlan, UpdatePlan},
};

fn support(kinds: Vec<IdKind>, reason: &'static str) -> Support {
    let mut once: Vec<IdKind> = Vec::new();
    for kind in kinds {
        if !once.contains(&kind) {
            once.push(kind);
        }
    }
    if once.is_empty() { Support::no(reason) } else { Support::For(once) }
}

pub(super) fn capabilities(plan: &ServicePlan, page_size: Option<u32>) -> Capabilities {
    let mut capabilities = Capabilities::default();
    capabilities.traps = plan.definition.traps.iter().cloned().map(Cow::Owned).collect();
    let definition = &plan.definition;
    let operations = &mut capabilities.operations;
    let kinds = |of: &[IdKind]| of.to_vec();
    let listed: Vec<IdKind> = plan.collections.iter().map(|collection| collection.kind.clone()).collect();
    operations.list = support(listed, "the definition has no list");
    let got: Vec<IdKind> = plan.gets.iter().flat_map(|get| kinds(&get.kinds)).collect();
    operations.get = support(got, "the definition has no request for one profile");
    let current: Vec<IdKind> = plan.current.iter().map(|current| current.kind.clone()).collect();
    operations.current = support(current, "the service does not say whose credential it is");
    let further = plan.records.iter().flat_map(|record| kinds(&record.kinds));
    let further = further.chain(plan.joins.iter().flat_map(|join| kinds(&join.kinds)));
    let of_gets = plan.gets.iter().flat_map(|get| &get.plans);
    let of_gets = of_gets.filter(|record| {
        let collection = plan.collections.iter().find(|collection| collection.kind == record.kind);
        collection.is_some_and(|collection| collection.view != record.view)
    });
    let further = further.chain(of_gets.map(|record| record.kind.clone()));
    let further: Vec<IdKind> = further.filter(|kind| plan.get(kind).is_some()).collect();
    operations.enrich = support(further, "the service has one record of a profile");
    operations.members = Support::no("a definition has no organizations with members");
    operations.create = Support::no("a definition does not create profiles");
    operations.enroll = Support::no("a definition has no enrollment links");
    let updated = plan.updates.iter().flat_map(|update| kinds(&update.kinds)).collect();
    operations.update = support(updated, "the definition has no update");
    let deactivated = plan.deactivate.iter().flat_map(|end| kinds(&end.kinds)).collect();
    operations.deactivate =
        support(deactivated, "the service does not deactivate profiles, or the definition does not");
    let deleted = plan.delete.iter().flat_map(|end| kinds(&end.kinds)).collect();
    operations.delete = support(deleted, "the service does not delete profiles, or the definition does not");
    for (operation, what) in &definition.needs {
        operations.needs.insert(Cow::Owned(operation.clone()), Cow::Owned(what.clone()));
    }
    listing(plan, page_size, &mut capabilities);
    capabilities.fields = fields(plan);
    capabilities
}

fn listing(plan: &ServicePlan, page_size: Option<u32>, capabilities: &mut Capabilities) {
    let listing = &mut capabilities.listing;
    let parts = parts_of(&plan.collections);
    listing.collections = plan
        .collections
        .iter()
        .map(|collection| {
            let views = std::iter::once(collection.view.clone()).chain(collection.with.iter().cloned());
            let own = parts_of(std::slice::from_ref(collection));
            // The service applies a filter of an address or a role in its own way: what comes is compared, too.
            // The same for two filters in one parameter, of which only one can be sent.
            let loosely = |part: &FilterPart| {
                matches!(part, FilterPart::Email | FilterPart::Role) || shares_a_parameter(collection, *part)
            };
            let unfiltered = parts.iter().copied().filter(|part| !own.contains(part) || loosely(part));
            let listed = ListedCollection::new(collection.kind.clone(), views)
                .enriched_by(collection.enrich.iter().cloned())
                .without_filters(unfiltered);
            match plan.get(&collection.kind).and_then(|get| get.leaves_out.clone()) {
                Some(who) => listed.with_more_than_get(who),
                None => listed,
            }
        })
        .collect();
    let sizes: Vec<_> =
        plan.collections.iter().filter_map(|collection| collection.page_size.as_ref()).collect();
    // One number for all lists: where one has none, a caller cannot choose it.
    listing.page_size = !sizes.is_empty() && sizes.len() == plan.collections.len();
    listing.max_page_size = sizes.iter().filter_map(|size| size.max).min();
    listing.default_page_size = page_size.or_else(|| sizes.iter().map(|size| size.default).min());
    listing.search = plan.collections.iter().any(|collection| collection.filters.search.is_some());
    listing.filter_statuses = statuses(&plan.collections);
    let words = plan.collections.iter().filter_map(|collection| collection.filters.role.as_ref());
    listing.filter_roles = words.flat_map(|filter| filter.words.iter().cloned().map(Cow::Owned)).collect();
    listing.filters = parts;
    let mut caveats =
        plan.collections.iter().filter_map(|collection| collection.filters.updated_since.as_ref());
    listing.updated_caveat = caveats.find_map(|filter| filter.caveat.clone()).map(Cow::Owned);
    listing.hides = plan.definition.hides.iter().cloned().map(Cow::Owned).collect();
    let has_total = |collection: &CollectionPlan| {
        collection.parts.len() == 1 && collection.parts.iter().all(|part| part.total.is_some())
    };
    listing.declares_total = !plan.collections.is_empty() && plan.collections.iter().all(has_total);
    // Pages are requested one after another: only a page says how many records came before the next one.
    listing.numbered_pages = false;
}

/// Returns whether a filter has a parameter that another filter has, too.
fn shares_a_parameter(collection: &CollectionPlan, part: FilterPart) -> bool {
    let filters = &collection.filters;
    let keys = |plans: Vec<&FilterPlan>| -> BTreeSet<String> {
        let keys = plans.into_iter().flat_map(|plan| {
            let query = plan.query.iter().map(|(name, _)| name.clone());
            query.chain(plan.body.iter().map(|(pointer, _)| pointer.clone()))
        });
        keys.collect()
    };
    let groups = [
        (FilterPart::Status, keys(filters.status.values().collect())),
        (FilterPart::Mfa, keys(filters.mfa.values().collect())),
        (FilterPart::Email, keys(filters.email.iter().collect())),
        (FilterPart::Role, keys(filters.role.iter().collect())),
        (FilterPart::UpdatedSince, keys(filters.updated_since.iter().collect())),
        (FilterPart::CreatedSince, keys(filters.created_since.iter().collect())),
        // Not a part of a filter, but in the same request.
        (FilterPart::Condition, keys(filters.search.iter().collect())),
    ];
    let Some((_, own)) = groups.iter().find(|(known, _)| *known == part) else { return false };
    groups.iter().any(|(other, keys)| *other != part && !keys.is_disjoint(own))
}

/// Returns the parts of a filter that the service applies to one of these collections.
fn parts_of(collections: &[CollectionPlan]) -> Vec<FilterPart> {
    let has = |of: fn(&CollectionPlan) -> bool| collections.iter().any(of);
    let all = [
        (FilterPart::Status, has(|it| !it.filters.status.is_empty())),
        (FilterPart::Mfa, has(|it| it.filters.mfa.len() == 2)),
        (FilterPart::Email, has(|it| it.filters.email.is_some())),
        (FilterPart::Role, has(|it| it.filters.role.is_some())),
        (FilterPart::UpdatedSince, has(|it| it.filters.updated_since.is_some())),
        (FilterPart::CreatedSince, has(|it| it.filters.created_since.is_some())),
    ];
    all.into_iter().filter(|(_, is_there)| *is_there).map(|(part, _)| part).collect()
}

/// Returns the table of fields: which view shows which field, and how it is written.
fn fields(plan: &ServicePlan) -> FieldTable {
    let mut all = Fields::default();
    for collection in &plan.collections {
        for part in &collection.parts {
            all.add(&part.plan);
        }
    }
    plan.gets.iter().flat_map(|get| &get.plans).for_each(|record| all.add(record));
    if let Some(current) = plan.current.as_ref().filter(|current| current.id.is_none()) {
        all.add(&current.plan);
    }
    plan.records.iter().for_each(|record| all.add(&record.plan));
    for join in &plan.joins {
        match &join.membership {
            Some([inside, outside]) => {
                for (path, _) in inside.iter().chain(outside) {
                    all.add_one(path.clone(), &join.view, "(being in the list)", None);
                }
            }
            None => all.add(&join.part.plan),
        }
    }
    for update in &plan.updates {
        for field in &update.fields {
            all.write(plan, update, field);
        }
    }
    all.specs.into_iter().collect()
}

#[derive(Default)]
struct Fields {
    specs: Vec<FieldSpec>,
    /// The place of a field in `specs`.
    places: BTreeMap<String, usize>,
}

impl Fields {
    fn add(&mut self, record: &RecordPlan) {
        for shown in record.shown() {
            self.add_one(shown.path, &record.view, &shown.name, shown.withheld);
        }
    }

    fn add_one(&mut self, path: FieldPath, view: &View, name: &str, withheld: Option<String>) {
        let key = path.as_str().to_owned();
        if let Some(place) = self.places.get(&key).copied() {
            let spec = &mut self.specs[place];
            if !spec.is_in(view) {
                *spec = spec.clone().and_in(view.clone(), name.to_owned());
            }
        } else {
            self.places.insert(key, self.specs.len());
            let mut spec = FieldSpec::read_in(path, view.clone(), name.to_owned());
            if let Some(needs) = withheld {
                spec = spec.withheld(needs);
            }
            self.specs.push(spec);
        }
    }

    fn write(&mut self, plan: &ServicePlan, update: &UpdatePlan, field: &FieldPlan) {
        let Some(place) = self.places.get(field.path.as_str()).copied() else {
            // A field that no record shows cannot be compared, and is not written.
            return;
        };
        let mut rule = WriteRule::set_only(&[], format_of(field));
        rule.id_kinds = Cow::Owned(update.kinds.clone());
        if field.clear.is_some() {
            rule = rule.clearable();
        }
        if let Some(warning) = &field.warning {
            rule = rule.with_warning(warning.clone());
        }
        let mut actions = field.actions.iter().filter_map(|(_, name)| plan.actions.get(name));
        if update.needs_record()
            || actions.any(|action| action.request.needs_record())
            || field.request.as_ref().is_some_and(RequestPlan::needs_record)
        {
            rule = rule.needing_read();
        }
        let spec = &mut self.specs[place];
        // Two updates may write the same field of different kinds.
        if let Some(known) = &spec.write {
            let mut kinds = known.id_kinds.to_vec();
            kinds.extend(update.kinds.iter().cloned());
            rule.id_kinds = Cow::Owned(kinds);
        }
        spec.write = Some(rule);
    }
}

fn format_of(field: &FieldPlan) -> ValueFormat {
    let text = ValueFormat::Text { max_characters: field.max };
    let words = |pairs: Vec<&String>| ValueFormat::one_of(pairs.into_iter().cloned());
    if !field.actions.is_empty() {
        return words(field.actions.iter().map(|(word, _)| word).collect());
    }
    if !field.values.is_empty() && !matches!(field.path.value_type(), ValueType::List) {
        return words(field.values.iter().map(|(word, _)| word).collect());
    }
    match field.format {
        Some(Format::Text) => return text,
        Some(Format::Email) => return ValueFormat::Email,
        Some(Format::Uri) => return ValueFormat::Uri,
        Some(Format::Country) => return ValueFormat::Country,
        Some(Format::Bool) => return ValueFormat::Bool,
        Some(Format::Names) => return ValueFormat::Names { max_characters: field.max },
        None => {}
    }
    if field.path == FieldPath::EMAILS {
        return ValueFormat::Email;
    }
    if field.path == FieldPath::ROLES {
        return ValueFormat::roles(["account"]);
    }
    if field.path == FieldPath::LABELS || field.path == FieldPath::GROUPS {
        return ValueFormat::Names { max_characters: field.max };
    }
    match field.path.value_type() {
        ValueType::Bool => ValueFormat::Bool,
        ValueType::Time => ValueFormat::Time,
        _ => text,
    }
}
