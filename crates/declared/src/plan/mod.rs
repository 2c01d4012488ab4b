//! A definition with its templates, places and names resolved and checked: what the connector runs.

mod collections;
mod filters;
mod maps;
mod paging;
mod reads;
mod secrets;
mod writes;

use std::collections::BTreeMap;

use anyprofile_core::{FieldPath, IdKind, profile::View};

pub(crate) use self::{
    collections::{CollectionPlan, PartPlan, TotalPlan},
    filters::FilterPlan,
    reads::{CurrentPlan, FindPlan, FurtherPlan, GetPlan, JoinPlan},
    writes::{ActionPlan, EndPlan, FieldPlan, UpdatePlan},
};
use crate::{
    definition::{Definition, FORMAT, RequestTemplate},
    flaw::{Flaws, Key},
    operations::RequestPlan,
    record::flaw_of,
};

/// A definition, ready to run.
#[derive(Debug)]
pub(crate) struct ServicePlan {
    pub(crate) definition: Definition,
    pub(crate) collections: Vec<CollectionPlan>,
    pub(crate) gets: Vec<GetPlan>,
    pub(crate) current: Option<CurrentPlan>,
    pub(crate) find_email: Option<FindPlan>,
    pub(crate) find_username: Option<FindPlan>,
    pub(crate) find_external_id: Option<FindPlan>,
    pub(crate) records: Vec<FurtherPlan>,
    pub(crate) joins: Vec<JoinPlan>,
    pub(crate) actions: BTreeMap<String, ActionPlan>,
    pub(crate) updates: Vec<UpdatePlan>,
    pub(crate) deactivate: Vec<EndPlan>,
    pub(crate) delete: Vec<EndPlan>,
}

/// Resolves a definition, and collects what is wrong with it.
pub(crate) struct Resolver<'d> {
    pub(crate) definition: &'d Definition,
    pub(crate) flaws: Flaws,
}

impl ServicePlan {
    /// Resolves and checks a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn new(definition: &Definition) -> Result<Self, Flaws> {
        let mut resolver = Resolver { definition, flaws: Flaws::default() };
        resolver.check_head();
        let collections = resolver.collections();
        let gets = resolver.gets();
        let current = resolver.current();
        let (records, joins) = (resolver.records(), resolver.joins());
        let find = &definition.find;
        let find_email = resolver.find("email", find.email.as_ref());
        let find_username = resolver.find("username", find.username.as_ref());
        let find_external_id = resolver.find("external_id", find.external_id.as_ref());
        let actions = resolver.actions();
        let updates = resolver.updates();
        let deactivate = resolver.ends("deactivate", &definition.deactivate);
        let delete = resolver.ends("delete", &definition.delete);
        resolver.check_views(&collections, &records, &joins);
        resolver.check_used();
        if !resolver.flaws.is_empty() {
            return Err(resolver.flaws);
        }
        Ok(Self {
            definition: definition.clone(),
            collections,
            gets,
            current,
            find_email,
            find_username,
            find_external_id,
            records,
            joins,
            actions,
            updates,
            deactivate,
            delete,
        })
    }

    /// Returns how a profile with an id of this kind is read.
    pub(crate) fn get(&self, kind: &IdKind) -> Option<&GetPlan> {
        self.gets.iter().find(|get| get.kinds.contains(kind))
    }

    /// Returns all operations that the definition uses, by the service's name for them.
    pub(crate) fn operations(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for collection in &self.collections {
            all.extend(collection.requests().map(RequestPlan::operation));
        }
        all.extend(self.gets.iter().map(|get| get.request.operation()));
        all.extend(self.current.iter().map(|current| current.request.operation()));
        let finds = [&self.find_email, &self.find_username, &self.find_external_id];
        all.extend(finds.into_iter().flatten().map(|find| find.request.operation()));
        all.extend(self.records.iter().map(|record| record.request.operation()));
        all.extend(self.joins.iter().map(|join| join.part.request.operation()));
        all.extend(self.actions.values().map(|action| action.request.operation()));
        for update in &self.updates {
            all.extend(update.request.iter().map(RequestPlan::operation));
            all.extend(
                update.fields.iter().filter_map(|field| field.request.as_ref()).map(RequestPlan::operation),
            );
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Names in the templates of a request, besides variables.
pub(crate) const ID: &[&str] = &["id"];
pub(crate) const PAGE: &[&str] = &["page_size", "value"];
pub(crate) const VALUE: &[&str] = &["value"];
pub(crate) const ID_AND_VALUE: &[&str] = &["id", "value"];

impl Resolver<'_> {
    fn check_head(&mut self) {
        let definition = self.definition;
        let top = Key::default();
        if definition.format != FORMAT {
            self.flaws.add(
                &top.then("format"),
                format!("this program reads format {FORMAT}; a newer program may read {}", definition.format),
            );
        }
        if let Err(error) = definition.name.parse::<anyprofile_core::ServiceName>() {
            self.flaws.add(&top.then("name"), error.to_string());
        }
        if definition.collections.is_empty() && definition.gets_nothing() {
            self.flaws
                .add(&top, "the definition has neither `collections` nor `get`: there is nothing to read");
        }
        for (name, value) in &definition.api.headers {
            let key = top.then("api").then("headers").then(name.as_str());
            self.check_no_secret(&key, name, value);
            self.check_template(&key, value, &[]);
        }
        self.check_template(&top.then("api").then("base_url"), &definition.api.base_url, &[]);
        self.check_url(&top.then("api").then("base_url"), &definition.api.base_url);
        for (name, variable) in &definition.variables {
            let key = top.then("variables").then(name.as_str()).then("default");
            self.check_no_secret(&key, name, variable.default.as_deref().unwrap_or_default());
        }
        for name in definition.variables.keys() {
            let key = top.then("variables").then(name.as_str());
            let taken = ["definition", "base_url", "page_size", "token_url", "service", "id", "value"];
            if taken.contains(&name.as_str()) {
                self.flaws.add(&key, "this name has a meaning of its own: take another one");
            } else if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
                self.flaws.add(&key, "a variable has letters, digits and '_'");
            }
        }
        for (number, auth) in definition.auth.iter().enumerate() {
            let key = top.then("auth").then(number);
            if auth.credentials.is_empty() {
                self.flaws.add(&key.then("credentials"), "a way to sign in has at least one credential");
            }
            for (name, value) in &auth.fields {
                self.check_no_secret(&key.then("fields").then(name.as_str()), name, value);
            }
            for problem in crate::config::flaws_of(auth, &definition.variables) {
                self.flaws.add(&key.then(problem.0), problem.1);
            }
        }
        if let Some(rule) = &definition.errors.in_success {
            self.check_pointer(&top.then("errors").then("in_success").then("at"), &rule.at);
        }
        for (number, pointer) in definition.secrets.iter().enumerate() {
            self.check_pointer(&top.then("secrets").then(number), pointer);
        }
        let errors = top.then("errors");
        for (name, pointers) in [
            ("form", &definition.errors.form),
            ("message", &definition.errors.message),
            ("code", &definition.errors.code),
        ] {
            for (number, pointer) in pointers.iter().enumerate() {
                self.check_pointer(&errors.then(name).then(number), pointer);
            }
        }
        for operation in definition.needs.keys() {
            let known = ["list", "get", "current", "enrich", "update", "deactivate", "delete"];
            if !known.contains(&operation.as_str()) {
                let key = top.then("needs").then(operation.as_str());
                self.flaws.add(&key, format!("it is none of {}", known.join(", ")));
            }
        }
        self.check_map(&top.then("map"), &definition.map);
    }

    /// Checks that each further record that a collection names is there.
    fn check_views(&mut self, collections: &[CollectionPlan], records: &[FurtherPlan], joins: &[JoinPlan]) {
        let gets: Vec<View> =
            self.definition.get.iter().filter_map(|get| get.view.as_deref()).map(View::named).collect();
        for (number, collection) in collections.iter().enumerate() {
            for (key, views) in [("with", &collection.with), ("enrich", &collection.enrich)] {
                for (place, view) in views.iter().enumerate() {
                    let is_there = records.iter().any(|record| record.plan.view == *view)
                        || joins.iter().any(|join| join.view == *view)
                        || gets.contains(view);
                    if !is_there {
                        let key = Key::default().then("collections").then(number).then(key).then(place);
                        self.flaws.add(
                            &key,
                            format!(
                                "no entry of `records`, `joins` or `get` has the view '{}'",
                                view.as_str()
                            ),
                        );
                    }
                }
            }
        }
    }

    pub(crate) fn kind(&mut self, key: &Key, kind: &str) -> IdKind {
        kind.parse().unwrap_or_else(|error: anyprofile_core::id::IdError| {
            self.flaws.add(key, error.to_string());
            IdKind::USER
        })
    }

    pub(crate) fn kinds(&mut self, key: &Key, kinds: &[String]) -> Vec<IdKind> {
        if kinds.is_empty() {
            return vec![IdKind::USER];
        }
        kinds.iter().enumerate().map(|(number, kind)| self.kind(&key.then(number), kind)).collect()
    }

    pub(crate) fn request(
        &mut self,
        key: &Key,
        template: &RequestTemplate,
        names: &[&str],
    ) -> Option<RequestPlan> {
        let plan = match RequestPlan::new(template, self.definition.api.content_type.as_deref()) {
            Ok(plan) => plan,
            Err((inner, message)) => {
                self.flaws.add(&key.down(&inner), message);
                return None;
            }
        };
        let unknown: Vec<String> = plan
            .templates()
            .iter()
            .flat_map(|template| template.names())
            .filter(|name| !names.contains(name) && !self.definition.variables.contains_key(*name))
            .map(str::to_owned)
            .collect();
        for name in unknown {
            self.flaws.add(key, self.unknown_name(&name, names));
        }
        for (name, value) in &template.headers {
            self.check_no_secret(&key.then("headers").then(name.as_str()), name, value);
        }
        self.check_shows_no_secret(key, template);
        self.check_url(&key.then("path"), &template.path);
        if let Some(body) = &template.body {
            self.check_body(&key.then("body"), body);
        }
        for (name, value) in &template.query {
            let value = crate::template::text_of(value);
            self.check_no_secret(&key.then("query").then(name.as_str()), name, &value);
        }
        Some(plan)
    }

    fn unknown_name(&self, name: &str, names: &[&str]) -> String {
        let variables = self.definition.variables.keys().map(String::as_str);
        let known: Vec<&str> = names.iter().copied().chain(variables).collect();
        format!("{{{name}}} is not known here; known names: {}", known.join(", "))
    }

    fn check_template(&mut self, key: &Key, text: &str, names: &[&str]) {
        match crate::template::Template::parse(text) {
            Ok(template) => {
                let unknown: Vec<String> = template
                    .names()
                    .filter(|name| !names.contains(name) && !self.definition.variables.contains_key(*name))
                    .map(str::to_owned)
                    .collect();
                for name in unknown {
                    self.flaws.add(key, self.unknown_name(&name, names));
                }
            }
            Err(message) => self.flaws.add(key, message),
        }
    }

    /// Checks that everything that has a name is used.
    fn check_used(&mut self) {
        let definition = self.definition;
        let text = format!("{definition:?}");
        for name in definition.variables.keys().filter(|name| !text.contains(&format!("{{{name}}}"))) {
            self.flaws.add(&Key::default().then("variables").then(name.as_str()), "no text uses it");
        }
        let of_fields = definition.update.iter().flat_map(|update| update.fields.values());
        let mut used: Vec<&String> = of_fields.flat_map(|field| field.actions.values()).collect();
        used.extend(definition.deactivate.iter().chain(&definition.delete).flat_map(|end| &end.actions));
        for name in definition.actions.keys().filter(|name| !used.contains(name)) {
            self.flaws.add(&Key::default().then("actions").then(name.as_str()), "no write uses it");
        }
        let views: Vec<&String> =
            definition.collections.iter().flat_map(|it| it.with.iter().chain(&it.enrich)).collect();
        for (list, number, view) in definition
            .records
            .iter()
            .enumerate()
            .map(|(number, record)| ("records", number, &record.view))
            .chain(definition.joins.iter().enumerate().map(|(number, join)| ("joins", number, &join.view)))
        {
            if !views.contains(&view) {
                let key = Key::default().then(list).then(number);
                self.flaws.add(&key, "no collection names it: `with` or `enrich`");
            }
        }
    }

    pub(crate) fn check_pointer(&mut self, key: &Key, pointer: &str) {
        if let Some(flaw) = flaw_of(pointer) {
            self.flaws.add(key, flaw);
        }
    }

    pub(crate) fn path(&mut self, key: &Key, text: &str) -> Option<FieldPath> {
        text.parse()
            .map_err(|error: anyprofile_core::profile::FieldPathError| self.flaws.add(key, error.to_string()))
            .ok()
    }
}

impl Definition {
    fn gets_nothing(&self) -> bool {
        self.get.is_empty() && self.current.is_none()
    }
}
