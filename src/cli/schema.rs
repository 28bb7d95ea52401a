//! `motcua schema`: the GraphQL schema, as committed in `schema.graphql`.

use std::process::ExitCode;

#[expect(clippy::unnecessary_wraps, reason = "every subcommand answers alike")]
pub fn run() -> anyhow::Result<ExitCode> {
    print!("{}", crate::api::schema::sdl());
    Ok(ExitCode::SUCCESS)
}
