//! `motcua config`: every setting of `serve` as it would be here, and where it comes from.

use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory as _};

const SECRET: &str = "(given, not shown)";

/// Prints the settings of the subcommand that was called, each as the option and the variable that set it.
pub fn run(matches: &ArgMatches) -> ExitCode {
    let program = super::Arguments::command();
    let Some((name, given)) = matches.subcommand() else {
        return ExitCode::FAILURE;
    };
    let options = program.find_subcommand(name).into_iter();
    let options = options.flat_map(clap::Command::get_arguments);
    for option in options.filter(|option| !["help", "version"].contains(&option.get_id().as_str()))
    {
        let long = option.get_long().unwrap_or_default();
        let variable = option.get_env().map(|name| name.to_string_lossy());
        let (value, source) = setting(option, given);
        println!(
            "--{long:<34} {:<34} {value:<40} {source}",
            variable.unwrap_or("-".into())
        );
    }
    println!(
        "\nNot options: MOTCUA_MASTER_KEY, MOTCUA_WRAPPING_KEYS, MOTCUA_LOG, MOTCUA_LOG_FORMAT (json)."
    );
    ExitCode::SUCCESS
}

/// What it would be, and who says so.
fn setting(option: &Arg, given: &ArgMatches) -> (String, &'static str) {
    let id = option.get_id().as_str();
    let source = match given.value_source(id) {
        Some(ValueSource::CommandLine) => "command line",
        Some(ValueSource::EnvVariable) => "environment",
        Some(_) => "default", // foreign: clap's, and it may get more
        None => return ("-".to_owned(), "not set"),
    };
    let value = match given.get_raw(id) {
        Some(_) if option.is_hide_env_values_set() => SECRET.to_owned(),
        Some(values) => {
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            values.join(" ")
        }
        None => "-".to_owned(),
    };
    (value, source)
}
