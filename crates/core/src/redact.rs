//! `Debug` output that shows the states of personal data, never its content.

/// Defines a part of a profile: a struct of fields with serde, a `Debug` that shows only states, and setters
/// (`Name::default().with_given("Ada")`).
macro_rules! profile_part {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident | $with:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, skip_serializing_if = "crate::Field::is_absent")]
                pub $field: crate::Field<$type>,
            )+
        }

        impl $name {
            /// Returns whether all fields are absent.
            pub fn is_empty(&self) -> bool {
                $(self.$field.is_absent())&&+
            }

            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $with(mut self, value: impl Into<crate::Field<$type>>) -> Self {
                    self.$field = value.into();
                    self
                }
            )+

            /// Fills fields from another part that has more information; returns whether a field changed.
            #[allow(dead_code, reason = "most parts are filled field by field")]
            pub(crate) fn fill_from(&mut self, other: Self) -> bool {
                let filled = [$(crate::origin::fill(&mut self.$field, other.$field)),+];
                filled.into_iter().any(crate::origin::Fill::is_taken)
            }
        }

        impl crate::profile::value::sealed::Sealed for $name {}

        impl crate::profile::value::Record for $name {
            fn field(&self, name: &str) -> Option<crate::profile::FieldRef<'_>> {
                match name {
                    $(stringify!($field) => {
                        Some(self.$field.as_ref().map(crate::profile::value::FieldValue::value_ref))
                    })+
                    _ => None,
                }
            }

            fn fields(&self) -> Vec<(&str, crate::profile::FieldRef<'_>)> {
                vec![$((
                    stringify!($field),
                    self.$field.as_ref().map(crate::profile::value::FieldValue::value_ref),
                )),+]
            }
        }

        impl crate::profile::value::FieldValue for $name {
            const TYPE: crate::profile::ValueType = crate::profile::ValueType::Record;

            fn value_ref(&self) -> crate::profile::ValueRef<'_> {
                crate::profile::ValueRef::Record(self)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(if !self.$field.is_absent() {
                    debug.field(stringify!($field), &format_args!("{}", self.$field.record_state()));
                })+
                debug.finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use profile_part;
