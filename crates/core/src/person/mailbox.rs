//! Addresses that several people read.

/// The local parts of the addresses of roles. RFC 2142 names the most of them.
const ROLES: [&str; 40] = [
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "alerts",
    "billing",
    "careers",
    "contact",
    "dev",
    "devops",
    "finance",
    "ftp",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "it",
    "jobs",
    "mail",
    "marketing",
    "news",
    "no-reply",
    "noc",
    "noreply",
    "office",
    "ops",
    "postmaster",
    "root",
    "sales",
    "security",
    "service",
    "support",
    "sysadmin",
    "team",
    "test",
    "webmaster",
    "www",
];

/// Returns whether an address is that of a role. It tells no two people apart.
pub(super) fn is_shared_mailbox(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    // What follows a plus is a folder of the same mailbox.
    let local = local.split('+').next().unwrap_or_default();
    ROLES.binary_search(&local).is_ok()
}
