//! How much one request may ask for, counted on the document before it is checked against the schema.
//!
//! Fragments are counted where they are spread, each fragment once: a document whose fragments double each other is
//! refused without being unfolded.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet,
};

/// Levels of selections. The standard introspection query needs 15.
pub const DEPTH_MAX: usize = 15;
/// Sum over fields: 1 each, a page as many times as it has rows.
pub const COMPLEXITY_MAX: usize = 5_000;
/// Directives on one field.
pub const DIRECTIVES_MAX: usize = 10;
const ALIASES_MAX: u64 = 50;
const ROOT_FIELDS_MAX: u64 = 20;
const FIELDS_MAX: u64 = 5_000;
/// Brackets inside brackets in the text: the parser calls itself for each.
const NESTING_MAX: usize = 64;

/// Refuses a text that would make the parser call itself too often.
pub fn nesting(query: &str) -> Result<(), String> {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut bytes = query.bytes();
    while let Some(byte) = bytes.next() {
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
pub fn check(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), String> {
    let mut counter = Counter {
        document,
        fragments: HashMap::new(),
    };
    let count = counter.selections(&operation.selection_set);
    let limits = [
        ("aliases", count.aliases, ALIASES_MAX),
        ("root fields", count.roots, ROOT_FIELDS_MAX),
        ("fields", count.fields, FIELDS_MAX),
    ];
    if let Some((what, found, max)) = limits.into_iter().find(|(_, found, max)| found > max) {
        return Err(format!("{found} {what}, at most {max} are answered"));
    }
    // GraphQL §5.2.4.1.
    if operation.ty == OperationType::Subscription && count.roots != 1 {
        return Err("a subscription has one root field".into());
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Count {
    aliases: u64,
    fields: u64,
    /// Fields of the set itself and of the fragments spread in it.
    roots: u64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            aliases: self.aliases.saturating_add(other.aliases),
            fields: self.fields.saturating_add(other.fields),
            roots: self.roots.saturating_add(other.roots),
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
                    roots: 1,
                }
            }
            Selection::InlineFragment(inline) => self.selections(&inline.node.selection_set),
            Selection::FragmentSpread(spread) => self.spread(&spread.node.fragment_name.node),
        }
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
        check(&document, &operation.node)
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
        assert!(refused.contains("fields"), "{refused}");
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
