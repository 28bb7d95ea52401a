//! What an operation needs of a service key: by its kind and the mutations it names, whatever it calls them.

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Positioned};

use super::answer::Refused;
use crate::api::error::FailureCode;
use crate::api::sign_in::{Caller, Scope};

/// The scopes that an operation needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Needs(Vec<Scope>);

impl Needs {
    /// Of a document within the limits. Fields that a directive may leave out count too.
    pub fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        Self(match operation.ty {
            OperationType::Query => vec![Scope::Read],
            OperationType::Subscription => vec![Scope::Subscribe],
            OperationType::Mutation => {
                let mut names = Vec::new();
                let items = &operation.selection_set.node.items;
                take_in(document, items, &mut names, &mut Vec::new());
                names.into_iter().map(Scope::Act).collect()
            }
        })
    }

    /// # Errors
    /// FORBIDDEN with the scope that a service key lacks. People have all.
    pub fn check(&self, caller: Option<&Caller>) -> Result<(), Refused> {
        let lacks = |caller: &Caller| self.0.iter().find(|scope| !caller.may(scope)).cloned();
        match caller.and_then(lacks) {
            None => Ok(()),
            Some(scope) => Err(Refused::said(
                FailureCode::Forbidden,
                (
                    format!("Khóa dịch vụ này không có phạm vi {scope}. Chưa thực hiện gì."),
                    format!("this service key lacks the scope {scope}; nothing was done"),
                ),
            )),
        }
    }
}

/// `within`: fragments being unfolded, so that a cycle ends (validation refuses it).
fn take_in<'a>(
    document: &'a ExecutableDocument,
    selections: &'a [Positioned<Selection>],
    names: &mut Vec<String>,
    within: &mut Vec<&'a Name>,
) {
    for selection in selections {
        match &selection.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {}
            Selection::Field(field) => names.push(field.node.name.node.to_string()),
            Selection::InlineFragment(inline) => {
                let items = &inline.node.selection_set.node.items;
                take_in(document, items, names, within);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = document.fragments.get(name) else {
                    continue;
                };
                if within.contains(&name) {
                    continue;
                }
                within.push(name);
                let items = &fragment.node.selection_set.node.items;
                take_in(document, items, names, within);
                within.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(query: &str) -> Vec<String> {
        let document = async_graphql::parser::parse_query(query).expect("GraphQL");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let Needs(scopes) = Needs::of(&document, &operation.node);
        scopes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn queries_need_read_and_subscriptions_subscribe() {
        assert_eq!(
            needed("{ a b: c ...f } fragment f on Query { d }"),
            ["read"]
        );
        assert_eq!(needed("{ __schema { types { name } } }"), ["read"]);
        assert_eq!(needed("subscription { a }"), ["subscribe"]);
    }

    #[test]
    fn a_mutation_needs_an_act_by_its_own_name_through_aliases_and_fragments() {
        let query = "mutation { harmless: a { b } ...f ... on Mutation { c } __typename d @skip(if: true) { e } }
            fragment f on Mutation { read: g ...f ...h } fragment h on Mutation { i }";
        assert_eq!(needed(query), ["act:a", "act:g", "act:i", "act:c", "act:d"]);
    }
}
