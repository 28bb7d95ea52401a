// The facts, page by page, and as they come.
import { graphql } from 'relay-runtime';

export const trail = graphql`
  fragment Trail_facts on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "TrailFactsQuery") {
    auditTrail(first: $first, after: $after) @connection(key: "Trail_auditTrail") {
      edges {
        node {
          position
          kind
          recordedAt
          role
        }
      }
    }
  }
`;

export const recorded = graphql`
  subscription TrailRecordedSubscription($after: String) {
    factRecorded(after: $after) {
      position
      resume
      kind
      entry {
        kind
        code
      }
    }
  }
`;
