//! Tests of the sandbox over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails should fail its test")]

mod anthropic;
mod anthropic_admin;
mod anthropic_admin_writes;
mod anthropic_data_controls;
mod anthropic_groups;
mod anthropic_more_writes;
mod anthropic_people;
mod anthropic_service_accounts;
mod anthropic_workspaces;
mod anthropic_writes;
mod lost_responses;
mod misreading;
mod probely;
mod probely_assignments;
mod probely_catalogue;
mod probely_labels;
mod probely_more_writes;
mod probely_writes;
mod scim;
mod scim_cursors;
mod scim_faults;
mod scim_filters;
mod scim_groups;
mod scim_patches;
mod scim_writes;
mod server;
mod support;
mod upsun;
mod upsun_api_tokens;
mod upsun_connections;
mod upsun_invitations;
mod upsun_members;
mod upsun_mfa;
mod upsun_older_paths;
mod upsun_organizations;
mod upsun_profile_writes;
mod upsun_project_access;
mod upsun_teams;
mod upsun_token_endpoint;
mod upsun_totp;
mod upsun_user_writes;
mod upsun_users;
mod writes;
