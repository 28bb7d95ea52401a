// A dossier whose history goes on: what `@refetchable` needs of `Node` and `node(id:)`.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query DossierQuery($id: ID!) {
    node(id: $id) {
      ...Dossier_history @alias(as: "dossier")
    }
  }
`;

export const history = graphql`
  fragment Dossier_history on Dossier
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "DossierHistoryQuery") {
    code
    history(first: $first, after: $after) @connection(key: "Dossier_history") {
      edges {
        node {
          position
          kind
          leafHash
        }
      }
    }
  }
`;

export const accept = graphql`
  mutation DossierAcceptMutation($input: AcceptDossierAtCounterInput!, $connections: [ID!]!) {
    acceptDossierAtCounter(input: $input) {
      dossier @prependNode(connections: $connections, edgeTypeName: "DossierEdge") {
        id
        code
      }
      capability
      errors {
        code
        field
        messageVi
      }
    }
  }
`;
