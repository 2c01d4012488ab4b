//! `anyprofile get` and `anyprofile me`

use anyprofile::{
    ErrorKind, FieldPath, GetOptions, ProfileId, ProfileProviderExt as _, capabilities::Support,
    profile::MissingReason,
};

use crate::{
    args::Global,
    diagnostics,
    exit::{Exit, Failure},
    output::{Columns, print_one, profile_writer},
    session::Session,
};

pub(crate) async fn get(
    global: &Global,
    id: &ProfileId,
    enrich: bool,
    fields: &[FieldPath],
) -> Result<Exit, Failure> {
    let session = Session::start_for(global, id).await?;
    // Only the records that show the wanted fields are read.
    let options = GetOptions::new().with_enrich(enrich).with_fields(fields.iter().cloned());
    let profile = session.directory.get_opts(id, &options).await?;
    let Some(provider) = session.directory.provider_of(id) else { return Ok(Exit::Complete) };
    print_one(global.output, &profile, fields, provider.capabilities())?;
    if let (true, Support::No(reason), false) =
        (enrich, &provider.capabilities().operations.enrich, global.quiet)
    {
        say!("note: --enrich has no effect: {reason}");
    }
    let missing = profile.origin.as_ref().map_or(&[][..], |origin| &origin.missing);
    for record in missing {
        say!("warning: the record '{}' was not read: {}", record.view, why(&record.reason));
    }
    // A record that does not exist is not a gap; a withheld one is.
    let is_withheld = missing.iter().any(|record| record.reason == MissingReason::Withheld);
    Ok(if is_withheld { Exit::Partial } else { Exit::Complete })
}

fn why(reason: &MissingReason) -> &'static str {
    match reason {
        MissingReason::Withheld => "this credential may not see it",
        MissingReason::NotThere => "the service has no such record for this profile",
        MissingReason::Unsupported => "the service does not show it for this profile",
        MissingReason::Failed => "reading it failed",
        _ => "the reason is unknown",
    }
}

/// Prints the own profile of each account's credential. A service without such a profile is noted; this is an error
/// only if it is the only account.
pub(crate) async fn me(global: &Global, fields: &[FieldPath]) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let mut writer = profile_writer(global.output, fields.to_vec(), Columns::Review, Vec::new());
    let mut last_failure = None;
    let mut failed = 0;
    let mut shown = 0;
    for provider in session.directory.providers() {
        match provider.current().await {
            Ok(profile) => {
                writer.write(&profile, provider.capabilities())?;
                shown += 1;
            }
            Err(error)
                if error.kind() == ErrorKind::Unsupported && session.directory.providers().len() > 1 =>
            {
                if !global.quiet {
                    say!("note: {error}");
                }
            }
            Err(error) => {
                diagnostics::error(&error);
                last_failure = Some(Exit::of(&error));
                failed += 1;
            }
        }
    }
    if shown > 0 {
        writer.finish()?;
        return Ok(if failed > 0 || !session.unusable.is_empty() || writer.left_out() > 0 {
            Exit::Partial
        } else {
            Exit::Complete
        });
    }
    Ok(last_failure.unwrap_or(Exit::Usage))
}
