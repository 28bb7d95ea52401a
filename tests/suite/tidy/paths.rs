//! Which rooms a source file names, and where its own modules begin and end.

use super::tokens::Token;

/// A room named in a path that starts at the root of the crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Mention {
    pub room: String,
    /// From 1.
    pub line: usize,
}

/// Every room that the tokens reach by `crate::…` or by a chain of `super::…` up to the root.
///
/// `depth` is how deep the file's module lies below the root: 1 for `domain/mod.rs`, 2 for
/// `domain/time.rs`.
pub fn mentions(tokens: &[Token], depth: usize) -> Vec<Mention> {
    let inline = inline_modules(tokens);
    let mut found = Vec::new();
    for (at, around) in inline.iter().enumerate() {
        let after_root = match text(tokens, at) {
            "crate" if text(tokens, at + 1) == "::" => Some(at + 2),
            "super" if at == 0 || text(tokens, at - 1) != "::" => {
                after_supers(tokens, at, depth + around.len())
            }
            _ => None,
        };
        if let Some(start) = after_root {
            found.extend(heads(tokens, start));
        }
    }
    found
}

/// For every token the names of the inline modules (`mod name { … }`) around it.
pub fn inline_modules(tokens: &[Token]) -> Vec<Vec<String>> {
    let mut around: Vec<(String, usize)> = Vec::new();
    let mut braces = 0;
    let mut all = Vec::with_capacity(tokens.len());
    for at in 0..tokens.len() {
        match text(tokens, at) {
            "{" => {
                braces += 1;
                if at >= 2 && text(tokens, at - 2) == "mod" {
                    around.push((text(tokens, at - 1).to_owned(), braces));
                }
            }
            "}" => {
                around.retain(|(_, opened)| *opened < braces);
                braces -= 1;
            }
            _ => {}
        }
        all.push(around.iter().map(|(name, _)| name.clone()).collect());
    }
    all
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// Where the path goes on after exactly `depth` times `super::`; none when it stays inside.
fn after_supers(tokens: &[Token], start: usize, depth: usize) -> Option<usize> {
    let end = start + 2 * depth;
    (start..end)
        .step_by(2)
        .all(|at| text(tokens, at) == "super" && text(tokens, at + 1) == "::")
        .then_some(end)
}

/// The first names of a path or of a group: `a::b` → a; `{a::{b, c}, d}` → a, d.
fn heads(tokens: &[Token], start: usize) -> Vec<Mention> {
    let mention = |at: usize| Mention {
        room: text(tokens, at).to_owned(),
        line: tokens[at].line,
    };
    if text(tokens, start) != "{" {
        return tokens
            .get(start)
            .map(|_| mention(start))
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    let mut depth = 0;
    for at in start..tokens.len() {
        match text(tokens, at) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && matches!(text(tokens, at - 1), "{" | ",") => {
                found.push(mention(at));
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::{Mention, mentions};

    #[track_caller]
    fn then_rooms(source: &str, depth: usize, expected: &[&str]) {
        let rooms: Vec<String> = mentions(&tokens(source), depth)
            .into_iter()
            .map(|Mention { room, .. }| room)
            .collect();
        assert_eq!(rooms, expected, "{source}");
    }

    #[test]
    fn plain_paths_and_groups_name_their_rooms() {
        then_rooms("use crate::vault::Part;", 1, &["vault"]);
        then_rooms("use crate::{acts::{a, b}, vault};", 1, &["acts", "vault"]);
        then_rooms("let x = crate::journal::append(y);", 1, &["journal"]);
        then_rooms("// crate::vault\nuse std::fmt;", 1, &[]);
    }

    #[test]
    fn a_chain_of_super_names_a_room_only_when_it_reaches_the_root() {
        then_rooms("use super::vault::Part;", 1, &["vault"]);
        then_rooms("use super::vault::Part;", 2, &[]);
        then_rooms("use super::super::vault::Part;", 2, &["vault"]);
        then_rooms(
            "mod tests { use super::super::vault; } use super::acts;",
            1,
            &["vault", "acts"],
        );
    }
}
