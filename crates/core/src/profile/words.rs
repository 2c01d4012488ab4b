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
