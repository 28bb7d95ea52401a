// A list that goes on (usePaginationFragment), its rows, a dossier that is fetched again by its id, and a command.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query WorklistQuery($first: Int!) {
    ...Worklist_list @arguments(first: $first)
  }
`;

export const list = graphql`
  fragment Worklist_list on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }, filter: { type: "WorklistFilter" })
  @refetchable(queryName: "WorklistListQuery") {
    worklist(first: $first, after: $after, filter: $filter) @connection(key: "Worklist_worklist", filters: ["filter"]) {
      edges {
        node {
          id
          ...Worklist_row
        }
      }
    }
  }
`;

export const row = graphql`
  fragment Worklist_row on Dossier {
    code
    version
    status
    dueAt
    procedure {
      name {
        vi
      }
    }
  }
`;

export const forward = graphql`
  mutation WorklistForwardMutation($input: ForwardDossierInput!) {
    forwardDossier(input: $input) {
      position
      repeated
      dossier {
        ...Worklist_row
      }
      errors {
        code
        field
        messageVi
      }
    }
  }
`;
