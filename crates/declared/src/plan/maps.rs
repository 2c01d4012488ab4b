//! Checks of what fields mean.

use std::collections::BTreeMap;

use super::Resolver;
use crate::{
    definition::{Case, Map, Rule, Scalars, TimeForm},
    flaw::Key,
    mapping::fields::{GROUPS, group},
};

impl Resolver<'_> {
    pub(crate) fn check_map(&mut self, key: &Key, map: &Map) {
        for (name, known) in GROUPS {
            for (field, rule) in group(map, name) {
                let key = key.then(*name).then(field.as_str());
                if known.contains(&field.as_str()) {
                    self.check_rule(&key, "", rule, *name == "times" || field.ends_with("_login"));
                } else {
                    self.flaws
                        .add(&key, format!("there is no such field; `{name}` has {}", known.join(", ")));
                }
            }
        }
        let words =
            [("id", &map.id), ("kind", &map.kind), ("status", &map.status), ("status_raw", &map.status_raw)];
        for (name, rule) in words.into_iter().chain(map.texts()) {
            if let Some(rule) = rule {
                self.check_rule(&key.then(name), "", rule, false);
            }
        }
        let (kinds, statuses) =
            (["human", "service", "organization"], ["active", "suspended", "pending", "deleted"]);
        for (name, rule, words) in [("kind", &map.kind, &kinds[..]), ("status", &map.status, &statuses[..])] {
            for word in rule.iter().flat_map(said_words).filter(|word| !words.contains(&&**word)) {
                self.flaws.add(
                    &key.then(name),
                    format!("\"{word}\" is no {name}; it is one of {}", words.join(", ")),
                );
            }
        }
        for (number, rule) in map.emails.iter().flatten().enumerate() {
            let key = key.then("emails").then(number);
            let absent = (rule.absent_is_none, rule.absent_is_no);
            let base =
                self.check_each(&key, rule.each.as_deref(), &rule.conditions, absent, rule.because.is_some());
            self.check_rule_shows_no_secret(&key.then("at"), &base, &Rule::at(&rule.at));
            if rule.at.0.is_empty() {
                self.flaws.add(&key.then("at"), "say where the address is");
            }
            for pointer in &rule.at.0 {
                self.check_pointer(&key.then("at"), pointer);
            }
            for (name, rule) in
                [("purpose", &rule.purpose), ("primary", &rule.primary), ("verified", &rule.verified)]
            {
                if let Some(rule) = rule {
                    self.check_rule(&key.then(name), &base, rule, false);
                }
            }
        }
        let actors = [("changed_by", &map.changed_by), ("owner", &map.owner), ("manager", &map.manager)];
        for (name, actor) in actors.into_iter().filter_map(|(name, actor)| Some((name, actor.as_ref()?))) {
            let key = key.then(name);
            if let Some(at) = &actor.at {
                self.check_pointer(&key.then("at"), at);
            }
            for (part, rule) in [("id", &actor.id), ("name", &actor.name), ("email", &actor.email)] {
                if let Some(rule) = rule {
                    self.check_rule(&key.then(part), "", rule, false);
                }
            }
        }
        let lists = [
            ("roles", map.roles.as_deref()),
            ("groups", map.groups.as_deref()),
            ("labels", map.labels.as_deref()),
            ("entitlements", map.entitlements.as_deref()),
            ("phones", map.phones.as_deref()),
            ("mfa_methods", map.mfa_methods.as_ref().map(std::slice::from_ref)),
        ];
        for (name, rules) in lists {
            for (number, item) in rules.into_iter().flatten().enumerate() {
                let key = key.then(name).then(number);
                let absent = (item.absent_is_none, item.absent_is_no);
                let base = self.check_each(
                    &key,
                    item.each.as_deref(),
                    &item.conditions,
                    absent,
                    item.because.is_some(),
                );
                if item.each.is_some() && item.flag.is_some() {
                    self.flaws.add(&key, "`if` is for an item of the record itself, not of a list");
                }
                if item.flag.is_some() != item.name_is.is_some() {
                    self.flaws.add(&key, "`if` and `name_is` belong together");
                }
                if item.id.is_none() && item.name.is_none() && item.flag.is_none() {
                    self.flaws.add(&key, "an item has an `id`, a `name`, or `if` and `name_is`");
                }
                let rules = [
                    ("id", &item.id),
                    ("name", &item.name),
                    ("kind", &item.kind),
                    ("color", &item.color),
                    ("scope", &item.scope),
                    ("scope_id", &item.scope_id),
                    ("scope_name", &item.scope_name),
                ];
                for (name, rule) in rules {
                    if let Some(rule) = rule {
                        self.check_rule(&key.then(name), &base, rule, false);
                    }
                }
            }
        }
    }

    /// Checks a list of elements that rules are for; returns the place of its elements.
    fn check_each(
        &mut self,
        key: &Key,
        each: Option<&str>,
        conditions: &BTreeMap<String, Scalars>,
        (absent_is_none, absent_is_no): (bool, bool),
        has_reason: bool,
    ) -> String {
        if let Some(each) = each {
            self.check_pointer(&key.then("each"), each);
        }
        if (absent_is_none || absent_is_no) != has_reason {
            self.flaws.add(
                key,
                "`absent_is_none` or `absent_is_no`, and `because`, belong together: say what the service documents",
            );
        }
        if each.is_none() && (!conditions.is_empty() || absent_is_none) {
            self.flaws.add(key, "`where` and `absent_is_none` are for a list: `each`");
        }
        if absent_is_no && conditions.is_empty() {
            self.flaws.add(
                &key.then("absent_is_no"),
                "it is about the values that `where` asks for, and there is no `where`",
            );
        }
        each.map(|each| format!("{each}/*")).unwrap_or_default()
    }

    /// Checks a rule. `base` is the place of the element that its places are in, if it is for a list.
    fn check_rule(&mut self, key: &Key, base: &str, rule: &Rule, is_time: bool) {
        self.check_rule_shows_no_secret(key, base, rule);
        let table = &rule.0;
        let sources = [
            ("at", !table.at.0.is_empty()),
            ("join", !table.join.is_empty()),
            ("pick", table.pick.is_some()),
            ("any", table.any.is_some()),
            ("constant", table.constant.is_some()),
            ("first", !table.first.is_empty()),
        ];
        let used: Vec<&str> = sources.iter().filter(|(_, is_used)| *is_used).map(|(name, _)| *name).collect();
        if used.len() != 1 {
            let message =
                if used.is_empty() { "a rule says where the value is" } else { "a rule has one source" };
            self.flaws.add(key, format!("{message}: exactly one of at, join, pick, any, constant, first"));
        }
        for pointer in table.at.0.iter().chain(&table.join) {
            self.check_pointer(key, pointer);
        }
        if let Some(pick) = &table.pick {
            self.check_pointer(&key.then("pick").then("from"), &pick.from);
            self.check_pointer(&key.then("pick").then("at"), &pick.at);
            pick.conditions
                .keys()
                .for_each(|pointer| self.check_pointer(&key.then("pick").then("where"), pointer));
        }
        if let Some(any) = &table.any {
            self.check_pointer(&key.then("any").then("of"), &any.of);
            any.conditions
                .keys()
                .for_each(|pointer| self.check_pointer(&key.then("any").then("where"), pointer));
        }
        let has_meaning = table.absent_means.is_some() || table.absent_is_null;
        if has_meaning && !table.first.is_empty() {
            self.flaws.add(key, "in `first`, what is absent has a meaning by case: `absent_is_no`");
        }
        if has_meaning && table.because.is_none() {
            self.flaws.add(
                &key.then(if table.absent_is_null { "absent_is_null" } else { "absent_means" }),
                "what is absent has a meaning only where the service documents one: say so in `because`",
            );
        }
        if table.because.is_some() && !has_meaning {
            self.flaws.add(
                &key.then("because"),
                "`because` explains `absent_means` or `absent_is_null`, which is not there",
            );
        }
        if !is_time && (table.time.is_some() || !table.never.is_empty()) {
            self.flaws.add(key, "`time` and `never` are for times");
        }
        if table.time == Some(TimeForm::Rfc3339) && !table.join.is_empty() {
            self.flaws.add(key, "a time has one place");
        }
        for (number, case) in table.first.iter().enumerate() {
            self.check_case(&key.then("first").then(number), case, true);
        }
    }

    pub(crate) fn check_case(&mut self, key: &Key, case: &Case, says: bool) {
        if let Some(pointer) = &case.at {
            self.check_pointer(&key.then("at"), pointer);
        } else {
            let tests = case.is.is_some()
                || !case.one_of.is_empty()
                || case.present.is_some()
                || case.non_empty.is_some()
                || case.contains.is_some()
                || case.in_future.is_some()
                || case.below.is_some();
            if tests {
                self.flaws.add(key, "a case with a condition has a place: at");
            }
        }
        if case.absent_is_no && case.because.is_none() {
            self.flaws.add(
                &key.then("absent_is_no"),
                "what is absent has a meaning only where the service documents one: say so in `because`",
            );
        }
        if case.because.is_some() && !case.absent_is_no {
            self.flaws.add(&key.then("because"), "`because` explains `absent_is_no`, which is not there");
        }
        if says && case.say.is_none() && case.values.is_empty() {
            self.flaws.add(key, "a case says a value: say, or values");
        }
    }
}

/// Returns the words that a rule says by itself, besides those of the service that it passes on.
fn said_words(rule: &Rule) -> Vec<String> {
    let table = &rule.0;
    let own = table.values.values().chain(&table.otherwise).chain(&table.constant).chain(&table.absent_means);
    let of_cases = table.first.iter().flat_map(|case| case.values.values().chain(&case.say));
    own.chain(of_cases).map(ToString::to_string).collect()
}
