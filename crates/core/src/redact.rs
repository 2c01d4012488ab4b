//! `Debug` that tells the state of personal data and never its content.

/// Defines a part of a profile: a struct of fields that serializes what was sent, and whose `Debug`
/// shows states only.
macro_rules! profile_part {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
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
            /// Whether the service sent none of these.
            pub fn is_empty(&self) -> bool {
                $(self.$field.is_absent())&&+
            }

            /// Takes what is known in the other and not here, and gives the keys of what was taken and of what both
            /// know and tell differently.
            #[allow(dead_code, reason = "some parts are reached only whole")]
            pub(crate) fn fill_from(&mut self, other: Self, outcome: &mut dyn FnMut(&'static str, crate::origin::Fill)) {
                $(outcome(stringify!($field), crate::origin::fill(&mut self.$field, other.$field));)+
            }

            #[allow(dead_code, reason = "some parts are reached only whole")]
            pub(crate) fn state_of(&self, key: &str) -> Option<crate::FieldState> {
                match key {
                    $(stringify!($field) => Some(self.$field.state()),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut debug = formatter.debug_struct(stringify!($name));
                $(if !self.$field.is_absent() {
                    debug.field(stringify!($field), &format_args!("{}", self.$field.state()));
                })+
                debug.finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use profile_part;
