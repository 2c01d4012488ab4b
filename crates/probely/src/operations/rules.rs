//! The rules that a body must keep, as the reference states them. Words of open enumerations and the form of ids are
//! left to the service: it knows more of them than was published.

use anyprofile_http::Violations;

use crate::wire::{
    ApiUserBulkUpdate, ApiUserCreate, ApiUserReplace, ApiUserUpdate, LabelByName, RoleGrant, UserBulkUpdate,
    UserCreate, UserReplace, UserUpdate,
};

/// The most characters of a user's name.
pub(crate) const MAX_NAME: u32 = 60;
/// The most characters of a label.
pub(crate) const MAX_LABEL: u32 = 255;
/// The fewest characters of a new password.
const MIN_PASSWORD: u32 = 10;

/// What of a body has rules.
#[derive(Default)]
struct Ruled<'a> {
    ids: Option<&'a [String]>,
    email: Option<&'a str>,
    name: Option<&'a str>,
    labels: Option<&'a [LabelByName]>,
    user_roles: Option<&'a [RoleGrant]>,
}

impl Ruled<'_> {
    fn violations(&self) -> Violations {
        let mut violations = Violations::new();
        if let Some(ids) = self.ids
            && (ids.is_empty() || ids.iter().any(String::is_empty))
        {
            violations.add("ids", "names one user at least, and none by an empty id");
        }
        if let Some(email) = self.email {
            violations.check_email("email", email);
        }
        if let Some(name) = self.name {
            violations.check_characters("name", name, 0..=MAX_NAME);
        }
        for label in self.labels.unwrap_or_default() {
            violations.check_characters("labels.name", &label.name, 0..=MAX_LABEL);
            let is_color = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '_' | '-');
            if !label.color.iter().flat_map(|color| color.chars()).all(is_color) {
                violations.add("labels.color", "holds letters and digits of ASCII, '#', '_' and '-'");
            }
        }
        for grant in self.user_roles.unwrap_or_default() {
            if grant.role_id.is_empty() {
                violations.add("user_roles.role.id", "is not empty");
            }
            if grant.scope.place_id().is_some_and(str::is_empty) {
                violations.add(format!("user_roles.scope.{}.id", grant.scope.tier()), "is not empty");
            }
        }
        violations
    }
}

/// A body whose rules are known.
pub(crate) trait Rules {
    /// The rules that it breaks.
    fn violations(&self) -> Violations;
}

macro_rules! rules {
    ($($body:ident { $($required:ident),* ; $($optional:ident),+ })+) => {
        $(impl Rules for $body {
            fn violations(&self) -> Violations {
                Ruled {
                    $($required: Some(&self.$required),)*
                    $($optional: self.$optional.as_deref(),)+
                    ..Ruled::default()
                }
                .violations()
            }
        })+
    };
}

rules! {
    UserCreate { email, name; labels, user_roles }
    UserUpdate { ; email, name, labels }
    UserReplace { email, name; labels }
    UserBulkUpdate { ids; name, labels, user_roles }
    ApiUserCreate { name; labels, user_roles }
    ApiUserUpdate { ; name, labels }
    ApiUserReplace { name; labels }
    ApiUserBulkUpdate { ids; name, labels, user_roles }
}

/// The rules that a change of the password breaks.
pub(crate) fn password(new: &str) -> Violations {
    let mut violations = Violations::new();
    violations.check_characters("password", new, MIN_PASSWORD..=u32::MAX);
    violations
}
