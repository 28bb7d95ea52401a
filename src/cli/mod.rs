//! FOR OPERATORS: one file per subcommand; wiring and nothing else.

mod abuses;
mod backup;
mod config;
mod copy;
mod demo;
mod diff;
mod doctor;
mod documents;
mod drill;
mod erase;
mod export;
mod guard;
mod history;
mod import;
mod init;
mod key;
mod migrate;
mod mirror;
mod oidc;
mod outside;
mod payments;
mod place;
mod portal;
mod present;
mod progress;
mod rebuild;
mod receipt;
mod recover;
mod reorganise;
mod replay;
mod restore;
mod rollup;
mod schema;
mod scratch;
mod sealing;
mod serve;
mod signer;
mod table;
mod token;
mod vault;
mod verify;
mod webhook;
mod welcome;
mod witness;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// motcua: an open, verifiable one-stop-shop core.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open a live journal for an office, load calendars and catalogue, print the first administrator's token.
    Init(init::Arguments),
    /// Serve the pages, GraphQL and GraphiQL of a journal.
    Serve(serve::Arguments),
    /// Play a real office's period through the real commands, compare with the published figures, and serve it.
    Demo(demo::Arguments),
    /// Print the GraphQL schema.
    Schema,
    /// Print what happened to a dossier: who, when, what, why, before and after.
    History(history::Arguments),
    /// Take in the history of another system, in a journal of its own. Exit 3: not all of it could be.
    Import(import::Arguments),
    /// Write the exact bytes of the facts, one per line, or the acts on dossiers as an event log (CSV, OCEL 2.0).
    Export(export::Arguments),
    /// Fill the read models anew beside the ones in use, then switch.
    Rebuild(rebuild::Arguments),
    /// Write all read models as they were at some time into one new file.
    Replay(replay::Arguments),
    /// Print what changed between two instants: phase, due date, handler, office, and by which facts.
    Diff(diff::Arguments),
    /// Check the journal, and with --replay the read models against it. Exit 0 good, 1 differs, 2 set back
    /// or forked (evidence kept), 3 cannot check.
    Verify(verify::Arguments),
    /// Check a dossier's receipt without a network.
    Receipt(receipt::Arguments),
    /// Copy somebody else's published log and prove it as it comes; `serve` opens the copy read-only. Exit 0 good, 1 bad
    /// proof or signature, 2 set back or forked (evidence kept), 3 cannot check.
    Mirror(mirror::Arguments),
    /// Follow many offices' logs and answer for all of them: statistics added up, every dossier by its code.
    Rollup(rollup::Arguments),
    /// Bring back entries that were signed and lost, from a mirror; stop the node first. Exit codes as for `mirror`.
    Recover(recover::Arguments),
    /// Close offices by a decision and move what they have to those that take over. Exit 0 done, 1 refused, 3 not all moved
    /// yet.
    Reorganise(reorganise::Arguments),
    /// Copy everything but the keys into one folder, beside a running node; made again, it carries only what is new.
    Backup(backup::Arguments),
    /// Make a backup into a node's data again, on SQLite or PostgreSQL. Exit codes of --verify as for `verify`.
    Restore(restore::Arguments),
    /// Make the tables or bring them up to this program's format, as the role that owns them; and give others the rights to serve
    /// or to read.
    Migrate(migrate::Arguments),
    /// Move a journal with all that belongs to it to another place or kind of database, unchanged. Exit 3: it went on meanwhile,
    /// copy again.
    Copy(copy::Arguments),
    /// Print a sign-in token of this office's own issuer.
    Token(token::Arguments),
    /// Keys for machines that ask or act here: add, list, revoke.
    Key(key::Arguments),
    /// Destroy the personal data of finished dossiers whose time is over, by class of record. Exit 0 done, 1 refused.
    Erase(erase::Arguments),
    /// The keys that wrap the keys of personal data: list them, change to the next, destroy an old one.
    Vault(vault::Arguments),
    /// Who is told of what happens: add a receiver, see what was sent, send it again.
    Webhook(webhook::Arguments),
    /// Who signs this log: show it, or move it to this node.
    Signer(signer::Arguments),
    /// Witness the logs of other offices: cosign what continues, keep evidence of what does not.
    Witness(witness::Arguments),
    /// Try an attack on a copy of the data, and see whether it is found. Exit 0 when it was.
    Drill(drill::Arguments),
    /// Print every setting of `serve` as it would be here, and where each comes from; secrets are not shown. Takes what `serve`
    /// takes.
    Config(serve::Arguments),
    /// Check everything around this node and say what to do.
    Doctor(doctor::Arguments),
}

/// A command that was not understood (`EX_USAGE` of sysexits.h); 2 is a log that was set back or forked.
const USAGE: u8 = 64;

/// Runs the program; errors are printed with their causes and what to do.
#[must_use]
pub fn run() -> ExitCode {
    log();
    leave_quietly_when_nobody_reads();
    let matches = Arguments::command().try_get_matches();
    let understood =
        matches.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (arguments, matches) = match understood {
        Ok(understood) => understood,
        Err(told) => {
            // Nobody reads: nothing to do about it.
            let _ = told.print();
            return if told.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match arguments.what {
            What::Init(arguments) => init::run(arguments).await,
            What::Serve(arguments) => serve::run(arguments).await,
            What::Demo(arguments) => demo::run(arguments).await,
            What::Schema => schema::run(),
            What::History(arguments) => history::run(arguments).await,
            What::Import(arguments) => import::run(arguments).await,
            What::Export(arguments) => export::run(arguments).await,
            What::Rebuild(arguments) => rebuild::run(arguments).await,
            What::Replay(arguments) => replay::run(arguments).await,
            What::Diff(arguments) => diff::run(arguments).await,
            What::Verify(arguments) => verify::run(arguments).await,
            What::Receipt(arguments) => Ok(receipt::run(arguments)),
            What::Mirror(arguments) => mirror::run(arguments).await,
            What::Rollup(arguments) => rollup::run(arguments).await,
            What::Recover(arguments) => recover::run(arguments).await,
            What::Reorganise(arguments) => reorganise::run(arguments).await,
            What::Backup(arguments) => backup::run(arguments).await,
            What::Restore(arguments) => restore::run(arguments).await,
            What::Migrate(arguments) => migrate::run(arguments).await,
            What::Copy(arguments) => copy::run(arguments).await,
            What::Token(arguments) => token::run(arguments).await,
            What::Key(arguments) => key::run(arguments).await,
            What::Erase(arguments) => erase::run(arguments).await,
            What::Vault(arguments) => vault::run(arguments).await,
            What::Webhook(arguments) => webhook::run(arguments).await,
            What::Signer(arguments) => signer::run(arguments).await,
            What::Witness(arguments) => witness::run(arguments).await,
            What::Drill(arguments) => drill::run(arguments).await,
            What::Config(_) => Ok(config::run(&matches)),
            What::Doctor(arguments) => doctor::run(arguments).await,
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    done.unwrap_or_else(|error| {
        if error.chain().any(is_broken_pipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// To standard error, in colours for a terminal only, or with `MOTCUA_LOG_FORMAT=json` one JSON object a line. Each request is
/// told with `MOTCUA_LOG=motcua=info,motcua::request=debug`. The databases' remarks on slow statements are for developers: they
/// speak with `MOTCUA_LOG=sqlx::query=warn`.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MOTCUA_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("warn,motcua=info,sqlx::query=error")
    });
    let plain = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::env::var_os("MOTCUA_LOG_FORMAT").is_some_and(|format| format == "json") {
        subscriber.json().flatten_event(true).init();
    } else {
        let coloured = std::io::stderr().is_terminal() && !plain;
        subscriber.with_ansi(coloured).init();
    }
}

/// `motcua history CODE | head` ends when `head` has seen enough, as every program does; printing would panic.
fn leave_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let told = panic.payload_as_str().unwrap_or_default();
        if told.starts_with("failed printing to stdout") && told.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let written = error
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>();
    written.or(json.and_then(serde_json::Error::io_error_kind))
        == Some(std::io::ErrorKind::BrokenPipe)
}
