//! `anyprofile update`

use anyprofile::{
    ApplyOptions, Capabilities, Error, Field, FieldPath, ProfileChange, ProfileId, ProfileProvider,
    ProfileProviderExt as _, Readable, UpdatePlan, ValueFormat,
};
use serde_json::{Value, json};

use super::{confirm::confirmed, own::OwnProfiles, show::print_one};
use crate::{
    args::{Format, Global, Update},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::{grid, list_in_words, print_line, print_text, printable},
    session::Session,
};

pub(crate) async fn run(global: &Global, update: Update) -> Result<Exit, Failure> {
    if let Some(file) = &update.from {
        return super::update_many::run(global, &update, file).await;
    }
    let Some(id) = &update.id else {
        return Err(Failure::Usage("name the profile by its id, or several with --from FILE".to_owned()));
    };
    if update.journal.is_some() || update.csv_null.is_some() {
        return Err(Failure::Usage("--journal and --csv-null go with --from".to_owned()));
    }
    let session = Session::start_for(global, id).await?;
    let Some(provider) = session.directory.provider_of(id) else {
        return Err(Error::config(format!("there is no {} account '{}'", id.service, id.account)).into());
    };
    let change = change_of(&update, provider.capabilities())?;
    if change.is_empty() {
        return Err(Failure::Usage(
            "nothing to change: name it with --set FIELD=VALUE or --clear FIELD".to_owned(),
        ));
    }
    // Refuses what the service cannot do, before anything is sent; then reads what is there now.
    let plan = provider.plan(id, &change).await?;
    if !plan.is_empty() {
        OwnProfiles::at(&session, [id]).await.warn(id);
    }
    let shown = Shown { plan: &plan, capabilities: provider.capabilities() };
    if update.confirm.dry_run {
        // Here the plan is what was asked for, so it is the output.
        match global.output {
            Format::Table | Format::Csv => print_text(&shown.text()?)?,
            Format::Json => print_line(&serde_json::to_string_pretty(&shown.json())?)?,
            Format::Ndjson => print_line(&shown.json().to_string())?,
        }
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !(global.quiet && update.confirm.yes) {
        diagnostics::say_lines(&shown.text()?);
    }
    if plan.is_empty() {
        return Ok(Exit::Complete);
    }
    if !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    let interrupt = Interrupt::listen();
    // What was shown is what is written: not if somebody else has changed it in the meantime.
    let Some(unchanged) = interrupt.unless_raised(provider.check_unchanged(&plan)).await else {
        say!("nothing was written");
        return Ok(Exit::Partial);
    };
    unchanged?;
    let applied = match interrupt.finish(provider.apply(&plan, &ApplyOptions::new())).await {
        Some(Ok(applied)) => applied,
        Some(Err(error)) if !error.may_have_taken_effect() => {
            return Ok(interrupt.exit(Failure::from(error).report()));
        }
        unanswered => {
            let error = unanswered.and_then(Result::err);
            let looked = look_again(provider.as_ref(), id, &change, error.as_ref());
            let exit = interrupt.look(looked).await.unwrap_or(Exit::Partial);
            return Ok(interrupt.exit(exit));
        }
    };
    let printed = print_one(global.output, &applied.profile, &[], provider.capabilities());
    let exit = interrupt.exit(after_write(printed, || format!("it was written: {id}"))?);
    if interrupt.is_raised() {
        say!("it was written: {id}");
    }
    let names = |fields: &[FieldPath]| fields.iter().map(FieldPath::as_str).collect::<Vec<_>>().join(", ");
    if !applied.ignored.is_empty() {
        let shown = |path: &FieldPath| {
            let value =
                applied.profile.value(path).map_or_else(|| "(none)".to_owned(), |value| in_words(&value));
            format!("{path} ({})", printable(&value))
        };
        let ignored: Vec<_> = applied.ignored.iter().map(shown).collect();
        say!("warning: the service accepted the change and shows something else for: {}", ignored.join(", "));
        return Ok(Exit::Partial);
    }
    if !applied.unshown.is_empty() {
        say!("accepted; the service does not show: {}", names(&applied.unshown));
    } else if !global.quiet {
        say!("written, and the service shows it so");
    }
    Ok(exit)
}

/// Says of a change without an answer, or with an error instead of one, what the service shows.
async fn look_again(
    provider: &dyn ProfileProvider,
    id: &ProfileId,
    change: &ProfileChange,
    error: Option<&Error>,
) -> Exit {
    error.into_iter().for_each(diagnostics::error);
    let exit = error.map_or(Exit::Partial, Exit::of);
    match provider.plan(id, change).await {
        Ok(plan) if plan.is_empty() && error.is_some_and(Error::is_of_another_profile) => {
            say!("read back: the service shows it so; whether somebody else was changed is not known");
            Exit::Partial
        }
        Ok(plan) if plan.is_empty() => {
            say!("read back: the service shows it so");
            Exit::Complete
        }
        Ok(plan) => {
            let left: Vec<_> = plan.differences.iter().map(|it| it.field.as_str()).collect();
            say!("read back: not so, or not shown: {}", left.join(", "));
            exit
        }
        Err(failed) => {
            diagnostics::error(&failed);
            say!("reading it back failed: whether it was written is not known");
            exit
        }
    }
}

/// What was asked for, with values in the types that the fields have.
fn change_of(update: &Update, capabilities: &Capabilities) -> Result<ProfileChange, Failure> {
    let mut change = ProfileChange::new();
    for (path, text) in &update.set {
        if update.clear.contains(path) || !change.get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        change = change.set(path.clone(), value_of(path, text, capabilities));
    }
    for path in &update.clear {
        change = change.clear(path.clone());
    }
    Ok(change)
}

/// A value in the type that its field has. The items of a list are separated by semicolons, or a JSON array.
pub(super) fn value_of(path: &FieldPath, text: &str, capabilities: &Capabilities) -> Value {
    let format = capabilities.fields.get(path).and_then(|spec| spec.write.as_ref()).map(|rule| &rule.format);
    match (format, text) {
        (Some(ValueFormat::Bool), "true") => Value::Bool(true),
        (Some(ValueFormat::Bool), "false") => Value::Bool(false),
        (Some(ValueFormat::Names { .. } | ValueFormat::Roles { .. }), text) => list_of(text),
        _ => Value::String(text.to_owned()),
    }
}

/// A list; a text that starts like a JSON array and is none stays a text, which is refused.
fn list_of(text: &str) -> Value {
    if text.starts_with('[') {
        let array = serde_json::from_str::<Value>(text).ok().filter(Value::is_array);
        return array.unwrap_or_else(|| Value::from(text));
    }
    text.split(';').map(str::trim).collect()
}

/// A plan, to be shown.
pub(super) struct Shown<'a> {
    pub(super) plan: &'a UpdatePlan,
    pub(super) capabilities: &'a Capabilities,
}

impl Shown<'_> {
    /// For a person: what changes from what to what, and the requests.
    fn text(&self) -> Result<String, Failure> {
        if self.plan.is_empty() {
            let mut lines = vec![
                self.plan.id.to_string(),
                "nothing to write: the service shows it so already".to_owned(),
            ];
            lines.extend(self.plan.warnings.iter().map(|note| format!("note: {note}")));
            return Ok(lines.join("\n"));
        }
        let rows = self.differences().map(|[field, now, then]| vec![field, now, "->".to_owned(), then]);
        let header = ["field", "now", "", "then"].map(str::to_owned);
        let mut lines = vec![self.plan.id.to_string(), grid(&header, &rows.collect::<Vec<_>>())];
        lines.extend(self.plan.warnings.iter().map(|warning| format!("warning: {warning}")));
        for request in &self.plan.requests {
            lines.push(format!("{} {}", request.method, request.url));
            if let Some(body) = &request.body {
                lines.extend(serde_json::to_string_pretty(body)?.lines().map(printable));
            }
        }
        Ok(lines.join("\n"))
    }

    /// For a person who looks at many: a line a difference, and one a request.
    pub(super) fn lines(&self) -> String {
        let id = &self.plan.id;
        if self.plan.is_empty() {
            return format!("{id}  so already");
        }
        let differences =
            self.differences().map(|[field, now, then]| format!("{id}  {field}: {now} -> {then}"));
        let warnings = self.plan.warnings.iter().map(|warning| format!("{id}  warning: {warning}"));
        let requests = self.plan.requests.iter().map(|request| {
            let body = request.body.as_ref().map(|body| format!(" {}", printable(&body.to_string())));
            format!("{id}  {} {}{}", request.method, request.url, body.unwrap_or_default())
        });
        differences.chain(warnings).chain(requests).collect::<Vec<_>>().join("\n")
    }

    /// Field, what it is, and what it is to be.
    fn differences(&self) -> impl Iterator<Item = [String; 3]> {
        self.plan.differences.iter().map(|difference| {
            let now = match (&difference.now, self.capabilities.fields.readable(&difference.field)) {
                (Field::Value(value), _) => in_words(value),
                (Field::Null, _) => "(none)".to_owned(),
                (Field::Absent, Readable::No) => "-".to_owned(),
                (Field::Absent, _) => "?".to_owned(),
            };
            let then = difference.then.as_ref().map_or_else(|| "(cleared)".to_owned(), in_words);
            // What a service shows may hold what would hide or forge a line.
            [difference.field.to_string(), printable(&now), printable(&then)]
        })
    }

    /// For a program. A field that the service did not send has no `now`.
    pub(super) fn json(&self) -> Value {
        let requests = self
            .plan
            .requests
            .iter()
            .map(|request| json!({ "method": request.method, "url": request.url, "body": request.body }));
        json!({
            "id": self.plan.id,
            "changes": self.plan.differences,
            "warnings": self.plan.warnings,
            "requests": requests.collect::<Vec<_>>(),
        })
    }
}

/// A text as it is, a list of texts as it can be given, anything else as JSON.
pub(super) fn in_words(value: &Value) -> String {
    let texts = || value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    match (value.as_str(), texts()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(texts)) => list_in_words(&texts),
        (None, None) => value.to_string(),
    }
}
