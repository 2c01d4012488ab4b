//! The address of a PostgreSQL database.

use std::time::Duration;

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use crate::error::{Result, SnapshotError};

/// How long a connection may take, unless the address has `connect_timeout`.
const CONNECT: Duration = Duration::from_secs(30);

/// Reads an address.
pub(super) fn config_of(url: &str, place: &str) -> Result<Config> {
    let refused = |why: &str| SnapshotError::Refused(format!("{place}: {why}"));
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mode = query.split('&').rev().find_map(|pair| pair.strip_prefix("sslmode="));
    if let Some("require" | "verify-ca" | "verify-full") = mode {
        return Err(refused(
            "the address asks for TLS, which is not built into this program for PostgreSQL; connect through a tunnel or a proxy of this machine that adds TLS",
        ));
    }
    // What it says may repeat a part of the address.
    let mut config: Config = url
        .parse()
        .map_err(|_| refused("the address cannot be read; use postgres://USER@HOST:PORT/DATABASE, with what is special in a URL encoded as %XX"))?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(refused("the address asks for TLS, which is not built into this program for PostgreSQL"));
    }
    if mode.is_none() && !is_local(&config) {
        return Err(refused(
            "the profiles would be sent over a network without TLS, which is not built into this program for PostgreSQL; connect through a tunnel of this machine, or say so with ?sslmode=disable",
        ));
    }
    if config.get_password().is_none()
        && let Ok(password) = std::env::var("PGPASSWORD")
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_application_name().is_none() {
        config.application_name("anyprofile");
    }
    Ok(config)
}

/// Returns whether every host is this machine.
fn is_local(config: &Config) -> bool {
    let is_local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    // An address in numbers is what is connected to; the name next to it is not.
    let addresses = config.get_hostaddrs();
    if addresses.is_empty() {
        config.get_hosts().iter().all(is_local)
    } else {
        addresses.iter().all(std::net::IpAddr::is_loopback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_over_a_network_without_tls_unless_that_was_asked_for() {
        let config = |url: &str| config_of(url, "place").map_err(|error| error.to_string());
        for url in [
            "postgres://ada@localhost/reviews",
            "postgres://ada@127.0.0.1:5433/reviews",
            "postgres://ada@[::1]/reviews",
            "postgres://ada@%2Frun%2Fpostgresql/reviews",
            "postgres://ada@db.example.com/reviews?sslmode=disable",
            "postgresql://ada@db.example.com/reviews?sslmode=prefer",
        ] {
            assert!(config(url).is_ok(), "{url}");
        }
        for (url, why) in [
            ("postgres://ada:hunter2@db.example.com/reviews", "sslmode=disable"),
            ("postgres://ada:hunter2@localhost/reviews?sslmode=require", "asks for TLS"),
            ("postgres://ada:hunter2@localhost/reviews?a=b&sslmode=verify-full", "asks for TLS"),
            ("postgres://ada:hunter2@localhost/reviews?hunter2=1", "cannot be read"),
            ("postgres://ada:hunter2@localhost:99999999/reviews", "cannot be read"),
        ] {
            let error = config(url).unwrap_err();
            assert!(error.contains(why) && !error.contains("hunter2"), "{url}: {error}");
        }
    }
}
