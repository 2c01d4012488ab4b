//! The table of a profile's fields: their paths, types, and where they are in the struct.
//!
//! A field is added in three steps, and the compiler asks for each that is left out: a line in [`Profile`] or in one of
//! its parts, a line in `Profile::empty` where it is of the profile itself, and a line here.

use super::{
    Access, Billing, Employee, Name, Organization, PostalAddress, Profile, Security, Times,
    value::{AnyField, FieldValue, ValueType},
};
use crate::{Field, FieldPath, path::Repr};

/// What is known of a field of every profile.
pub(crate) struct FieldEntry {
    /// The path, as text.
    pub(crate) text: &'static str,
    /// The type of its value.
    pub(crate) value_type: ValueType,
    /// Where it is.
    pub(crate) place: FieldPlace,
}

/// Where a field is in the struct.
pub(crate) enum FieldPlace {
    /// The id, which is no [`Field`].
    Id,
    /// A field of its own.
    Field {
        /// Borrows it.
        get: fn(&Profile) -> &dyn AnyField,
        /// Borrows it to be changed.
        get_mut: fn(&mut Profile) -> &mut dyn AnyField,
    },
    /// A part of the billing address, by its name.
    AddressPart(&'static str),
}

/// The type of the value of the field that a function returns.
const fn type_of<T: FieldValue>(_: fn(&Profile) -> &Field<T>) -> ValueType {
    T::TYPE
}

/// Writes the table down once as constants of [`FieldPath`], as [`TABLE`], and as a function that does not compile where the
/// struct has a field that is not in it.
macro_rules! table {
    (
        profile { $($field:ident: $FIELD:ident,)+ }
        $(group $group:ident: $Group:ident { $($key:ident: $KEY:ident,)+ $(+ $inner:ident,)* })+
        address { $($part:ident: $PART:ident,)+ }
    ) => {
        /// The number of a field in [`TABLE`].
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names of the paths")]
        pub(crate) enum Known {
            ID,
            $($FIELD,)+
            $($($KEY,)+)+
            $($PART,)+
        }

        /// All fields of every profile, in the order of [`Known`].
        static TABLE: &[FieldEntry] = &[
            FieldEntry { text: "id", value_type: ValueType::Id, place: FieldPlace::Id },
            $(FieldEntry {
                text: stringify!($field),
                value_type: type_of(|profile| &profile.$field),
                place: FieldPlace::Field {
                    get: |profile| &profile.$field,
                    get_mut: |profile| &mut profile.$field,
                },
            },)+
            $($(FieldEntry {
                text: concat!(stringify!($group), ".", stringify!($key)),
                value_type: type_of(|profile| &profile.$group.$key),
                place: FieldPlace::Field {
                    get: |profile| &profile.$group.$key,
                    get_mut: |profile| &mut profile.$group.$key,
                },
            },)+)+
            $(FieldEntry {
                text: concat!("billing.address.", stringify!($part)),
                value_type: ValueType::Text,
                place: FieldPlace::AddressPart(stringify!($part)),
            },)+
        ];

        impl FieldPath {
            /// `id`
            pub const ID: Self = Self(Repr::Known(Known::ID));
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                pub const $FIELD: Self = Self(Repr::Known(Known::$FIELD));
            )+
            $($(
                #[doc = concat!("`", stringify!($group), ".", stringify!($key), "`")]
                pub const $KEY: Self = Self(Repr::Known(Known::$KEY));
            )+)+
            $(
                #[doc = concat!("`billing.address.", stringify!($part), "`")]
                pub const $PART: Self = Self(Repr::Known(Known::$PART));
            )+

            /// Every field of a profile but those of the extensions, in the order of their serialization.
            pub const CORE: &'static [Self] = &[Self::ID, $(Self::$FIELD,)+ $($(Self::$KEY,)+)+];

            /// The parts of [`BILLING_ADDRESS`](Self::BILLING_ADDRESS), each of which can be read and written by itself.
            pub const BILLING_ADDRESS_PARTS: &'static [Self] = &[$(Self::$PART,)+];
        }

        /// Compiles only while every field of the structs is in the table.
        const _: fn(Profile, PostalAddress) = |profile, address| {
            let Profile {
                id: _,
                $($field: _,)+
                $($group,)+
                // What is no field of the model but about the record.
                origin: _,
                extension: _,
                notes: _,
                unknown: _,
                raw: _,
            } = profile;
            $(let $Group { $($key: _,)+ $($inner: _,)* } = $group;)+
            let PostalAddress { $($part: _,)+ } = address;
        };
    };
}

table! {
    profile {
        kind: KIND,
        status: STATUS,
        status_raw: STATUS_RAW,
        declared_status: DECLARED_STATUS,
        external_id: EXTERNAL_ID,
        username: USERNAME,
        emails: EMAILS,
        picture: PICTURE,
        website: WEBSITE,
        title: TITLE,
        locale: LOCALE,
        country: COUNTRY,
        roles: ROLES,
        labels: LABELS,
        metadata: METADATA,
        grants: GRANTS,
        changed_by: CHANGED_BY,
        nickname: NICKNAME,
        timezone: TIMEZONE,
        phones: PHONES,
        photos: PHOTOS,
        addresses: ADDRESSES,
        groups: GROUPS,
        entitlements: ENTITLEMENTS,
        credentials: CREDENTIALS,
        owner: OWNER,
    }
    group name: Name {
        display: NAME_DISPLAY,
        given: NAME_GIVEN,
        family: NAME_FAMILY,
        middle: NAME_MIDDLE,
        prefix: NAME_PREFIX,
        suffix: NAME_SUFFIX,
        formatted: NAME_FORMATTED,
        // How `display` came about, which is no field of a service.
        + derived,
    }
    group organization: Organization {
        name: ORGANIZATION_NAME,
        legal_name: ORGANIZATION_LEGAL_NAME,
        kind: ORGANIZATION_KIND,
        role: ORGANIZATION_ROLE,
    }
    group employee: Employee {
        number: EMPLOYEE_NUMBER,
        department: EMPLOYEE_DEPARTMENT,
        division: EMPLOYEE_DIVISION,
        cost_center: EMPLOYEE_COST_CENTER,
        manager: EMPLOYEE_MANAGER,
    }
    group billing: Billing {
        contact: BILLING_CONTACT,
        vat_number: BILLING_VAT_NUMBER,
        currency: BILLING_CURRENCY,
        invoiced: BILLING_INVOICED,
        address: BILLING_ADDRESS,
    }
    group access: Access {
        owner: ACCESS_OWNER,
        billing_admin: ACCESS_BILLING_ADMIN,
    }
    group security: Security {
        mfa_enabled: SECURITY_MFA_ENABLED,
        sso: SECURITY_SSO,
        last_login: SECURITY_LAST_LOGIN,
        first_login: SECURITY_FIRST_LOGIN,
        mfa_methods: SECURITY_MFA_METHODS,
    }
    group times: Times {
        created: TIMES_CREATED,
        updated: TIMES_UPDATED,
        status_changed: TIMES_STATUS_CHANGED,
    }
    address {
        recipient: BILLING_ADDRESS_RECIPIENT,
        street_address: BILLING_ADDRESS_STREET_ADDRESS,
        locality: BILLING_ADDRESS_LOCALITY,
        region: BILLING_ADDRESS_REGION,
        postal_code: BILLING_ADDRESS_POSTAL_CODE,
        country: BILLING_ADDRESS_COUNTRY,
    }
}

impl Known {
    /// What the table says of the field.
    pub(crate) fn entry(self) -> &'static FieldEntry {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_stands_for_the_field_whose_name_it_is() {
        let paths = FieldPath::CORE.iter().chain(FieldPath::BILLING_ADDRESS_PARTS);
        let texts: Vec<_> = paths.clone().map(FieldPath::as_str).collect();
        assert_eq!(texts, TABLE.iter().map(|entry| entry.text).collect::<Vec<_>>());
        for path in paths {
            assert_eq!(&path.as_str().parse::<FieldPath>().unwrap(), path);
        }
        let mut profile = Profile::new("memory:test/user/x".parse().unwrap());
        for entry in TABLE {
            let FieldPlace::Field { get_mut, .. } = entry.place else { continue };
            get_mut(&mut profile).set(None).unwrap();
        }
        let json = serde_json::to_value(&profile).unwrap();
        for entry in TABLE.iter().filter(|entry| matches!(entry.place, FieldPlace::Field { .. })) {
            let value = entry.text.split('.').try_fold(&json, |json, key| json.get(key));
            assert!(value.is_some_and(serde_json::Value::is_null), "{}", entry.text);
        }
    }
}
