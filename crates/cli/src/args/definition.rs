//! The arguments of `definition`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A subcommand of `definition`.
#[derive(Debug, Subcommand)]
pub(crate) enum DefinitionCommand {
    /// List the services of the catalog, with what proves each definition.
    List,
    /// Print a definition of the catalog, to copy and change it.
    Show {
        /// A name of the catalog, such as `okta`.
        name: String,
    },
    /// Check a definition: its keys; with --fixture, what it reads from recorded responses; with --account, what it reads from an account.
    ///
    /// Without --fixture and --account, only the file is checked. The table has one row for each field, with the number of profiles that have
    /// a value, null, or nothing. An account is listed with page sizes 1 and 2, and the results are compared. Exit code 2: the definition
    /// is wrong; 4: the listing is not complete; 10: the page sizes differ.
    #[command(
        after_help = "Examples:\n  anyprofile definition check ./acme.toml\n  anyprofile definition check ./acme.toml --fixture responses/\n  anyprofile definition check ./acme.toml --account acme"
    )]
    Check(CheckDefinition),
    /// Print an account entry with every key that an account of the service needs.
    #[command(
        after_help = "Examples:\n  anyprofile definition example okta >> config.toml\n  anyprofile definition example gitea --base-url http://127.0.0.1:3000/api/v1"
    )]
    Example {
        /// A name of the catalog, or the path of a definition file.
        name: String,
        /// The URL of the API, such as that of a test server.
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
    },
    /// Write a first draft of a definition from an OpenAPI document, with its doubts as comments.
    #[command(
        after_help = "Examples:\n  anyprofile definition from-openapi openapi.json --path /users > acme.toml"
    )]
    FromOpenapi {
        /// The document, in JSON or YAML.
        document: PathBuf,
        /// The path of the list.
        #[arg(long)]
        path: String,
    },
    /// Serve a service that is made from a definition, with invented people, until interrupted. Prints an account entry for it.
    ///
    /// What the definition says is what the server does: it proves nothing about the real service.
    #[command(
        after_help = "Examples:\n  anyprofile definition serve okta > mock.toml\n  anyprofile list --config mock.toml"
    )]
    Serve {
        /// A name of the catalog, or the path of a definition file.
        name: String,
        /// The number of people in the first part of each list.
        #[arg(long, value_name = "N", default_value_t = 20)]
        profiles: u64,
        /// The port; 0 selects a free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckDefinition {
    /// The path of a definition file, or a name of the catalog.
    pub(crate) definition: String,
    /// A folder with responses: OPERATION.json, OPERATION.2.json for the second page, and OPERATION.headers as `curl --dump-header`
    /// writes it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) fixture: Option<PathBuf>,
    /// The number of profiles of an account that are read with each page size.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) most: u64,
}
