//! The fields of a profile that are words.

use crate::open_enum;

open_enum! {
    /// What a profile stands for.
    ///
    /// ```
    /// use anyprofile_core::Kind;
    ///
    /// assert_eq!("service".parse::<Kind>()?, Kind::Service);
    /// assert_eq!(Kind::Human.as_str(), "human");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub enum Kind {
        /// A person.
        Human = "human",
        /// A program with an account of its own.
        Service = "service",
        /// A company or another group of people.
        Organization = "organization",
    }
}

open_enum! {
    /// Whether a profile may be used, in words that are common to all services.
    ///
    /// ```
    /// use anyprofile_core::Status;
    ///
    /// assert_eq!("suspended".parse::<Status>()?, Status::Suspended);
    /// // A word that this version does not know is kept.
    /// assert_eq!("on_leave".parse::<Status>()?.unknown_word(), Some("on_leave"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub enum Status {
        /// The profile may sign in and act.
        Active = "active",
        /// The profile exists, and cannot sign in or act.
        Suspended = "suspended",
        /// The profile was invited or is under review, and cannot act yet.
        Pending = "pending",
        /// The profile was deleted, and the service still shows it.
        Deleted = "deleted",
    }
}

open_enum! {
    /// What an e-mail address is used for.
    ///
    /// ```
    /// use anyprofile_core::{Email, profile::EmailPurpose};
    ///
    /// let emails = [
    ///     Email::new("ada@example.org").with_purpose(EmailPurpose::Work),
    ///     Email::new("ada@example.net").with_purpose(EmailPurpose::from("newsletter")),
    /// ];
    /// // Which addresses have a purpose that this version does not know?
    /// let other = emails.iter().filter(|email| email.purpose.is_known_and(|it| it.unknown_word().is_some()));
    /// assert!(other.eq([&emails[1]]));
    /// ```
    pub enum EmailPurpose {
        /// The person signs in with it.
        Login = "login",
        /// Invoices and billing notices go to it.
        Billing = "billing",
        /// It is the person's address at work.
        Work = "work",
        /// It is the person's private address.
        Home = "home",
    }
}

open_enum! {
    /// The legal form of an organization.
    ///
    /// ```
    /// use anyprofile_core::profile::OrganizationKind;
    ///
    /// assert_eq!(OrganizationKind::from("government"), OrganizationKind::Government);
    /// // A form that this version does not know is kept, and is none of the others.
    /// let form = OrganizationKind::from("cooperative");
    /// assert_eq!(form.as_str(), "cooperative");
    /// assert_ne!(form, OrganizationKind::Company);
    /// ```
    pub enum OrganizationKind {
        /// One person.
        Individual = "individual",
        /// A company.
        Company = "company",
        /// A public body.
        Government = "government",
        /// A non-profit organization.
        NonProfit = "non_profit",
    }
}

open_enum! {
    /// How far a role reaches.
    ///
    /// ```
    /// use anyprofile_core::profile::ScopeTier;
    ///
    /// // Does the role reach beyond one team or target?
    /// let is_wide = |tier: &ScopeTier| !matches!(tier, ScopeTier::Team | ScopeTier::Target);
    /// assert!(is_wide(&ScopeTier::Account) && !is_wide(&ScopeTier::Team));
    /// // A tier that this version does not know may reach far. Its word is kept.
    /// let tier = ScopeTier::from("galaxy");
    /// assert!(is_wide(&tier));
    /// assert_eq!(tier.as_str(), "galaxy");
    /// ```
    pub enum ScopeTier {
        /// The whole account.
        Account = "account",
        /// One organization.
        Organization = "organization",
        /// One team.
        Team = "team",
        /// One target: a thing that the service tests.
        Target = "target",
        /// One workspace.
        Workspace = "workspace",
    }
}

open_enum! {
    /// The state of a grant.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use anyprofile_core::{Profile, profile::GrantStatus};
    ///
    /// let mut ada = Profile::new("library:main/user/ada".parse()?);
    /// ada.grants = BTreeMap::from([("archive".to_owned(), GrantStatus::Pending)]).into();
    /// let status = |name: &str| ada.grants.value().and_then(|grants| grants.get(name));
    /// assert_eq!(status("archive"), Some(&GrantStatus::Pending));
    /// // She never asked for this one.
    /// assert_eq!(status("vault"), None);
    /// # Ok::<(), anyprofile_core::id::IdError>(())
    /// ```
    pub enum GrantStatus {
        /// The profile has the grant.
        Active = "active",
        /// The grant was requested, and there is no decision yet.
        Pending = "pending",
        /// The grant was requested and refused.
        Rejected = "rejected",
    }
}

open_enum! {
    /// What a profile signs in or acts with.
    ///
    /// ```
    /// use anyprofile_core::profile::CredentialKind;
    ///
    /// // What somebody who leaves can still sign in with, once the sessions have ended.
    /// let kinds = ["session", "ssh_key", "passkey"].map(CredentialKind::from);
    /// let rest: Vec<_> = kinds.iter().filter(|kind| **kind != CredentialKind::Session).collect();
    /// // One is of a kind that this version does not know.
    /// assert_eq!(rest, [&CredentialKind::SshKey, &CredentialKind::Other("passkey".to_owned())]);
    /// ```
    pub enum CredentialKind {
        /// An API token or key.
        ApiToken = "api_token",
        /// An SSH key.
        SshKey = "ssh_key",
        /// A session.
        Session = "session",
        /// An account at another service that the person signs in with.
        Connection = "connection",
    }
}
