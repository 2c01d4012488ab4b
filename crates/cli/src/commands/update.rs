//! `anyprofile update`

use std::io::{self, IsTerminal as _, Write as _};

use anyprofile::{
    Capabilities, Change, Error, FieldPath, PlannedRequest, Profile, ProfileChange, ProfileProvider,
    ProfileProviderExt as _, ValueFormat,
};
use serde_json::{Value, json};

use super::show::print_one;
use crate::{
    args::{Format, Global, Update},
    exit::{Exit, Failure},
    output::{Cell, cell_of, grid, print_line},
    session::Session,
};

pub(crate) async fn run(global: &Global, update: Update) -> Result<Exit, Failure> {
    let id = &update.id;
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
    // Refuses what the service cannot do, before anything is sent.
    let requests = provider.plan_update(id, &change)?;
    let current = provider.get(id).await?;

    let plan = Plan {
        current: &current,
        change: &change,
        requests: &requests,
        capabilities: provider.capabilities(),
    };
    if update.dry_run {
        // Here the plan is what was asked for, so it is the output.
        match global.output {
            Format::Table | Format::Csv => print_line(&plan.text()?)?,
            Format::Json => print_line(&serde_json::to_string_pretty(&plan.json()?)?)?,
            Format::Ndjson => print_line(&plan.json()?.to_string())?,
        }
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    say!("{}", plan.text()?);
    if !update.yes && !confirmed()? {
        return Ok(Exit::Usage);
    }
    let updated = provider.update(id, &change).await?;
    print_one(global.output, &updated, &[], provider.capabilities())?;
    let ignored = ignored(&updated, &change, provider.as_ref())?;
    if ignored.is_empty() {
        if !global.quiet {
            say!("written, and the service shows it so");
        }
        return Ok(Exit::Complete);
    }
    say!("warning: the service accepted the change and shows something else for: {}", ignored.join(", "));
    Ok(Exit::Partial)
}

/// What was asked for, with values in the types that the fields have.
fn change_of(update: &Update, capabilities: &Capabilities) -> Result<ProfileChange, Failure> {
    let mut change = ProfileChange::new();
    for (path, text) in &update.set {
        if update.clear.contains(path) || !change.get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        let format =
            capabilities.fields.get(path).and_then(|spec| spec.write.as_ref()).map(|rule| &rule.format);
        let value = match (format, text.as_str()) {
            (Some(ValueFormat::Bool), "true") => Value::Bool(true),
            (Some(ValueFormat::Bool), "false") => Value::Bool(false),
            _ => Value::String(text.clone()),
        };
        change = change.set(path.clone(), value);
    }
    for path in &update.clear {
        change = change.clear(path.clone());
    }
    Ok(change)
}

/// What would be written, and how.
struct Plan<'a> {
    current: &'a Profile,
    change: &'a ProfileChange,
    requests: &'a [PlannedRequest],
    capabilities: &'a Capabilities,
}

impl Plan<'_> {
    /// For a person: what changes from what to what, and the requests.
    fn text(&self) -> Result<String, Failure> {
        let json = serde_json::to_value(self.current)?;
        let rows = self.change.iter().map(|(path, change)| {
            let before = cell_of(self.current, &json, path, self.capabilities).for_person().to_owned();
            let after = match change {
                Change::Set(Value::String(text)) => text.clone(),
                Change::Set(value) => value.to_string(),
                Change::Clear => "(cleared)".to_owned(),
                Change::Keep => before.clone(),
            };
            let note = if before == after { "(the same)" } else { "" };
            vec![path.to_string(), before, "->".to_owned(), after, note.to_owned()]
        });
        let header = ["field", "now", "", "then", ""].map(str::to_owned);
        let rows: Vec<_> = rows.collect();
        let mut lines = vec![self.current.id.to_string(), grid(&header, &rows)];
        for request in self.requests {
            lines.push(format!("{} {}", request.method, request.url));
            if let Some(body) = &request.body {
                lines.push(serde_json::to_string_pretty(body)?);
            }
        }
        Ok(lines.join("\n"))
    }

    /// For a program. A field that has no value now has no `now`, or a null one.
    fn json(&self) -> Result<Value, Failure> {
        let whole = serde_json::to_value(self.current)?;
        let changes = self.change.iter().map(|(path, change)| {
            let mut row = json!({ "field": path });
            if let Some(now) = path.as_str().split('.').try_fold(&whole, |json, key| json.get(key)) {
                row["now"] = now.clone();
            }
            row["then"] = match change {
                Change::Set(value) => value.clone(),
                _ => Value::Null,
            };
            row
        });
        let requests = self
            .requests
            .iter()
            .map(|request| json!({ "method": request.method, "url": request.url, "body": request.body }));
        Ok(json!({
            "id": self.current.id,
            "changes": changes.collect::<Vec<_>>(),
            "requests": requests.collect::<Vec<_>>(),
        }))
    }
}

/// The fields that the service shows otherwise than they were written.
fn ignored(
    updated: &Profile,
    change: &ProfileChange,
    provider: &dyn ProfileProvider,
) -> Result<Vec<String>, Failure> {
    let json = serde_json::to_value(updated)?;
    let capabilities = provider.capabilities();
    let differs = |path: &FieldPath, change: Change<&Value>| {
        let shown = cell_of(updated, &json, path, capabilities);
        match change {
            Change::Keep => false,
            Change::Clear => matches!(shown, Cell::Value(_)),
            Change::Set(Value::String(text)) => shown != Cell::Value(text.clone()),
            Change::Set(value) => shown != Cell::Value(value.to_string()),
        }
    };
    Ok(change
        .iter()
        .filter(|(path, change)| differs(path, *change))
        .map(|(path, _)| path.to_string())
        .collect())
}

/// Asks the person. Without a terminal there is nobody to ask, and nothing is written.
fn confirmed() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(
            "nothing was written: confirm with --yes, since there is no terminal to ask on".to_owned(),
        ));
    }
    write!(io::stderr(), "Write this? [y/N] ")?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !yes {
        say!("nothing was written");
    }
    Ok(yes)
}
