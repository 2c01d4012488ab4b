//! `anyprofile get` and `anyprofile me`

use anyprofile::{Capabilities, ErrorKind, FieldPath, Profile, ProfileId, ProfileProviderExt as _};

use crate::{
    args::{Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    output::{one_profile, print_line, profile_writer, selected},
    session::Session,
};

pub(crate) async fn get(global: &Global, id: &ProfileId, fields: &[FieldPath]) -> Result<Exit, Failure> {
    let session = Session::start_for(global, id).await?;
    let profile = session.directory.get(id).await?;
    if let Some(provider) = session.directory.provider_of(id) {
        print_one(global.output, &profile, fields, provider.capabilities())?;
    }
    Ok(Exit::Complete)
}

/// The own profile of each account's credential. A service that has no such thing is named, which is no failure
/// unless it was the only one asked.
pub(crate) async fn me(global: &Global, fields: &[FieldPath]) -> Result<Exit, Failure> {
    let session = Session::start(global).await?;
    let mut writer = profile_writer(global.output, fields.to_vec(), "");
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
        return Ok(if failed > 0 || session.unusable > 0 { Exit::Partial } else { Exit::Complete });
    }
    Ok(last_failure.unwrap_or(Exit::Usage))
}

/// Writes one profile in any form.
pub(crate) fn print_one(
    format: Format,
    profile: &Profile,
    fields: &[FieldPath],
    capabilities: &Capabilities,
) -> Result<(), Failure> {
    match format {
        Format::Table => print_line(&one_profile(profile, fields, capabilities)?),
        Format::Json => print_line(&serde_json::to_string_pretty(&selected(profile, fields)?)?),
        Format::Ndjson | Format::Csv => {
            let mut writer = profile_writer(format, fields.to_vec(), "");
            writer.write(profile, capabilities)?;
            writer.finish()
        }
    }
}
