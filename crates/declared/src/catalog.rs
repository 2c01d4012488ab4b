//! The catalog: definitions that come with this crate.

/// Embeds the definitions of a folder.
macro_rules! catalog {
    ($($name:literal)+) => {
        /// The names of the catalog's services, in their order.
        pub const NAMES: &[&str] = &[$($name),+];

        /// Returns the definition with this name, as it is in its file.
        pub fn text(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!("../catalog/", $name, ".toml"))),)+
                _ => None,
            }
        }
    };
}

catalog! {
    "airflow-fab"
    "asana"
    "atlassian-org"
    "auth0"
    "clerk"
    "cloudflare"
    "datadog"
    "discourse"
    "entra-id"
    "gitea"
    "github-org"
    "gitlab"
    "google-workspace"
    "grafana"
    "hcp-terraform"
    "heroku-team"
    "huggingface-org"
    "jira-cloud"
    "jupyterhub"
    "keycloak"
    "mattermost"
    "netlify-team"
    "nextcloud"
    "notion"
    "okta"
    "openai-org"
    "pagerduty"
    "sentry"
    "slack"
    "stytch"
    "supabase-auth"
    "synapse"
    "vercel-team"
    "workos"
    "zendesk"
    "zitadel"
    "zoom"
}

#[cfg(test)]
mod tests {
    use crate::Service;

    #[test]
    fn every_definition_of_the_catalog_is_valid_and_listed() {
        let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        assert_eq!(files, super::NAMES);
        let flaws: Vec<String> = super::NAMES
            .iter()
            .filter_map(|name| Service::builtin(name).err())
            .map(|error| error.to_string())
            .collect();
        assert!(flaws.is_empty(), "{}", flaws.join("\n"));
        for name in super::NAMES {
            assert_eq!(Service::builtin(name).unwrap().definition().name, *name);
        }
    }
}
