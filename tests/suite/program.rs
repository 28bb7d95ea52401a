//! The program as an operator meets it: its own binary, what it prints and how it exits.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A live journal opened by `motcua init`, in a folder of its own.
struct Place {
    data: tempfile::TempDir,
    keys: tempfile::TempDir,
}

const OFFICE: &str = "H38.40.01";

fn given_a_live_journal() -> Place {
    let place = given_an_empty_place();
    let opened = place.run(&["init", "--office", OFFICE, "--name", "Bộ phận Một cửa"]);
    assert!(opened.status.success(), "{}", told(&opened));
    place
}

fn given_an_empty_place() -> Place {
    Place {
        data: tempfile::tempdir().expect("a folder"),
        keys: tempfile::tempdir().expect("a folder"),
    }
}

impl Place {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command
            .args(arguments)
            .env("MOTCUA_DATA", self.data.path())
            .env("MOTCUA_KEYS", self.keys.path())
            .env_remove("MOTCUA_LOG")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    fn journal(&self) -> std::path::PathBuf {
        self.data.path().join("journal.db")
    }
}

/// What it said on standard error.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    let told = told(output);
    assert!(!output.status.success() && told.contains(words), "{told}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_token_is_issued_for_people_and_for_offices_of_the_journal_only() {
    let place = given_a_live_journal();
    let token = |role: &str, office: &str| {
        place.run(&[
            "token",
            "--actor",
            "person-01",
            "--role",
            role,
            "--office",
            office,
        ])
    };
    assert!(token("receiver", OFFICE).status.success());
    assert!(token("auditor", "*").status.success());
    refused(
        &token("receiver", "H99.99"),
        "knows no office H99.99; it knows H38.40.01",
    );
    refused(&token("receiver", "nowhere"), "--office nowhere");
    refused(&token("receiver", "*"), "works for an office");
    refused(&token("system", "*"), "the program's own role");
    refused(&token("king", "*"), "one of applicant, receiver");
    let named = ["token", "--role", "auditor", "--actor", "nguyenvana"];
    refused(&place.run(&named), "is not an actor id");
    let elsewhere = Path::new("/nowhere");
    let mut lost = place.command(&[
        "token", "--actor", "a-1", "--role", "clerk", "--office", OFFICE,
    ]);
    let lost = lost.env("MOTCUA_DATA", elsewhere).output();
    refused(
        &lost.expect("the program runs"),
        "--office is looked up in the journal",
    );
}

#[test]
fn an_export_that_is_read_in_part_ends_quietly_and_one_beyond_the_end_says_so() {
    let place = given_a_live_journal();
    for arguments in [&["export"][..], &["schema"], &["doctor"]] {
        let mut command = place.command(arguments);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().expect("the program runs");
        drop(running.stdout.take());
        let ended = running.wait_with_output().expect("it ends");
        assert_eq!(told(&ended), "", "{arguments:?}");
        assert!(ended.status.success(), "{arguments:?}");
    }
    let whole = place.run(&["export"]);
    let facts = String::from_utf8_lossy(&whole.stdout).lines().count();
    assert!(facts > 30 && whole.stderr.is_empty());
    let beyond = place.run(&["export", "--since", &facts.to_string()]);
    assert!(beyond.status.success() && beyond.stdout.is_empty());
    assert!(told(&beyond).contains(&format!("the journal holds {facts} facts")));
}

#[test]
fn a_file_that_is_no_journal_is_called_so_and_left_alone() {
    let place = given_a_live_journal();
    let rubbish = "not a database, however long it may be ".repeat(200);
    std::fs::write(place.journal(), &rubbish).expect("the file is written");
    for suffix in ["-wal", "-shm"] {
        let beside = place
            .journal()
            .with_file_name(format!("journal.db{suffix}"));
        std::fs::remove_file(beside).ok();
    }
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["export"],
        &["rebuild"],
        &["init", "--office", OFFICE, "--name", "X"],
    ] {
        let output = place.run(arguments);
        refused(&output, "journal.db is not a journal");
        assert!(
            told(&output).contains("Bring the file back"),
            "{arguments:?}"
        );
        assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    }
    let checked = place.run(&["verify"]);
    assert_eq!(checked.status.code(), Some(3));
    let looked = String::from_utf8(place.run(&["doctor"]).stdout).expect("text");
    assert!(looked.contains("is not a journal") && !looked.contains("motcua init"));
    let left = std::fs::read_to_string(place.journal()).expect("the file");
    assert_eq!(left, rubbish);
    let empty = given_an_empty_place();
    refused(
        &empty.run(&["serve", "--listen", "127.0.0.1:0"]),
        "`motcua init` opens a live journal",
    );
}

#[test]
fn a_taken_port_is_told_before_anything_is_filled() {
    let place = given_a_live_journal();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for arguments in [&["serve"][..], &["demo"]] {
        let elsewhere = given_an_empty_place();
        let place = if arguments == ["demo"] {
            &elsewhere
        } else {
            &place
        };
        let output = place.run(&[arguments, &["--listen", &address]].concat());
        refused(&output, &format!("{address} is in use by another program"));
        assert!(!told(&output).contains("read models"), "{}", told(&output));
        let filled = std::fs::read_dir(place.data.path()).expect("the folder");
        let mut names = filled.flatten().map(|file| file.file_name());
        assert!(!names.any(|name| name.to_string_lossy().starts_with("read-")));
    }
}

#[test]
fn a_service_key_is_made_listed_and_taken_back_and_its_secret_is_shown_once() {
    let place = given_a_live_journal();
    let add = |name: &str, role: &str, office: &str, scopes: &str| {
        let who = ["--name", name, "--role", role, "--office", office];
        place.run(&[&["key", "add"][..], &who, &["--scope", scopes]].concat())
    };
    let made = add("roll-up-01", "auditor", "*", "read,act:rateService");
    assert!(made.status.success(), "{}", told(&made));
    let secret = String::from_utf8_lossy(&made.stdout).trim().to_owned();
    assert!(secret.starts_with("motcua_sk_") && !told(&made).contains(&secret));
    let listed = || {
        let listed = place.run(&["key", "list"]);
        assert!(listed.status.success(), "{}", told(&listed));
        String::from_utf8_lossy(&listed.stdout).into_owned()
    };
    let list = listed();
    assert!(list.starts_with("roll-up-01") && list.trim().ends_with("read,act:rateService"));
    assert!(!list.contains(&secret));
    refused(
        &add("roll-up-01", "auditor", "*", "read"),
        "a key of this name",
    );
    refused(
        &add("roll-up-02", "auditor", "*", "act:nothing"),
        "no mutation nothing",
    );
    refused(&add("roll-up-02", "auditor", "*", "write"), "is no scope");
    refused(&add("roll-up-02", "receiver", "*", "read"), "--office CODE");
    refused(
        &add("roll-up-02", "receiver", "H99.99", "read"),
        "knows no office",
    );
    refused(
        &add("roll-up-02", "system", "*", "read"),
        "nobody signs in as it",
    );
    refused(&add("roll-up-02", "applicant", "*", "read"), "signs in");
    refused(&add("rollup", "auditor", "*", "read"), "not an actor id");
    let revoke = || place.run(&["key", "revoke", "roll-up-01"]);
    assert!(revoke().status.success());
    refused(&revoke(), "no key of this name");
    assert_eq!(listed(), "");
}

#[test]
fn what_is_logged_to_a_file_has_no_colours() {
    let place = given_a_live_journal();
    let rebuilt = place.run(&["rebuild"]);
    assert!(rebuilt.status.success(), "{}", told(&rebuilt));
    let read = std::fs::read_dir(place.data.path())
        .expect("the folder")
        .flatten();
    let name = |file: &std::fs::DirEntry| file.file_name().to_string_lossy().into_owned();
    let is_file = |path: &Path| path.extension().is_some_and(|kind| kind == "db");
    let read = read.filter(|file| name(file).starts_with("read-") && is_file(&file.path()));
    for file in read {
        std::fs::write(file.path(), "damaged").expect("the file is written");
    }
    let mut served = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let served = served.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut served = served.expect("the program runs");
    let mut lines = std::io::BufReader::new(served.stdout.take().expect("a pipe")).lines();
    let begun = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("Serving")));
    assert!(begun.is_some(), "it serves");
    served.kill().expect("it is stopped");
    let ended = served.wait_with_output().expect("it ends");
    let told = told(&ended);
    assert!(told.contains("moved aside"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn the_recount_says_in_one_line_what_it_was_not_given() {
    let recount = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recount.py");
    let folder = tempfile::tempdir().expect("a folder");
    for (input, why) in [
        ("not JSON\n", "line 1 is not a fact"),
        ("[1]\n", "line 1 is not a fact"),
        ("", "no facts at all"),
        (
            "{\"type\":\"dossier.accepted\",\"data\":{},\"stream\":\"x\"}\n",
            "not as this program knows it",
        ),
    ] {
        let file = folder.path().join("facts.ndjson");
        std::fs::write(&file, input).expect("the file is written");
        let output = Command::new("python3").arg(recount).arg(&file).output();
        let output = output.expect("Python runs");
        refused(&output, why);
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    }
}

#[test]
fn config_says_where_each_setting_comes_from_and_shows_no_secret() {
    let place = given_an_empty_place();
    let mut asked = place.command(&["config", "--listen", "127.0.0.1:9", "--signer"]);
    let asked = asked.env("MOTCUA_JOURNAL", "postgres://clerk:s3cret@db/office");
    let said = asked.output().expect("the program runs");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        said.status.success() && !text.contains("s3cret"),
        "{said:?}"
    );
    let line = |option: &str| {
        let mut lines = text.lines().filter(|line| line.starts_with(option));
        lines.next().unwrap_or_default().to_owned()
    };
    assert!(
        line("--listen ").contains("127.0.0.1:9") && line("--listen ").ends_with("command line")
    );
    assert!(line("--signer ").contains("true"), "{text}");
    assert!(
        line("--journal ").contains("not shown") && line("--journal ").ends_with("environment")
    );
    assert!(line("--graphql-depth ").contains("MOTCUA_GRAPHQL_DEPTH"));
    assert!(
        line("--graphql-depth ").ends_with("default") && line("--public-url ").ends_with("not set")
    );
    assert!(!place.data.path().join("journal.db").exists());
}

#[test]
fn each_line_of_the_log_is_json_with_the_name_of_its_request_and_no_address() {
    const NAME: &str = "0192f0c1-2b7c-7d3e-8f10-2b3c4d5e6f70";
    let place = given_a_live_journal();
    let mut served = place.command(&["serve", "--listen", "127.0.0.1:0"]);
    let served = served
        .env("MOTCUA_LOG", "motcua::request=debug")
        .env("MOTCUA_LOG_FORMAT", "json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut served = served.spawn().expect("the program runs");
    let mut lines = std::io::BufReader::new(served.stdout.take().expect("a pipe")).lines();
    let address = lines.find_map(|line| {
        let line = line.expect("a line");
        let (_, rest) = line.split_once("http://")?;
        Some(rest.split(['/', ' ']).next().unwrap_or_default().to_owned())
    });
    let address = address.expect("it serves");
    let ask = |path: &str, name: &str| {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(&address).expect("a connection");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: x\r\nx-request-id: {name}\r\nconnection: close\r\n\r\n"
        )
        .expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    };
    assert!(ask("/livez", NAME).contains(&format!("x-request-id: {NAME}")));
    ask("/t/H38.40.01-261123-0001", "038099000001");
    served.kill().expect("it is stopped");
    let told = told(&served.wait_with_output().expect("it ends"));
    let logged: Vec<serde_json::Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect();
    let of = |route: &str| logged.iter().find(|line| line["route"] == route);
    let live = of("/livez").expect("told");
    assert_eq!(
        (&live["status"], &live["span"]["id"]),
        (&200.into(), &NAME.into())
    );
    let page = of("/t/{code}").expect("told");
    assert!(
        page["span"]["id"].as_str().is_some_and(|id| id.len() == 36),
        "{page}"
    );
    assert!(
        !told.contains("261123") && !told.contains("038099000001"),
        "{told}"
    );
}
