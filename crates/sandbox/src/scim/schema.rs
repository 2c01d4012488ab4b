//! What users and groups consist of (RFC 7643 §4): the source of `/Schemas`, and of what is read from a request.

/// An attribute, or a part of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) data: Data,
    pub(super) is_multi: bool,
    pub(super) is_required: bool,
    pub(super) is_case_exact: bool,
    pub(super) is_read_only: bool,
    pub(super) is_unique: bool,
    /// Whether it is returned whatever is asked for.
    pub(super) is_always_returned: bool,
    pub(super) parts: &'static [Attribute],
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    Text,
    Flag,
    Time,
    Reference,
    Complex,
}

impl Data {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Flag => "boolean",
            Self::Time => "dateTime",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

impl Attribute {
    const fn new(name: &'static str, data: Data) -> Self {
        Self {
            name,
            data,
            is_multi: false,
            is_required: false,
            is_case_exact: false,
            is_read_only: false,
            is_unique: false,
            is_always_returned: false,
            parts: &[],
        }
    }

    const fn complex(name: &'static str, parts: &'static [Self]) -> Self {
        Self { parts, ..Self::new(name, Data::Complex) }
    }

    const fn several(name: &'static str, parts: &'static [Self]) -> Self {
        Self { is_multi: true, ..Self::complex(name, parts) }
    }

    const fn exact(self) -> Self {
        Self { is_case_exact: true, ..self }
    }

    const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    const fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    const fn always(self) -> Self {
        Self { is_always_returned: true, ..self }
    }
}

const fn text(name: &'static str) -> Attribute {
    Attribute::new(name, Data::Text)
}

const fn reference(name: &'static str) -> Attribute {
    Attribute::new(name, Data::Reference).exact()
}

const fn time(name: &'static str) -> Attribute {
    Attribute::new(name, Data::Time).read_only()
}

/// The parts of most attributes with several values (RFC 7643 §2.4).
const VALUES: &[Attribute] =
    &[text("value"), text("display"), text("type"), Attribute::new("primary", Data::Flag)];

const LINKS: &[Attribute] =
    &[reference("value"), text("display"), text("type"), Attribute::new("primary", Data::Flag)];

const NAME: &[Attribute] = &[
    text("formatted"),
    text("familyName"),
    text("givenName"),
    text("middleName"),
    text("honorificPrefix"),
    text("honorificSuffix"),
];

const ADDRESS: &[Attribute] = &[
    text("formatted"),
    text("streetAddress"),
    text("locality"),
    text("region"),
    text("postalCode"),
    text("country"),
    text("type"),
    Attribute::new("primary", Data::Flag),
];

const GROUPS_OF_USER: &[Attribute] = &[
    text("value").exact().read_only(),
    reference("$ref").read_only(),
    text("display").read_only(),
    text("type").read_only(),
];

const META: &[Attribute] = &[
    text("resourceType").exact().read_only(),
    time("created"),
    time("lastModified"),
    reference("location").read_only(),
    text("version").exact().read_only(),
];

const MANAGER: &[Attribute] = &[text("value").exact(), reference("$ref").read_only()];

const MEMBER: &[Attribute] =
    &[text("value").exact(), reference("$ref").read_only(), text("display").read_only(), text("type")];

const ENTERPRISE_PARTS: &[Attribute] = &[
    text("employeeNumber"),
    text("costCenter"),
    text("organization"),
    text("division"),
    text("department"),
    Attribute::complex("manager", MANAGER),
];

/// The attributes of every resource (RFC 7643 §3.1). `/Schemas` does not name them.
static COMMON: [Attribute; 4] = [
    text("id").exact().read_only().always(),
    text("externalId").exact(),
    Attribute::complex("meta", META).read_only(),
    Attribute { is_multi: true, ..reference("schemas").always() },
];

static USER: [Attribute; 18] = [
    text("userName").required().unique(),
    Attribute::complex("name", NAME),
    text("displayName"),
    text("nickName"),
    reference("profileUrl"),
    text("title"),
    text("userType"),
    text("preferredLanguage"),
    text("locale"),
    text("timezone"),
    Attribute::new("active", Data::Flag),
    Attribute::several("emails", VALUES),
    Attribute::several("phoneNumbers", VALUES),
    Attribute::several("photos", LINKS),
    Attribute::several("addresses", ADDRESS),
    Attribute::several("groups", GROUPS_OF_USER).read_only(),
    Attribute::several("entitlements", VALUES),
    Attribute::several("roles", VALUES),
];

static GROUP: [Attribute; 2] = [text("displayName").required(), Attribute::several("members", MEMBER)];

pub(super) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The extension, as an attribute of a user with the URN as its name.
static ENTERPRISE: [Attribute; 1] = [Attribute::complex(ENTERPRISE_SCHEMA, ENTERPRISE_PARTS)];

/// A kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    pub(super) const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    pub(super) const fn schema(self) -> &'static str {
        match self {
            Self::User => USER_SCHEMA,
            Self::Group => GROUP_SCHEMA,
        }
    }

    /// Returns the attributes of its schema.
    pub(super) fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::User => &USER,
            Self::Group => &GROUP,
        }
    }

    /// Returns the extensions, each as an attribute with parts.
    pub(super) fn extensions(self) -> &'static [Attribute] {
        match self {
            Self::User => &ENTERPRISE,
            Self::Group => &[],
        }
    }

    /// Returns all attributes that a record may have at its top.
    pub(super) fn all(self) -> impl Iterator<Item = &'static Attribute> {
        COMMON.iter().chain(self.attributes()).chain(self.extensions())
    }
}

/// Returns the attribute with this name, in any case.
pub(super) fn named<'a>(
    mut attributes: impl Iterator<Item = &'a Attribute>,
    name: &str,
) -> Option<&'a Attribute> {
    attributes.find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
