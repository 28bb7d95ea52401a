//! How much one request may ask for, counted on the document before it is checked against the schema.
//!
//! Fragments are counted where they are spread, each fragment once: a document whose fragments double each other is
//! refused without being unfolded. Checking against the schema unfolds all of a document, also what is not asked: so all of it counts.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use clap::Args;

/// How much is answered.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Levels of selections in a GraphQL document. The standard introspection query needs 15.
    #[arg(
        long = "graphql-depth",
        value_name = "LEVELS",
        default_value_t = Limits::default().depth,
        env = "MOTCUA_GRAPHQL_DEPTH"
    )]
    pub depth: usize,
    /// Cost of an operation: 1 for each field, a page as many times as it has rows.
    #[arg(
        long = "graphql-complexity",
        value_name = "POINTS",
        default_value_t = Limits::default().complexity,
        env = "MOTCUA_GRAPHQL_COMPLEXITY"
    )]
    pub complexity: usize,
    /// Directives on one field.
    #[arg(
        long = "graphql-directives",
        value_name = "NUMBER",
        default_value_t = Limits::default().directives,
        env = "MOTCUA_GRAPHQL_DIRECTIVES"
    )]
    pub directives: usize,
    /// Fields under another name than their own.
    #[arg(
        long = "graphql-aliases",
        value_name = "NUMBER",
        default_value_t = Limits::default().aliases,
        env = "MOTCUA_GRAPHQL_ALIASES"
    )]
    pub aliases: u64,
    /// Fields of the root.
    #[arg(
        long = "graphql-root-fields",
        value_name = "NUMBER",
        default_value_t = Limits::default().root_fields,
        env = "MOTCUA_GRAPHQL_ROOT_FIELDS"
    )]
    pub root_fields: u64,
    /// Fields of an operation, those of a fragment wherever it is spread.
    #[arg(
        long = "graphql-fields",
        value_name = "NUMBER",
        default_value_t = Limits::default().fields,
        env = "MOTCUA_GRAPHQL_FIELDS"
    )]
    pub fields: u64,
    /// Words and signs of a document.
    #[arg(
        long = "graphql-tokens",
        value_name = "NUMBER",
        default_value_t = Limits::default().tokens,
        env = "MOTCUA_GRAPHQL_TOKENS"
    )]
    pub tokens: usize,
    /// Bytes of a request's body, and of a message of a WebSocket.
    #[arg(long = "graphql-body", value_name = "BYTES", default_value_t = Limits::default().body, env = "MOTCUA_GRAPHQL_BODY")]
    pub body: usize,
    /// Seconds that an operation may take.
    #[arg(
        long = "graphql-seconds",
        value_name = "SECONDS",
        default_value_t = Limits::default().seconds,
        env = "MOTCUA_GRAPHQL_SECONDS"
    )]
    pub seconds: u64,
    /// Operations that go on at once on one WebSocket.
    #[arg(
        long = "graphql-operations",
        value_name = "NUMBER",
        default_value_t = Limits::default().operations,
        env = "MOTCUA_GRAPHQL_OPERATIONS"
    )]
    pub operations: usize,
    /// Streams of events and WebSockets of one node together.
    #[arg(
        long = "graphql-streams",
        value_name = "NUMBER",
        default_value_t = Limits::default().streams,
        env = "MOTCUA_GRAPHQL_STREAMS"
    )]
    pub streams: usize,
    /// Origins whose pages may ask from a browser, `https://tra-cuu.example.org`; none unless told. Give each once, or separated by
    /// commas.
    #[arg(
        long = "cors-origin",
        value_name = "ORIGIN",
        value_delimiter = ',',
        env = "MOTCUA_CORS_ORIGINS"
    )]
    pub origins: Vec<String>,
    /// Answer no questions about the schema itself.
    #[arg(
        long = "graphql-no-introspection",
        env = "MOTCUA_GRAPHQL_NO_INTROSPECTION"
    )]
    pub no_introspection: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 15,
            complexity: 5_000,
            directives: 10,
            aliases: 50,
            root_fields: 20,
            fields: 5_000,
            tokens: 10_000,
            body: 256 * 1024,
            seconds: 10,
            operations: 10,
            streams: 1_000,
            origins: Vec::new(),
            no_introspection: false,
        }
    }
}

/// Brackets inside brackets in the text: the parser calls itself for each.
const NESTING_MAX: usize = 64;

/// Refuses a text that is too long, or would make the parser call itself too often.
pub fn text(query: &str, limits: &Limits) -> Result<(), String> {
    let (mut depth, mut deepest, mut tokens, mut in_word) = (0usize, 0, 0usize, false);
    let mut bytes = query.bytes();
    while let Some(byte) = bytes.next() {
        let of_word = byte.is_ascii_alphanumeric() || byte == b'_';
        let ends_nothing = byte.is_ascii_whitespace() || byte == b',' || byte == b'#';
        if !(ends_nothing || of_word && in_word) {
            tokens += 1;
        }
        in_word = of_word;
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => {
                bytes.by_ref().find(|byte| matches!(byte, b'\n' | b'\r'));
            }
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > NESTING_MAX {
        return Err(format!("brackets are nested more than {NESTING_MAX} deep"));
    }
    if tokens > limits.tokens {
        let max = limits.tokens;
        return Err(format!("the document has more than {max} words and signs"));
    }
    Ok(())
}

/// To the end of a string; of a block string to its first quotation mark, which opens the next one.
fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' | b'\n' => return,
            _ => {}
        }
    }
}

/// Refuses an operation with too many aliases, root fields or fields.
pub fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    limits: &Limits,
) -> Result<(), String> {
    let mut counter = Counter {
        document,
        fragments: HashMap::new(),
    };
    let steps = counter.steps();
    if steps > STEPS_MAX {
        return Err(format!(
            "{steps} selections with those of all fragments where they are spread, at most {STEPS_MAX} are looked at"
        ));
    }
    let count = counter.selections(&operation.selection_set);
    let found_and_max = [
        ("aliases", count.aliases, limits.aliases),
        ("root fields", count.roots, limits.root_fields),
        ("fields", count.fields, limits.fields),
    ];
    if let Some((what, found, max)) = found_and_max
        .into_iter()
        .find(|(_, found, max)| found > max)
    {
        return Err(format!("{found} {what}, at most {max} are answered"));
    }
    // GraphQL §5.2.4.1.
    if operation.ty == OperationType::Subscription && count.roots != 1 {
        return Err("a subscription has one root field".into());
    }
    Ok(())
}

/// Selections of a document, those of a fragment wherever it is spread.
const STEPS_MAX: u64 = 20_000;

#[derive(Clone, Copy, Default)]
struct Count {
    aliases: u64,
    fields: u64,
    /// Fields, fragments and spreads.
    steps: u64,
    /// Fields of the set itself and of the fragments spread in it.
    roots: u64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            aliases: self.aliases.saturating_add(other.aliases),
            fields: self.fields.saturating_add(other.fields),
            steps: self.steps.saturating_add(other.steps),
            roots: self.roots.saturating_add(other.roots),
        }
    }
}

impl Count {
    fn after_a_step(self) -> Self {
        Self {
            steps: self.steps.saturating_add(1),
            ..self
        }
    }
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    /// Counted ones; one that is being counted stands as nothing, so that a cycle ends (validation refuses it).
    fragments: HashMap<&'a str, Count>,
}

impl<'a> Counter<'a> {
    fn selections(&mut self, set: &'a Positioned<SelectionSet>) -> Count {
        let items = set.node.items.iter();
        items.fold(Count::default(), |sum, item| {
            sum.plus(self.selection(&item.node))
        })
    }

    fn selection(&mut self, selection: &'a Selection) -> Count {
        match selection {
            Selection::Field(field) => {
                let inner = self.selections(&field.node.selection_set);
                Count {
                    aliases: inner
                        .aliases
                        .saturating_add(u64::from(field.node.alias.is_some())),
                    fields: inner.fields.saturating_add(1),
                    steps: inner.steps.saturating_add(1),
                    roots: 1,
                }
            }
            Selection::InlineFragment(inline) => {
                self.selections(&inline.node.selection_set).after_a_step()
            }
            Selection::FragmentSpread(spread) => {
                self.spread(&spread.node.fragment_name.node).after_a_step()
            }
        }
    }

    /// What checking the whole document looks at: every operation and every fragment, asked or not.
    fn steps(&mut self) -> u64 {
        let document = self.document;
        let operations = document.operations.iter();
        let operations = operations.map(|(_, operation)| &operation.node.selection_set);
        let fragments = document.fragments.values();
        let fragments = fragments.map(|fragment| &fragment.node.selection_set);
        let all = operations.chain(fragments).collect::<Vec<_>>();
        all.into_iter().fold(0_u64, |sum, set| {
            sum.saturating_add(self.selections(set).steps)
        })
    }

    fn spread(&mut self, name: &str) -> Count {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Count::default();
        };
        if let Some(count) = self.fragments.get(name.as_str()) {
            return *count;
        }
        self.fragments.insert(name, Count::default());
        let FragmentDefinition { selection_set, .. } = &fragment.node;
        let count = self.selections(selection_set);
        self.fragments.insert(name, count);
        count
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[track_caller]
    fn counted(query: &str) -> Result<(), String> {
        let document = async_graphql::parser::parse_query(query).expect("GraphQL");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        check(&document, &operation.node, &Limits::default())
    }

    #[test]
    fn fragments_that_double_each_other_are_refused_at_once() {
        let mut query = "{ a { ...f0 } }".to_owned();
        for level in 0..60 {
            let next = level + 1;
            write!(
                query,
                " fragment f{level} on T {{ b {{ ...f{next} }} c {{ ...f{next} }} }}"
            )
            .expect("text");
        }
        query.push_str(" fragment f60 on T { d }");
        let refused = counted(&query).expect_err("too many");
        assert!(refused.contains("selections"), "{refused}");
    }

    #[test]
    fn fragments_without_fields_that_double_each_other_are_refused_wherever_they_stand() {
        let doubling: String = (0..60).fold(String::new(), |text, level| {
            let next = level + 1;
            format!("{text} fragment f{level} on Query {{ ...f{next} ...f{next} }}")
        });
        for (asked, ending) in [
            ("{ ...f0 }", ""),
            ("{ ...f0 }", "fragment f60 on Query { ...f0 }"),
            ("{ a { ...f0 } }", "fragment f60 on Query { __typename }"),
            ("{ a }", "fragment f60 on Query { __typename }"),
            ("query A { a } query B { ...f0 }", ""),
        ] {
            let refused = counted(&format!("{asked} {doubling} {ending}"));
            let refused = refused.expect_err("too many");
            assert!(refused.contains("selections"), "{refused}");
        }
    }

    #[test]
    fn aliases_and_root_fields_are_counted_through_fragments() {
        let aliases: String = (0..51).fold(String::new(), |text, at| format!("{text} a{at}: b"));
        assert!(counted(&format!("{{ x {{ {aliases} }} }}")).is_err());
        let roots = " a".repeat(21);
        assert!(counted(&format!("{{ ...f }} fragment f on Query {{ {roots} }}")).is_err());
        assert!(counted("{ a b c: d { e } }").is_ok());
        assert!(counted("{ ...f } fragment f on Query { a ...f }").is_ok());
    }

    fn nesting(query: &str) -> Result<(), String> {
        let limits = Limits {
            tokens: usize::MAX,
            ..Limits::default()
        };
        text(query, &limits)
    }

    #[test]
    fn words_and_signs_are_counted_and_what_is_said_beside_them_is_not() {
        let tokens = |tokens| Limits {
            tokens,
            ..Limits::default()
        };
        let query = "{ a_1, b(c: \"d e f\") { g } } # h i j";
        assert!(text(query, &tokens(12)).is_ok());
        assert!(text(query, &tokens(11)).is_err());
    }

    #[test]
    fn deep_brackets_are_refused_before_they_are_parsed_and_those_in_texts_do_not_count() {
        assert!(nesting(&"{a".repeat(65)).is_err());
        assert!(nesting(&"{a}".repeat(65)).is_ok());
        let quoted = format!(
            r#"{{ a(b: "\"{}", c: """{}""") }} # {}"#,
            "(".repeat(80),
            "[".repeat(80),
            "{".repeat(80)
        );
        assert!(nesting(&quoted).is_ok());
        assert!(nesting(&"[".repeat(100_000)).is_err());
    }
}
