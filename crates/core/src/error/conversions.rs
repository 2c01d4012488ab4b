//! Conversions from errors of parsing a text.

use super::{Error, ErrorKind};
use crate::{id::IdError, profile::FieldPathError};

impl From<IdError> for Error {
    fn from(error: IdError) -> Self {
        Self::new(ErrorKind::InvalidRequest, error.to_string())
    }
}

impl From<FieldPathError> for Error {
    fn from(error: FieldPathError) -> Self {
        Self::new(ErrorKind::InvalidRequest, error.to_string())
    }
}
