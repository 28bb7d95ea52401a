//! The house rules that no compiler checks, read from the source text of `src/`.

mod paths;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use self::paths::{inline_modules, mentions};
use self::tokens::{Token, tokens};

/// Each room and the rooms it may use; see ARCHITECTURE.md. `cli` wires everything together.
const ARROWS: [(&str, &[&str]); 20] = [
    ("config", &[]),
    ("domain", &[]),
    ("tlog", &[]),
    ("outside", &[]),
    ("databases", &[]),
    ("vault", &["domain", "databases"]),
    ("journal", &["domain", "tlog", "databases"]),
    ("acts", &["domain", "tlog", "vault", "journal"]),
    (
        "integrity",
        &["domain", "tlog", "outside", "databases", "journal"],
    ),
    ("projections", &["domain", "databases", "journal"]),
    (
        "reactions",
        &[
            "domain",
            "outside",
            "databases",
            "vault",
            "journal",
            "acts",
            "projections",
            "ports",
        ],
    ),
    (
        "copies",
        &[
            "domain",
            "databases",
            "vault",
            "journal",
            "acts",
            "integrity",
            "reactions",
        ],
    ),
    ("imports", &["domain", "acts"]),
    (
        "api",
        &[
            "config",
            "domain",
            "tlog",
            "outside",
            "vault",
            "journal",
            "acts",
            "integrity",
            "projections",
            "papers",
            "ports",
        ],
    ),
    ("papers", &["domain"]),
    ("ports", &["domain"]),
    (
        "web",
        &["domain", "tlog", "integrity", "projections", "api"],
    ),
    (
        "rollup",
        &[
            "domain",
            "journal",
            "acts",
            "vault",
            "integrity",
            "projections",
            "api",
            "web",
        ],
    ),
    ("scenario", &["domain", "acts"]),
    (
        "cli",
        &[
            "config",
            "domain",
            "tlog",
            "outside",
            "databases",
            "vault",
            "journal",
            "acts",
            "integrity",
            "projections",
            "reactions",
            "copies",
            "imports",
            "api",
            "papers",
            "ports",
            "web",
            "rollup",
            "scenario",
        ],
    ),
];

/// Rooms without input and output.
const PURE: [&str; 4] = ["domain", "tlog", "papers", "ports"];
const IMPURE_CRATES: [&str; 4] = ["sqlx", "tokio", "axum", "async_graphql"];

/// Rooms in which a new event or state must stop the compiler wherever it matters.
const NO_WILDCARDS: [&str; 2] = ["domain", "projections"];

const LINES_MAX: usize = 500;

/// What the articles behind the scenarios report. The program has to arrive at these, not know them.
const FIGURES: [u32; 16] = [
    1594, 1559, 1553, 17331, 17268, 17257, 18925, 61387, 61283, 61257, 20018, 3246, 6467, 1059,
    1050, 89626,
];
const FIGURES_IN: [&str; 8] = ["rs", "sql", "html", "txt", "json", "toml", "csv", "graphql"];

#[test]
fn every_room_uses_only_the_rooms_its_line_allows() {
    then_nothing_is_found(all_files("rs").iter().flat_map(forbidden_arrows));
}

#[test]
fn pure_rooms_name_no_crate_that_does_input_and_output() {
    then_nothing_is_found(all_files("rs").iter().flat_map(impure_crates));
}

#[test]
fn no_wildcard_arm_hides_a_new_event() {
    then_nothing_is_found(all_files("rs").iter().flat_map(wildcard_arms));
}

#[test]
fn no_file_outgrows_its_reader() {
    then_nothing_is_found(all_files("rs").iter().filter_map(too_long));
}

#[test]
fn nothing_is_left_to_do_later() {
    then_nothing_is_found(all_files("rs").iter().flat_map(left_undone));
}

#[test]
fn no_figure_of_an_article_stands_in_the_program() {
    let files = FIGURES_IN.into_iter().flat_map(all_files);
    then_nothing_is_found(files.collect::<Vec<_>>().iter().flat_map(article_figures));
}

/// One file below `src/`.
struct Source {
    /// Below `src/`, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// `domain` for `domain/time.rs`; none for `lib.rs` and `main.rs`, which declare and wire.
    fn room(&self) -> Option<&str> {
        let room = self.path.split('/').next().unwrap_or_default();
        let room = room.strip_suffix(".rs").unwrap_or(room);
        (!matches!(room, "lib" | "main")).then_some(room)
    }

    fn is_in(&self, rooms: &[&str]) -> bool {
        self.room().is_some_and(|room| rooms.contains(&room))
    }

    /// 1 for `domain/mod.rs` and `config.rs`, 2 for `domain/time.rs` and `domain/dossier/mod.rs`.
    fn depth(&self) -> usize {
        let module = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        module.split('/').count()
    }

    fn found(&self, line: usize, what: &str) -> String {
        format!("src/{}:{line}: {what}", self.path)
    }

    #[cfg(test)]
    fn given(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }
}

fn all_files(extension: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder below src/ can be listed") {
            let path = entry.expect("an entry of a folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let read = |path: PathBuf| Source {
        text: fs::read_to_string(&path).expect("a text file below src/ is UTF-8"),
        path: path
            .strip_prefix(&root)
            .expect("the walk started at src/")
            .to_string_lossy()
            .replace('\\', "/"),
    };
    paths.into_iter().map(read).collect()
}

#[track_caller]
fn then_nothing_is_found(findings: impl Iterator<Item = String>) {
    let findings: Vec<String> = findings.collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

fn forbidden_arrows(file: &Source) -> Vec<String> {
    let Some(room) = file.room() else {
        return Vec::new();
    };
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
        return vec![file.found(
            1,
            "a room without a line in ARROWS (tests/suite/tidy/mod.rs)",
        )];
    };
    mentions(&tokens(&file.text), file.depth())
        .into_iter()
        .filter(|mention| ARROWS.iter().any(|(name, _)| *name == mention.room))
        .filter(|mention| mention.room != room && !allowed.contains(&mention.room.as_str()))
        .map(|mention| {
            file.found(
                mention.line,
                &format!("{room} may not use {}", mention.room),
            )
        })
        .collect()
}

fn impure_crates(file: &Source) -> Vec<String> {
    if !file.is_in(&PURE) {
        return Vec::new();
    }
    tokens(&file.text)
        .into_iter()
        .filter(|token| IMPURE_CRATES.contains(&token.text.as_str()))
        .map(|token| file.found(token.line, &format!("{} in a pure room", token.text)))
        .collect()
}

/// `_ =>` and `(_, _) =>` outside tests, unless this line or the one above says `// foreign: why`.
fn wildcard_arms(file: &Source) -> Vec<String> {
    if !file.is_in(&NO_WILDCARDS) {
        return Vec::new();
    }
    let all = tokens(&file.text);
    let inline = inline_modules(&all);
    let lines: Vec<&str> = file.text.lines().collect();
    let excused = |line: usize| {
        (line.saturating_sub(2)..line).any(|index| lines[index].contains("// foreign: "))
    };
    (0..all.len())
        .filter(|at| all[*at].text == "=>" && is_catch_all(&all[..*at]))
        .filter(|at| !inline[*at].iter().any(|name| name == "tests"))
        .map(|at| all[at].line)
        .filter(|line| !excused(*line))
        .map(|line| {
            file.found(
                line,
                "a wildcard arm; name the variants, or say `// foreign: why`",
            )
        })
        .collect()
}

/// Whether the pattern that ends here is `_` or a tuple of nothing but `_`.
fn is_catch_all(before: &[Token]) -> bool {
    let mut backwards = before.iter().rev().map(|token| token.text.as_str());
    match backwards.next() {
        Some("_") => matches!(backwards.next(), None | Some("{" | "}" | ",")),
        Some(")") => {
            let inside = backwards.by_ref().take_while(|text| *text != "(");
            inside.into_iter().all(|text| matches!(text, "_" | ","))
                && matches!(backwards.next(), None | Some("{" | "}" | ","))
        }
        _ => false,
    }
}

fn too_long(file: &Source) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > LINES_MAX).then(|| file.found(lines, &format!("more than {LINES_MAX} lines")))
}

fn left_undone(file: &Source) -> Vec<String> {
    tokens(&file.text)
        .windows(2)
        .filter(|pair| matches!(pair[0].text.as_str(), "todo" | "unimplemented" | "dbg"))
        .filter(|pair| pair[1].text == "!")
        .map(|pair| file.found(pair[0].line, &format!("{}!", pair[0].text)))
        .collect()
}

/// Figures however they are written: `1594`, `1_594_u32`, "1,594", "1.594"; comments count too.
fn article_figures(file: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for word in line.split(|letter: char| !letter.is_alphanumeric() && !"_.,".contains(letter))
        {
            let word = word.trim_matches(|letter| "_.,".contains(letter));
            let plain: String = word
                .chars()
                .filter(|letter| !"_.,".contains(*letter))
                .collect();
            let digits =
                plain
                    .find(|letter: char| !letter.is_ascii_digit())
                    .map_or(plain.as_str(), |at| match &plain[at..] {
                        "i32" | "i64" | "u16" | "u32" | "u64" | "usize" => &plain[..at],
                        _ => "",
                    });
            if digits.parse().is_ok_and(|number| FIGURES.contains(&number)) {
                findings.push(file.found(index + 1, &format!("{word} is a figure of an article")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{
        Source, article_figures, forbidden_arrows, impure_crates, left_undone, too_long,
        wildcard_arms,
    };

    #[test]
    fn a_forbidden_arrow_is_found() {
        let file = Source::given("projections/tracking.rs", "\nuse crate::vault::Part;");
        assert_eq!(
            forbidden_arrows(&file),
            ["src/projections/tracking.rs:2: projections may not use vault"]
        );
        let file = Source::given("acts/writer.rs", "use crate::vault::Part;");
        assert!(forbidden_arrows(&file).is_empty());
    }

    #[test]
    fn an_unknown_room_is_found() {
        assert_eq!(forbidden_arrows(&Source::given("attic.rs", "")).len(), 1);
    }

    #[test]
    fn an_impure_crate_in_a_pure_room_is_found() {
        assert_eq!(
            impure_crates(&Source::given("tlog/tile.rs", "sqlx::query(x)")).len(),
            1
        );
        assert_eq!(
            impure_crates(&Source::given("api/log.rs", "sqlx::query(x)")).len(),
            0
        );
    }

    #[test]
    fn a_wildcard_arm_is_found_unless_it_says_why_or_stands_in_a_test() {
        #[track_caller]
        fn then_found(text: &str, expected: usize) {
            let file = Source::given("domain/dossier.rs", text);
            assert_eq!(wildcard_arms(&file).len(), expected, "{text}");
        }
        then_found("match x { A => 1, _ => 2 }", 1);
        then_found("match x { (A, _) => 1, (_, _) => 2 }", 1);
        then_found("match x { A(_) => 1, B { .. } => 2 }", 0);
        then_found("match x { 1 => a, _ => b } // foreign: a number", 0);
        then_found("match x {\n 1 => a,\n // foreign: a number\n _ => b }", 0);
        then_found("mod tests { fn f() { match x { A => 1, _ => 2 } } }", 0);
    }

    #[test]
    fn an_overlong_file_and_unfinished_work_are_found() {
        assert!(too_long(&Source::given("lib.rs", &"\n".repeat(501))).is_some());
        assert!(too_long(&Source::given("lib.rs", &"\n".repeat(500))).is_none());
        assert_eq!(
            left_undone(&Source::given("lib.rs", "fn f() { todo!() }")).len(),
            1
        );
    }

    #[test]
    fn a_figure_is_found_however_it_is_written() {
        for text in [
            "1594",
            "x(1_594_u32)",
            "\"1,594\"",
            "// 1.594.",
            "[1, 89626]",
        ] {
            assert_eq!(
                article_figures(&Source::given("a.rs", text)).len(),
                1,
                "{text}"
            );
        }
        for text in ["15940", "a1594b", "1, 594", "Article 594"] {
            assert_eq!(
                article_figures(&Source::given("a.rs", text)).len(),
                0,
                "{text}"
            );
        }
    }
}
