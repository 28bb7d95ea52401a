//! Just enough of Rust's lexical rules to read source text without its comments and strings.

/// A word, number or sign of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// `::` and `=>` are one token each; every other sign stands alone. Numbers keep `_` and suffix.
    pub text: String,
    /// From 1.
    pub line: usize,
}

/// Splits source text into tokens; comments, strings, characters and lifetimes are left out.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader {
        rest: source,
        line: 1,
    };
    let mut found = Vec::new();
    while let Some(first) = reader.rest.chars().next() {
        let line = reader.line;
        let length = reader.skipped_length(first);
        if length > 0 {
            reader.take(length);
            continue;
        }
        let length = if is_word(first) {
            word_length(reader.rest)
        } else if reader.rest.starts_with("::") || reader.rest.starts_with("=>") {
            2
        } else {
            first.len_utf8()
        };
        let text = reader.take(length).to_owned();
        found.push(Token { text, line });
    }
    found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Bytes of the white space, comment, string, character or lifetime that starts here; else 0.
    fn skipped_length(&self, first: char) -> usize {
        if first.is_whitespace() {
            first.len_utf8()
        } else if self.rest.starts_with("//") {
            self.rest.find('\n').unwrap_or(self.rest.len())
        } else if self.rest.starts_with("/*") {
            block_comment_length(self.rest)
        } else if first == '\'' {
            quote_length(self.rest)
        } else {
            string_length(self.rest)
        }
    }
}

fn is_word(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

fn word_length(text: &str) -> usize {
    text.find(|letter| !is_word(letter)).unwrap_or(text.len())
}

fn block_comment_length(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text.as_bytes()[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if text.as_bytes()[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// A character such as `'a'` or `'\n'`, or a lifetime such as `'a`.
fn quote_length(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((escaped, letter))) => {
            let after = escaped + letter.len_utf8();
            text[after..]
                .find('\'')
                .map_or(text.len(), |end| after + end + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1 + word_length(&text[1..]),
    }
}

/// A string with any prefix (`b`, `c`, `r`, `br`, `cr`) and hashes; 0 when none starts here.
fn string_length(text: &str) -> usize {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = text.strip_prefix(prefix).unwrap_or_default();
        let hashes = after.trim_start_matches('#');
        hashes.starts_with('"') && (prefix.ends_with('r') || hashes.len() == after.len())
    });
    let Some(prefix) = prefix else { return 0 };
    let after = &text[prefix.len()..];
    let hashes = after.find('"').unwrap_or(0);
    let start = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return text[start..]
            .find(&end)
            .map_or(text.len(), |at| start + at + end.len());
    }
    let mut escaped = false;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            '"' if !escaped => return start + at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[test]
fn comments_strings_characters_and_lifetimes_are_not_tokens() {
    let source = r##"
        // crate::a "
        /* crate::b /* nested */ */ let x: &'a str = "crate::c \" \\"; let y = b"d";
        let z = r#"crate::"e" "#; let q = ['"', '\'', '\u{1F600}', 'đ']; _ => 1_594_u32
    "##;
    let texts: Vec<String> = tokens(source).into_iter().map(|token| token.text).collect();
    assert_eq!(
        texts.join(" "),
        "let x : & str = ; let y = ; let z = ; let q = [ , , , ] ; _ => 1_594_u32"
    );
}

#[test]
fn a_token_knows_its_line() {
    let lines: Vec<usize> = tokens("a /* \n\n */ b \"\n\" c")
        .into_iter()
        .map(|token| token.line)
        .collect();
    assert_eq!(lines, [1, 3, 4]);
}
