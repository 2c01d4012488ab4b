//! `anyprofile create`

use std::time::SystemTime;

use anyprofile::{
    Candidate, Error, FieldPath, FindMethod, IdKind, ProfileDraft, ProfileProvider, ProfileProviderExt as _,
    Timestamp,
};
use serde_json::json;

use super::{
    confirm::confirmed,
    show::print_one,
    update::{in_words, value_of},
};
use crate::{
    args::{Create, Format, Global},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::{grid, print_line, print_text},
    session::Session,
    summary::counted,
};

pub(crate) async fn run(global: &Global, create: Create) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    // One that cannot be used might be the one that was meant.
    let ([provider], 0) = (session.directory.providers(), session.unusable) else {
        return Err(Failure::Usage("name the account to create the profile at: --account NAME".to_owned()));
    };
    let capabilities = provider.capabilities();
    let kind = match create.collection {
        Some(kind) => kind,
        // Where there is but one, it is meant.
        None => capabilities.operations.create.kinds().first().cloned().unwrap_or(IdKind::USER),
    };
    let mut draft = ProfileDraft::new(kind);
    for (path, text) in &create.set {
        if !draft.fields().get(path).is_keep() {
            return Err(Failure::Usage(format!("{path} is named more than once")));
        }
        draft = draft.set(path.clone(), value_of(path, text, capabilities));
    }
    if create.set.is_empty() {
        return Err(Failure::Usage(
            "nothing to create: name what it is to have with --set FIELD=VALUE".to_owned(),
        ));
    }
    draft.check(provider.as_ref())?;
    let requests = provider.plan_create(&draft)?;
    let fields = draft.fields().iter().map(|(path, change)| {
        let value = match change {
            anyprofile::Change::Set(value) => in_words(value),
            _ => String::new(),
        };
        vec![path.to_string(), value]
    });
    let rows: Vec<_> = fields.collect();
    let mut lines = vec![format!("a new profile at {}", provider.info().account)];
    if !rows.is_empty() {
        lines.push(grid(&["field", "value"].map(str::to_owned), &rows));
    }
    let warnings = draft.warnings(capabilities);
    lines.extend(warnings.iter().map(|warning| format!("warning: {warning}")));
    for request in &requests {
        lines.push(format!("{} {}", request.method, request.url));
        if let Some(body) = &request.body {
            lines.push(serde_json::to_string_pretty(body)?);
        }
    }
    let text = lines.join("\n");
    if create.confirm.dry_run {
        let requests: Vec<_> =
            requests.iter().map(|it| json!({"method": it.method, "url": it.url, "body": it.body})).collect();
        match global.output {
            Format::Table | Format::Csv => print_text(&text)?,
            Format::Json | Format::Ndjson => {
                print_line(&json!({ "warnings": warnings, "requests": requests }).to_string())?;
            }
        }
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !(global.quiet && create.confirm.yes) {
        diagnostics::say_lines(&text);
    }
    if !confirmed(&create.confirm)? {
        return Ok(Exit::Usage);
    }
    let sent = Timestamp::try_from(SystemTime::now()).ok();
    let interrupt = Interrupt::listen();
    let Some(created) = interrupt.finish(provider.create(&draft)).await else {
        say!(
            "look for it before it is created again: `anyprofile find`, or the newest profiles of the account"
        );
        return Ok(Exit::Partial);
    };
    let profile = match (created, sent) {
        (Ok(profile), _) => profile,
        (Err(error), Some(sent)) if error.may_have_taken_effect() && !interrupt.is_raised() => {
            return look_for(provider.as_ref(), &draft, sent, &error).await;
        }
        (Err(error), _) => return Err(error.into()),
    };
    let printed = print_one(global.output, &profile, &[], capabilities);
    let mut exit = after_write(printed, || format!("it was created: {}", profile.id))?;
    if interrupt.is_raised() {
        say!("it was created: {}", profile.id);
        exit = Exit::Partial;
    }
    let ignored = draft.ignored(&profile, capabilities);
    if ignored.is_empty() {
        return Ok(exit);
    }
    let ignored: Vec<_> = ignored.iter().map(FieldPath::as_str).collect();
    say!("warning: the service made the profile and shows something else for: {}", ignored.join(", "));
    Ok(Exit::Partial)
}

/// Says of a creation without an answer what the service shows since.
async fn look_for(
    provider: &dyn ProfileProvider,
    draft: &ProfileDraft,
    sent: Timestamp,
    error: &Error,
) -> Result<Exit, Failure> {
    diagnostics::error(error);
    let found = match provider.find_created(draft, sent).await {
        Ok(found) => found,
        Err(failed) => {
            diagnostics::error(&failed);
            say!("looking for what was made failed: whether it was is not known");
            return Ok(Exit::of(error));
        }
    };
    for Candidate { profile, differs, is_older, .. } in &found.candidates {
        let made = profile.times.created.value().map_or_else(String::new, |time| format!(", made {time}"));
        if *is_older {
            say!("there is {}{made}, before this was sent: somebody who was there", profile.id);
        } else if differs.is_empty() {
            say!(
                "there is {}{made}, with all that was to be set: this is it, or one just like it",
                profile.id
            );
        } else {
            let differs: Vec<_> = differs.iter().map(FieldPath::as_str).collect();
            say!("there is {}{made}, which differs in: {}", profile.id, differs.join(", "));
        }
    }
    match &found.candidates[..] {
        [] if found.method == FindMethod::Unanswerable => {
            say!("whether it was made is not known: the service cannot be asked for it");
            Ok(Exit::of(error))
        }
        [] if found.quarantined > 0 => {
            say!("whether it was made is not known: {} records cannot be read", found.quarantined);
            Ok(Exit::of(error))
        }
        [] => {
            let requests = counted(found.requests, "request", "requests");
            say!("no such profile is there ({requests}); it may appear a little later");
            Ok(Exit::of(error))
        }
        candidates if candidates.iter().all(|it| it.is_older) => {
            say!("no other such profile is there; it may appear a little later");
            Ok(Exit::of(error))
        }
        _ => Ok(Exit::Partial),
    }
}
