//! Calls every operation of a service at a mock server that serves the service's OpenAPI document, natively and through
//! the trait. `cargo xtask prism` starts the server and runs this with `EDITION BASE_URL DOCUMENT`: the document as it
//! is served, whose bodies of requests have no references.

mod anthropic;
mod check;
mod document;
mod fields;
mod probely;
mod samples;
mod upsun;
mod wire;
mod writes;

use std::process::ExitCode;

use crate::check::Check;

/// How a run ends that cannot go on.
type Broken = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("prism: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every call ended as the document says.
async fn run(arguments: Vec<String>) -> Result<bool, Broken> {
    let [edition, base_url, document] = &arguments[..] else {
        return Err("usage: prism EDITION BASE_URL DOCUMENT".into());
    };
    let mut check = Check::new(&std::fs::read_to_string(document)?)?;
    match edition.as_str() {
        "upsun" => upsun::call(&mut check, base_url).await?,
        "probely" => probely::call(&mut check, base_url).await?,
        "anthropic-betas" => anthropic::call_with_betas(&mut check, base_url).await?,
        "anthropic" => anthropic::call(&mut check, base_url).await?,
        _ => return Err(format!("there is no edition {edition}").into()),
    }
    Ok(check.finish())
}
