//! Profiles in the form of another tool.

use std::io::Write;

use anyprofile::{
    Capabilities, Profile,
    snapshot::form::{Form, FormError, FormOptions, FormWriter},
};
use anyprofile_terminal::Screen;

use super::writer::ProfileWriter;
use crate::{diagnostics, exit::Failure};

/// Writes profiles in a form, and reports in the end what the form lost.
pub(super) struct FormOutput<W> {
    out: W,
    writer: FormWriter,
    /// What is not written yet. Where the run may stop because something is not known, that is everything: a part of a list would be taken for
    /// the whole.
    pending: Vec<u8>,
    may_stop: bool,
    is_quiet: bool,
}

/// Returns the writer of a form.
///
/// # Errors
/// If the form was not built in.
pub(crate) fn form_writer(
    form: Form,
    options: FormOptions,
    is_quiet: bool,
) -> Result<Box<dyn ProfileWriter>, Failure> {
    let may_stop = form.mfa_column().is_some() && options.unknown_mfa.is_none();
    let writer = FormWriter::new(form, options).map_err(|error| failure(&error))?;
    let pending = writer.header().unwrap_or_default().into_bytes();
    Ok(Box::new(FormOutput { out: Screen::stdout(), writer, pending, may_stop, is_quiet }))
}

fn failure(error: &FormError) -> Failure {
    let hint = if matches!(error, FormError::UnknownMfa { .. }) {
        "; nothing was written: add --unknown-mfa no|yes"
    } else {
        ""
    };
    Failure::Usage(format!("{error}{hint}"))
}

impl<W: Write> ProfileWriter for FormOutput<W> {
    fn write(&mut self, profile: &Profile, capabilities: &Capabilities) -> Result<(), Failure> {
        match self.writer.record(profile, capabilities) {
            Ok(line) => self.pending.extend_from_slice(line.as_bytes()),
            // All of them are named in the end.
            Err(FormError::UnknownMfa { .. }) => {}
            Err(error) => return Err(failure(&error)),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if !self.may_stop {
            self.out.write_all(&self.pending)?;
            self.out.flush()?;
            self.pending.clear();
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.writer.check().map_err(|error| failure(&error))?;
        self.may_stop = false;
        self.flush()?;
        if !self.is_quiet {
            diagnostics::say_lines(&self.writer.loss().to_string());
        }
        Ok(())
    }

    fn left_out(&self) -> u64 {
        0
    }
}
