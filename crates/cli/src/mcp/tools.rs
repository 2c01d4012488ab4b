//! What the tools do.

use std::{collections::BTreeMap, sync::Arc, time::SystemTime};

use anyprofile::{
    AccountFound, Directory, FieldPath, FieldState, Filter, FindKey, GetOptions, ListQuery, PlanOptions,
    Profile, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, Timestamp, Write,
    filter::parse,
    listing::ListReport,
    writing::{self, Guard, Never, Note, OwnProfiles},
};
use serde_json::{Value, json};

use super::{
    Called, Handler, Refusal,
    arguments::{Apply, Find, Get, List, MOST_PROFILES, Members, OfAccount, Operation, Plan, Review},
    redact::Redaction,
    review::{Counts, DAY},
};
use crate::{args::field_paths, output::selected, summary, writes::ShownPlan};

/// How many profiles a result has if the agent does not say.
const PROFILES: u64 = 50;
/// After how many days without a sign-in somebody is dormant if the agent does not say.
const DORMANT_DAYS: u32 = 90;

fn id(text: &str) -> Result<ProfileId, Refusal> {
    text.parse().map_err(|_| Refusal::arguments("the id has another form than service:account/kind/id"))
}

fn paths(fields: Option<Vec<String>>) -> Result<Vec<FieldPath>, Refusal> {
    let mut paths = Vec::new();
    for name in fields.unwrap_or_default() {
        let group = field_paths(&name);
        let group = group.map_err(|_| Refusal::arguments("a name in `fields` is no field of a profile"))?;
        paths.extend(group.iter().cloned());
    }
    Ok(paths)
}

fn query(
    redaction: &Redaction,
    condition: Option<&str>,
    limit: Option<u64>,
    enrich: bool,
) -> Result<ListQuery, Refusal> {
    let limit = limit.unwrap_or(PROFILES);
    if !(1..=MOST_PROFILES).contains(&limit) {
        return Err(Refusal::arguments(format!("`limit` must be 1 to {MOST_PROFILES}")));
    }
    let mut query = ListQuery::new().with_limit(limit);
    query.enrich = enrich;
    if let Some(condition) = condition {
        // A condition on a field that is not shown would tell its value letter by letter.
        if !redaction.is_empty() {
            return Err(Refusal::arguments("`where` cannot be used while values are redacted"));
        }
        let parsed = parse(condition).map_err(|error| Refusal::arguments(format!("`where`: {error}")))?;
        query.filter = Filter::new().with_condition(parsed.condition);
    }
    Ok(query)
}

impl Handler {
    /// Returns the accounts, or the one that is named.
    fn directory(&self, account: Option<&str>) -> Result<Directory, Refusal> {
        let Some(account) = account else { return Ok(self.session.directory.clone()) };
        let named = self.session.directory.provider_named(account);
        let provider =
            named.ok_or_else(|| Refusal::arguments("no account has this name; see `providers`"))?;
        Ok(Directory::new(vec![Arc::clone(provider)]))
    }

    /// Returns a profile as JSON, without what is not shown.
    fn shown(&self, profile: &Profile, fields: &[FieldPath]) -> Called {
        let shown = selected(profile, fields).map_err(|_| Refusal::arguments("a profile cannot be shown"))?;
        let mut shown = serde_json::to_value(&shown).map_err(|_| {
            Refusal::arguments(format!("{}: the profile cannot be written as JSON", profile.id))
        })?;
        // Ids are texts everywhere, as the other tools take them.
        if shown.get("id").is_some() {
            shown["id"] = profile.id.to_string().into();
        }
        self.redaction.apply(&mut shown);
        Ok(shown)
    }

    pub(super) fn providers(&self, arguments: &OfAccount) -> Value {
        let is_asked = |provider: &&Arc<dyn ProfileProvider>| {
            arguments.account.as_ref().is_none_or(|account| *account == provider.info().account.as_str())
        };
        let described = self.session.directory.providers().iter().filter(is_asked).map(|provider| {
            let (info, capabilities) = (provider.info(), provider.capabilities());
            let fields: BTreeMap<_, _> = capabilities
                .fields
                .iter()
                .map(|spec| {
                    let write = spec.write.as_ref().map_or("read-only".to_owned(), ToString::to_string);
                    (spec.path.to_string(), format!("{}; {write}", spec.read))
                })
                .collect();
            let operations = serde_json::to_value(&capabilities.operations).unwrap_or_default();
            json!({
                "account": info.account, "service": info.service, "name": info.display_name,
                "operations": operations, "fields": fields, "hides": capabilities.listing.hides,
            })
        });
        let unusable: Vec<_> = self.unusable("error").collect();
        json!({ "accounts": described.collect::<Vec<_>>(), "unusable": unusable })
    }

    /// Returns the accounts that could not be connected, with the reason under a key.
    fn unusable<'a>(&'a self, key: &'a str) -> impl Iterator<Item = Value> + 'a {
        let unusable = self.session.unusable.iter();
        unusable.map(move |(account, error)| json!({ "account": account, key: error.to_string() }))
    }

    pub(super) async fn list(&self, arguments: List) -> Called {
        let fields = paths(arguments.fields)?;
        let query =
            query(&self.redaction, arguments.condition.as_deref(), arguments.limit, arguments.enrich)?;
        let directory = self.directory(arguments.account.as_deref())?;
        let mut listing = directory.list(query);
        let (mut profiles, mut errors) = (Vec::new(), Vec::new());
        while let Some(item) = listing.next().await {
            match item {
                Ok(profile) => profiles.push(self.shown(&profile, &fields)?),
                Err(error) => errors.push(error.to_string()),
            }
        }
        let report = summary::document(&listing.reports(), self.session.unusable.len());
        let is_limited = listing.reports().iter().any(summary::is_limited);
        Ok(json!({
            "profiles": profiles, "complete": report["complete"], "stopped_at_limit": is_limited,
            "accounts": report["accounts"], "errors": errors,
        }))
    }

    pub(super) async fn members(&self, arguments: Members) -> Called {
        let (of, fields) = (id(&arguments.of)?, paths(arguments.fields)?);
        let query =
            query(&self.redaction, arguments.condition.as_deref(), arguments.limit, arguments.enrich)?;
        let mut listing = self.session.directory.members(&of, query)?;
        let mut profiles = Vec::new();
        while let Some(profile) = listing.try_next().await? {
            profiles.push(self.shown(&profile, &fields)?);
        }
        let report = listing.report();
        Ok(json!({
            "profiles": profiles, "complete": report.is_complete(), "stopped_at_limit": report.limited,
            "gaps": report.gaps(),
        }))
    }

    pub(super) async fn find(&self, arguments: Find) -> Called {
        let fields = paths(arguments.fields)?;
        let found = self.session.directory.find(&FindKey::guess(arguments.key.trim())).await;
        let mut profiles = Vec::new();
        for profile in found.iter().flat_map(AccountFound::profiles) {
            profiles.push(self.shown(profile, &fields)?);
        }
        let is_open = |account: &&AccountFound| account.is_open();
        let not_known = found.iter().filter(is_open).map(|account| {
            let why = match &account.error {
                Some(error) => error.to_string(),
                None if !account.is_complete() => "not every profile could be read".to_owned(),
                None => "the service cannot be searched for such a key".to_owned(),
            };
            json!({ "account": account.info.account, "why": why })
        });
        let not_known: Vec<_> = not_known.chain(self.unusable("why")).collect();
        Ok(json!({ "profiles": profiles, "not_known_at": not_known }))
    }

    pub(super) async fn get(&self, arguments: Get) -> Called {
        let (id, fields) = (id(&arguments.id)?, paths(arguments.fields)?);
        let options = GetOptions::new().with_enrich(arguments.enrich);
        let profile = self.session.directory.get_opts(&id, &options).await?;
        let provider = self.session.directory.provider_of(&profile.id);
        let rows = provider.map(|provider| profile.fields(provider.capabilities())).unwrap_or_default();
        let is_asked = |path: &FieldPath| fields.is_empty() || fields.contains(path);
        let without_value: BTreeMap<_, _> = rows
            .into_iter()
            .filter(|row| row.state != FieldState::Value && is_asked(&row.path))
            .map(|row| (row.path.to_string(), row.state))
            .collect();
        Ok(json!({ "profile": self.shown(&profile, &fields)?, "without_value": without_value }))
    }

    pub(super) async fn review(&self, arguments: Review) -> Called {
        let days = arguments.dormant_days.unwrap_or(DORMANT_DAYS);
        if days == 0 {
            return Err(Refusal::arguments("`dormant_days` must be at least 1"));
        }
        let limit = SystemTime::now().checked_sub(DAY * days).map(Timestamp::try_from);
        let Some(Ok(limit)) = limit else { return Err(Refusal::arguments("`dormant_days` is too large")) };
        let directory = self.directory(arguments.account.as_deref())?;
        let mut accounts = Vec::new();
        for provider in directory.providers() {
            let mut counts = Counts::default();
            let mut listing = provider.list(ListQuery::new().with_enrich(arguments.enrich));
            let failure = loop {
                match listing.try_next().await {
                    Ok(Some(profile)) => counts.add(&profile, &**provider, limit),
                    Ok(None) => break None,
                    Err(error) => break Some(error.to_string()),
                }
            };
            let report: ListReport = listing.report();
            let mut document = counts.document();
            document["account"] = json!(provider.info().account);
            document["complete"] = json!(failure.is_none() && report.is_complete());
            document["gaps"] = json!(report.gaps());
            document["error"] = json!(failure);
            accounts.push(document);
        }
        if arguments.account.is_none() {
            let unusable = self.unusable("error").map(|mut account| {
                account["complete"] = false.into();
                account
            });
            accounts.extend(unusable);
        }
        Ok(json!({ "accounts": accounts, "dormant_days": days }))
    }

    pub(super) async fn plan(&self, arguments: Plan) -> Called {
        let id = id(&arguments.id)?;
        let is_update = matches!(arguments.operation, Operation::Update);
        let has_values = !arguments.set.is_empty() || !arguments.clear.is_empty();
        if !is_update && has_values {
            return Err(Refusal::arguments("`set` and `clear` belong to an update"));
        }
        let write = match arguments.operation {
            Operation::Deactivate => Write::deactivate(id.clone()),
            Operation::Delete => Write::delete(id.clone()),
            Operation::Update => {
                let path = |name: &str| {
                    let wrong = || Refusal::arguments("a name in `set` or `clear` is no field of a profile");
                    name.parse::<FieldPath>().map_err(|_| wrong())
                };
                let mut change = ProfileChange::new();
                for (name, value) in arguments.set {
                    change = change.set(path(&name)?, value);
                }
                for name in arguments.clear {
                    change = change.clear(path(&name)?);
                }
                Write::update(id.clone(), change)
            }
        };
        let directory = &self.session.directory;
        let plan = directory.plan(&write, &PlanOptions::always()).await?;
        let Some(provider) = directory.provider_of(&id) else {
            return Err(Refusal::arguments("no account has this id"));
        };
        let (guards, notes) = self.guards(&plan).await;
        let mut shown = ShownPlan { plan: &plan, capabilities: provider.capabilities() }.json();
        self.redact_plan(&mut shown);
        shown["id"] = id.to_string().into();
        shown["guards"] = guards.iter().map(ToString::to_string).collect();
        shown["notes"] = json!(notes);
        if plan.is_settled() {
            shown["plan"] = Value::Null;
            shown["unchanged"] = true.into();
            return Ok(shown);
        }
        let kept = self.plans.keep(plan);
        let kept = kept.ok_or_else(|| Refusal::arguments("too many plans are kept; execute or wait"))?;
        shown["plan"] = kept.into();
        Ok(shown)
    }

    /// Returns why a plan is probably a mistake, and what could not be read to know it. An update is one that may take access away if it
    /// changes a status, a role or who owns the account.
    async fn guards(&self, plan: &anyprofile::Plan) -> (Vec<Guard>, Vec<String>) {
        let takes_access = |path: &FieldPath| {
            matches!(path.as_str(), "status" | "roles") || path.as_str().starts_with("access.")
        };
        let is_removal = match plan.write() {
            Write::Update { .. } => plan.differences().iter().any(|it| takes_access(&it.field)),
            _ => true,
        };
        let Some(id) = plan.write().id().filter(|_| is_removal && !plan.is_settled()) else {
            return (Vec::new(), Vec::new());
        };
        let directory = &self.session.directory;
        let own = OwnProfiles::at(directory, [id]).await;
        let notes = own.notes().iter().map(ToString::to_string).collect();
        let unread = Profile::new(id.clone());
        (writing::guards(directory, &[plan.current().unwrap_or(&unread)], &own).await, notes)
    }

    /// Removes values of fields that are not shown from a plan, and the bodies of its requests, which may hold them.
    fn redact_plan(&self, shown: &mut Value) {
        if self.redaction.is_empty() {
            return;
        }
        for change in shown["changes"].as_array_mut().into_iter().flatten() {
            let Some(field) = change["field"].as_str().map(str::to_owned) else { continue };
            for side in ["now", "then"] {
                if let Some(value) = change.get_mut(side) {
                    self.redaction.apply_to(&field, value);
                }
            }
        }
        for request in shown["requests"].as_array_mut().into_iter().flatten() {
            if request.get("body").is_some_and(|body| !body.is_null()) {
                request["body"] = anyprofile::snapshot::REDACTED.into();
            }
        }
    }

    pub(super) async fn apply(&self, arguments: Apply) -> Called {
        let gone = || Refusal::arguments("no such plan waits: it was executed, is too old, or never was");
        let plan = self.plans.get(&arguments.plan).ok_or_else(gone)?;
        // Found out again: another plan may have removed the other owner meanwhile.
        let open = self.guards(&plan).await.0.into_iter().map(|guard| guard.to_string());
        let open: Vec<_> = open.filter(|guard| !arguments.although.contains(guard)).collect();
        if !open.is_empty() {
            let open = open.join("; ");
            return Err(Refusal::arguments(format!(
                "nothing was sent: {open}; ask the person, and name it in `although`"
            )));
        }
        let plan = self.plans.take(&arguments.plan).ok_or_else(gone)?;
        let id = plan.write().id().cloned();
        let provider = id.as_ref().and_then(|id| self.session.directory.provider_of(id));
        let Some(provider) = provider else { return Err(Refusal::arguments("no account has this id")) };
        // Logged before it is sent, and in a task of its own: a client that leaves does not leave its outcome unknown.
        say!("mcp: apply: sending {}", plan.write().operation());
        let provider = Arc::clone(provider);
        let sending = async move { writing::execute(&*provider, &plan, &Never).await };
        let written = self.pending.track(sending).await;
        let written = written
            .ok_or_else(|| Refusal::arguments("the write ended with a defect; its outcome is unknown"))?;
        // An error that says what happened is no refusal: the outcome tells whether something was written.
        let notes: Vec<_> = written.notes.iter().map(Note::to_string).collect();
        Ok(json!({
            "id": id.map(|id| id.to_string()), "state": written.outcome.word(),
            "outcome": written.outcome.to_string(), "is_so": written.outcome.is_so(), "notes": notes,
        }))
    }
}
