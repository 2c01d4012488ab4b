//! A file in the form of another tool. Profiles cannot be read back from it.

use std::{
    io::{self, Write as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Row,
    file::{FileFormat, Out, Profiles, RowWriter},
};
use crate::{
    error::{Result, SnapshotError},
    form::{Form, FormOptions, FormWriter},
    manifest::FormManifest,
};

/// The format.
#[derive(Clone, Debug)]
pub(crate) struct FormFile {
    form: Form,
    options: FormOptions,
    /// What the last file lost.
    written: Arc<Mutex<Option<FormManifest>>>,
}

impl FormFile {
    /// Creates the format.
    ///
    /// # Errors
    /// If the form was not built in.
    pub(crate) fn new(form: Form, options: FormOptions) -> Result<Self> {
        writer(form, options.clone())?;
        Ok(Self { form, options, written: Arc::default() })
    }
}

fn writer(form: Form, options: FormOptions) -> Result<FormWriter> {
    FormWriter::new(form, options).map_err(|error| SnapshotError::Refused(error.to_string()))
}

impl FileFormat for FormFile {
    fn create(&self, mut out: Out) -> io::Result<Box<dyn RowWriter>> {
        let writer = FormWriter::new(self.form, self.options.clone()).map_err(io::Error::other)?;
        if let Some(header) = writer.header() {
            out.write_all(header.as_bytes())?;
        }
        Ok(Box::new(Writing { writer, out, written: Arc::clone(&self.written) }))
    }

    fn read(&self, path: &Path) -> Result<Profiles> {
        let why = format!("it is in the form '{}', which does not hold whole profiles", self.form);
        Err(SnapshotError::unreadable(path.display(), why))
    }

    fn form(&self) -> Option<FormManifest> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file that is being written.
struct Writing {
    writer: FormWriter,
    out: Out,
    written: Arc<Mutex<Option<FormManifest>>>,
}

impl RowWriter for Writing {
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            match self.writer.record(&row.profile, &row.capabilities) {
                Ok(line) => self.out.write_all(line.as_bytes())?,
                // All of them are named in the end.
                Err(crate::form::FormError::UnknownMfa { .. }) => {}
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<Out> {
        self.writer.check().map_err(io::Error::other)?;
        let mut manifest = self.writer.manifest();
        manifest.loss = Some(self.writer.loss().clone());
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(manifest);
        Ok(self.out)
    }
}
