//! Request bodies that change a record.

use anyprofile_core::wire::WITHHELD;
use anyprofile_http::Secret;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    CustomerType, EnvironmentGrant, EnvironmentTypeGrant, OrganizationPermission, ProjectPermission,
    ProjectRole, SshKey,
};

/// Defines a request body that changes a record. Every field is an `Option`, and only fields that are set are
/// written.
///
/// The struct implements `Default`, `Clone`, `is_empty`, a `Serialize` that withholds secrets, and a `Debug`
/// that lists the fields that are set, without their values.
macro_rules! update {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)+
        }

        impl $name {
            /// Returns whether no field is set.
            pub fn is_empty(&self) -> bool {
                $(self.$field.is_none())&&+
            }
        }

        impl $crate::wire::update::Update for $name {
            fn write<M: ::serde::ser::SerializeMap>(
                &self,
                body: &mut M,
                secrets: $crate::wire::update::SecretsInBody,
            ) -> ::std::result::Result<(), M::Error> {
                $(if let Some(value) = &self.$field {
                    $crate::wire::update::Value::write(value, body, stringify!($field), secrets)?;
                })+
                Ok(())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::wire::update::body(self, serializer, $crate::wire::update::SecretsInBody::Withheld)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(if self.$field.is_some() {
                    debug.field(stringify!($field), &::std::format_args!(".."));
                })+
                debug.finish()
            }
        }
    };
}
pub(crate) use update;

/// How secrets are serialized.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SecretsInBody {
    /// Secrets are written: only for the request.
    Sent,
    /// `[withheld]` is written instead: an update that is logged or shown contains no password.
    Withheld,
}

/// A body that changes a record.
pub(crate) trait Update {
    /// Writes the fields that are set.
    fn write<M: SerializeMap>(&self, body: &mut M, secrets: SecretsInBody) -> Result<(), M::Error>;
}

pub(crate) fn body<S: Serializer>(
    update: &impl Update,
    serializer: S,
    secrets: SecretsInBody,
) -> Result<S::Ok, S::Error> {
    let mut body = serializer.serialize_map(None)?;
    update.write(&mut body, secrets)?;
    body.end()
}

/// An update as the body of a request, with its secrets.
pub(crate) struct Body<'a, U>(pub(crate) &'a U);

impl<U: Update> Serialize for Body<'_, U> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        body(self.0, serializer, SecretsInBody::Sent)
    }
}

/// A value of a field.
pub(crate) trait Value {
    fn write<M: SerializeMap>(&self, body: &mut M, key: &str, secrets: SecretsInBody)
    -> Result<(), M::Error>;
}

macro_rules! plain {
    ($($type:ty),+) => {
        $(impl Value for $type {
            fn write<M: SerializeMap>(&self, body: &mut M, key: &str, _: SecretsInBody) -> Result<(), M::Error> {
                body.serialize_entry(key, self)
            }
        })+
    };
}
plain!(
    String,
    bool,
    ProjectRole,
    Vec<EnvironmentGrant>,
    Vec<EnvironmentTypeGrant>,
    Vec<OrganizationPermission>,
    Vec<ProjectPermission>,
    Vec<SshKey>
);

impl Value for CustomerType {
    fn write<M: SerializeMap>(&self, body: &mut M, key: &str, _: SecretsInBody) -> Result<(), M::Error> {
        body.serialize_entry(key, self.write_word())
    }
}

impl Value for Secret {
    fn write<M: SerializeMap>(
        &self,
        body: &mut M,
        key: &str,
        secrets: SecretsInBody,
    ) -> Result<(), M::Error> {
        match secrets {
            SecretsInBody::Sent => body.serialize_entry(key, self.expose()),
            SecretsInBody::Withheld => body.serialize_entry(key, WITHHELD),
        }
    }
}
