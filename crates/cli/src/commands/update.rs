//! `anyprofile update`

use anyprofile::{
    Capabilities, Error, FieldPath, PlanOptions, ProfileChange, ProfileId, ProfileProvider, ValueFormat,
    Write,
};
use serde_json::Value;

use super::{confirm::confirmed, own::OwnProfiles, show::print_one};
use crate::{
    args::{Changes, Global, Update},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::printable,
    session::Session,
    writes::{Ended, Shown, execute, in_words},
};

pub(crate) async fn run(global: &Global, update: Update) -> Result<Exit, Failure> {
    if let Some(file) = &update.changes.from {
        return super::update_many::run(global, &update, file).await;
    }
    let id = one_id(&update.changes)?;
    if update.journal.is_some() {
        return Err(Failure::Usage("--journal goes with --from".to_owned()));
    }
    let session = Session::start_for(global, id).await?;
    let provider = session.provider_of(id)?;
    let change = change_of(&update.changes, provider.capabilities())?;
    // Refuses what the service cannot do, before anything is sent; then reads what is there now.
    let write = Write::update(id.clone(), change);
    let plan = provider.plan(&write, &PlanOptions::new()).await?;
    if !plan.is_settled() {
        OwnProfiles::at(&session, [id]).await.warn(id);
    }
    let shown = Shown { plan: &plan, capabilities: provider.capabilities() };
    if update.confirm.dry_run {
        shown.print(global.output)?;
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !(global.quiet && update.confirm.yes) {
        diagnostics::say_lines(&shown.text());
    }
    if plan.is_settled() {
        return Ok(Exit::Complete);
    }
    if !confirmed(&update.confirm)? {
        return Ok(Exit::Usage);
    }
    let interrupt = Interrupt::listen();
    let executed = match execute(provider.as_ref(), &plan, &interrupt).await {
        Ended::NotBegun => {
            say!("nothing was written");
            return Ok(Exit::Partial);
        }
        Ended::With(Ok(executed)) => executed,
        Ended::With(Err(error)) if !error.may_have_taken_effect() => {
            return Ok(interrupt.exit(Failure::from(error).report()));
        }
        unanswered => {
            let looked = look_again(provider.as_ref(), &write, unanswered.error());
            let exit = interrupt.look(looked).await.unwrap_or(Exit::Partial);
            return Ok(interrupt.exit(exit));
        }
    };
    let Some(profile) = &executed.profile else {
        say!("written, and the service does not show the profile");
        return Ok(interrupt.exit(Exit::Partial));
    };
    let printed = print_one(global.output, profile, &[], provider.capabilities());
    let exit = interrupt.exit(after_write(printed, || format!("it was written: {id}"))?);
    if interrupt.is_raised() {
        say!("it was written: {id}");
    }
    let names = |fields: &[FieldPath]| fields.iter().map(FieldPath::as_str).collect::<Vec<_>>().join(", ");
    if !executed.ignored.is_empty() {
        let shown = |path: &FieldPath| {
            let value = profile.value(path).map_or_else(|| "(none)".to_owned(), |value| in_words(&value));
            format!("{path} ({})", printable(&value))
        };
        let ignored: Vec<_> = executed.ignored.iter().map(shown).collect();
        say!("warning: the service accepted the change and shows something else for: {}", ignored.join(", "));
        return Ok(Exit::Partial);
    }
    if !executed.unshown.is_empty() {
        say!("accepted; the service does not show: {}", names(&executed.unshown));
    } else if !global.quiet {
        say!("written, and the service shows it so");
    }
    Ok(exit)
}

/// Says of a change without an answer, or with an error instead of one, what the service shows.
async fn look_again(provider: &dyn ProfileProvider, write: &Write, error: Option<&Error>) -> Exit {
    error.into_iter().for_each(diagnostics::error);
    let exit = error.map_or(Exit::Partial, Exit::of);
    match provider.plan(write, &PlanOptions::new()).await {
        Ok(plan) if plan.is_settled() && error.is_some_and(Error::is_of_another_profile) => {
            say!("read back: the service shows it so; whether somebody else was changed is not known");
            Exit::Partial
        }
        Ok(plan) if plan.is_settled() => {
            say!("read back: the service shows it so");
            Exit::Complete
        }
        Ok(plan) => {
            let left: Vec<_> = plan.differences().iter().map(|it| it.field.as_str()).collect();
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

/// The one profile that is meant.
pub(super) fn one_id(changes: &Changes) -> Result<&ProfileId, Failure> {
    if changes.csv_null.is_some() {
        return Err(Failure::Usage("--csv-null goes with --from".to_owned()));
    }
    let nobody = || Failure::Usage("name the profile by its id, or several with --from FILE".to_owned());
    changes.id.as_ref().ok_or_else(nobody)
}

/// What was asked for, with values in the types that the fields have.
pub(super) fn change_of(changes: &Changes, capabilities: &Capabilities) -> Result<ProfileChange, Failure> {
    let mut change = ProfileChange::new();
    for (path, text) in &changes.set {
        if changes.clear.contains(path) || !change.get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        change = change.set(path.clone(), value_of(path, text, capabilities));
    }
    for path in &changes.clear {
        change = change.clear(path.clone());
    }
    if change.is_empty() {
        return Err(Failure::Usage(
            "nothing to change: name it with --set FIELD=VALUE or --clear FIELD".to_owned(),
        ));
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
