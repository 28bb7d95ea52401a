//! Answers in the order of the question: fields are resolved side by side and would otherwise stand as they came in.
//!
//! The specification of GraphQL asks for it (§6.3.2), and only so do two nodes give the same bytes to one question.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection};
use async_graphql::{Name, PathSegment, Response, ServerError, Value};

/// Response keys as they first appear, each with those below it.
#[derive(Debug, Default)]
pub struct Order(Vec<(Name, Order)>);

impl Order {
    /// Of a document within the limits: fragments are unfolded where they are spread.
    pub fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let mut order = Self::default();
        let mut within = Vec::new();
        order.take_in(document, &operation.selection_set.node.items, &mut within);
        order
    }

    /// `within`: fragments being unfolded, so that a cycle ends (validation refuses it).
    fn take_in<'a>(
        &mut self,
        document: &'a ExecutableDocument,
        selections: &'a [async_graphql::Positioned<Selection>],
        within: &mut Vec<&'a Name>,
    ) {
        for selection in selections {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.below(&field.node.response_key().node);
                    below.take_in(document, &field.node.selection_set.node.items, within);
                }
                Selection::InlineFragment(inline) => {
                    self.take_in(document, &inline.node.selection_set.node.items, within);
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
                    self.take_in(document, &fragment.node.selection_set.node.items, within);
                    within.pop();
                }
            }
        }
    }

    fn below(&mut self, key: &Name) -> &mut Self {
        let place = self.place(key).unwrap_or_else(|| {
            self.0.push((key.clone(), Self::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == key)
    }

    /// Puts data and errors into this order.
    pub fn put(&self, response: &mut Response) {
        self.sort(&mut response.data);
        if response.errors.len() > 1 {
            response.errors.sort_by_cached_key(|error| self.rank(error));
        }
    }

    fn sort(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.sort(item)),
            Value::Object(fields) => {
                let place = |name: &Name| self.place(name).unwrap_or(usize::MAX);
                if !fields.keys().map(place).is_sorted() {
                    fields.sort_by_cached_key(|name, _| place(name));
                }
                for (name, value) in fields {
                    if let Some(place) = self.place(name) {
                        self.0[place].1.sort(value);
                    }
                }
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }

    /// Where in the data an error lies: places of fields and indexes of lists, from the root on.
    fn rank(&self, error: &ServerError) -> Vec<usize> {
        let mut here = Some(self);
        let step = |segment: &PathSegment| match segment {
            PathSegment::Index(index) => *index,
            PathSegment::Field(name) => {
                let place = here.and_then(|order| order.place(name));
                here = here.zip(place).map(|(order, place)| &order.0[place].1);
                place.unwrap_or(usize::MAX)
            }
        };
        error.path.iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    /// The text of data after it was put into the order of a query.
    fn ordered(query: &str, data: Value) -> String {
        let document = async_graphql::parser::parse_query(query).expect("GraphQL");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let order = Order::of(&document, &operation.node);
        let mut response = Response::new(data);
        order.put(&mut response);
        response.data.to_string()
    }

    #[test]
    fn fields_stand_as_they_were_asked_for_at_every_depth() {
        let data = value!({"c": [{"y": 2, "x": 1}, {"x": 3, "y": 4}], "a": 1, "b": null});
        assert_eq!(
            ordered("{ a b c: list { x y } }", data),
            "{a: 1, b: null, c: [{x: 1, y: 2}, {x: 3, y: 4}]}"
        );
    }

    #[test]
    fn fields_of_fragments_stand_where_they_are_spread_first() {
        let query = "{ a { x ...f } ... on Query { b } a { w } ...g }
            fragment f on T { y ...f } fragment g on Query { c }";
        let data = value!({"c": 1, "b": 2, "a": {"w": 3, "y": 4, "x": 5}});
        assert_eq!(ordered(query, data), "{a: {x: 5, y: 4, w: 3}, b: 2, c: 1}");
    }

    #[test]
    fn errors_follow_the_data_they_are_about() {
        let document = async_graphql::parser::parse_query("{ a b { c } }").expect("GraphQL");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let error = |path: Vec<PathSegment>| {
            let mut error = ServerError::new("no", None);
            error.path = path;
            error
        };
        let field = |name: &str| PathSegment::Field(name.into());
        let (first, second) = (
            error(vec![field("b"), PathSegment::Index(0), field("c")]),
            error(vec![field("b"), PathSegment::Index(1), field("c")]),
        );
        let mut response =
            Response::from_errors(vec![second.clone(), first.clone(), error(vec![field("a")])]);
        Order::of(&document, &operation.node).put(&mut response);
        assert_eq!(response.errors, [error(vec![field("a")]), first, second]);
    }
}
