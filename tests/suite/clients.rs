//! Clients and servers of others, from `tests/clients`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use motcua::domain::actor::{Actor, NO_OFFICE, Role};

use crate::door::ground::{Door, given_an_office};
use crate::office;

/// Where they are, installed once; `None` where there is no Node, or its packages cannot be fetched.
pub fn folder(package: &str) -> Option<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().expect("nobody panicked");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program)
            .args(arguments)
            .current_dir(&folder)
            .output();
        done.is_ok_and(|output| output.status.success())
    };
    let installed = || folder.join("node_modules").join(package).exists();
    let there = run("node", &["--version"])
        && (installed()
            || run(
                "npm",
                &["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            ));
    there.then_some(folder)
}

/// Where Python's packages are, installed once; `None` where they cannot be.
pub fn python() -> Option<PathBuf> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().expect("nobody panicked");
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/requirements.txt");
    let text = std::fs::read(&wanted).expect("the list of packages");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let (program, installed) = (folder.join("bin/python3"), folder.join("installed"));
    if std::fs::read(&installed).is_ok_and(|known| known == text) {
        return Some(program);
    }
    let run = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
        && run(Command::new(&program)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(&wanted));
    made.then(|| std::fs::write(installed, text).expect("written"))?;
    Some(program)
}

/// What a script is given: a server, a receiver's and an auditor's tokens, an office and a procedure.
async fn given(name: &str) -> Option<(Door, PathBuf, Vec<String>)> {
    let Some(folder) = folder("graphql-ws") else {
        eprintln!("skipped: no Node, or its packages cannot be fetched");
        return None;
    };
    let door = given_an_office().await;
    let token = |actor: &Actor| door.api.sign_in.issue(actor, Duration::from_mins(10));
    let auditor = Actor::new("auditor-01", NO_OFFICE, Role::Auditor);
    let arguments = vec![
        name.to_owned(),
        format!("{}/graphql", door.base),
        token(&office::actor(Role::Receiver)),
        token(&auditor),
        office::OFFICE.to_owned(),
        office::PROCEDURE.to_owned(),
    ];
    Some((door, folder, arguments))
}

/// Runs a script to its end; it must be content.
async fn then_content(program: PathBuf, folder: PathBuf, arguments: Vec<String>) {
    let run = move || {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).output()
    };
    let output = tokio::task::spawn_blocking(run)
        .await
        .expect("no panic")
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{failed}");
    assert!(!told.is_empty());
    println!("{}", told.trim_end());
}

async fn by_node(name: &str) {
    if let Some((_door, folder, arguments)) = given(name).await {
        then_content("node".into(), folder, arguments).await;
    }
}

async fn by_python(name: &str) {
    let Some((_door, folder, arguments)) = given(name).await else {
        return;
    };
    match tokio::task::spawn_blocking(python).await.expect("no panic") {
        Some(program) => then_content(program, folder, arguments).await,
        None => eprintln!("skipped: Python's packages cannot be fetched"),
    }
}

/// With the schema as it is committed, and whatever else.
async fn on_the_schema(name: &str, further: &[&str]) {
    let Some(folder) = folder("graphql-ws") else {
        eprintln!("skipped: no Node, or its packages cannot be fetched");
        return;
    };
    let own = [name, "../../schema.graphql"];
    let arguments = own.iter().chain(further);
    let arguments = arguments.map(|&argument| argument.to_owned()).collect();
    then_content("node".into(), folder, arguments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn apollo_asks_pages_commands_and_reads_errors() {
    by_node("apollo.js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn urql_asks_pages_commands_and_reads_errors() {
    by_node("urql.js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_ws_graphql_sse_apollo_and_urql_follow() {
    by_node("subscriptions.js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pythons_gql_asks_and_commands() {
    by_python("gql_client.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pythons_gql_follows() {
    by_python("gql_subscriptions.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relays_compiler_takes_the_schema() {
    on_the_schema("relay.js", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_types_compile() {
    on_the_schema("codegen.js", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_breaks_nobody_who_uses_the_released_one() {
    on_the_schema(
        "inspector.js",
        &["released.graphql", "../../src/web/queries", "documents"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_do_what_they_say() {
    let Some((mut door, folder, mut arguments)) = given("examples.js").await else {
        return;
    };
    let Some(python) = tokio::task::spawn_blocking(python).await.expect("no panic") else {
        eprintln!("skipped: Python's packages cannot be fetched");
        return;
    };
    // One of them takes the receipt of the dossier that was there before.
    door.seal().await;
    let programs = [
        ("--motcua", env!("CARGO_BIN_EXE_motcua").to_owned()),
        ("--python", python.display().to_string()),
    ];
    for (name, value) in programs {
        arguments.extend([name.to_owned(), value]);
    }
    then_content("node".into(), folder, arguments).await;
}

/// As nobody and as every role at once for `MOTCUA_FUZZ_SECONDS`, with a seed of its own or `MOTCUA_FUZZ_SEED`; without
/// them a short run as three, always the same.
#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_fault_and_no_leak() {
    let Some((door, folder, _)) = given("fuzz.py").await else {
        return;
    };
    let Some(python) = tokio::task::spawn_blocking(python).await.expect("no panic") else {
        eprintln!("skipped: Python's packages cannot be fetched");
        return;
    };
    let long = std::env::var("MOTCUA_FUZZ_SECONDS").ok();
    let seed = std::env::var("MOTCUA_FUZZ_SEED").unwrap_or_else(|_| match long {
        Some(_) => (office::id().as_u128() % 1_000_000).to_string(),
        None => "1".to_owned(),
    });
    let short = [Role::Receiver, Role::Auditor];
    let people = Role::ALL.into_iter().filter(|role| *role != Role::System);
    let people = people.filter(|role| long.is_some() || short.contains(role));
    let token = |role: Role| {
        let office = match role {
            Role::Auditor | Role::Admin => NO_OFFICE,
            _ => office::OFFICE,
        };
        let actor = Actor::new(format!("{}-01", role.name()), office, role);
        door.api.sign_in.issue(&actor, Duration::from_hours(1))
    };
    let callers = people.map(|role| format!("{}={}", role.name(), token(role)));
    let mut arguments = vec![
        "fuzz.py".to_owned(),
        format!("{}/graphql", door.base),
        long.clone().unwrap_or_else(|| "12".to_owned()),
        seed,
    ];
    arguments.extend(callers);
    then_content(python, folder, arguments).await;
}
