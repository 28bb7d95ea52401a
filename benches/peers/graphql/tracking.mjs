// The schema of the document and its one read, for servers that do not make them from the tables.
import { connect } from './serve.mjs'

export const typeDefs = /* GraphQL */ `
  type Query {
    tracking(code: String!): Tracking
  }
  type Tracking {
    code: String!
    status: String!
    statusLabel: Label!
    procedureCode: String
    procedureName: Label
    office: Office!
    receivedAt: String!
    dueAt: String!
    originalDueAt: String!
    dueCertainty: String!
    timeliness: String!
    channel: String!
    slackDays: Int
    progressPercent: Int!
    nextStep: Label!
    paymentAwaited: Boolean!
    apologies: Int!
    history: [Step!]!
  }
  type Label {
    vi: String!
    en: String
  }
  type Office {
    code: String!
    name: Label!
  }
  type Step {
    position: String!
    at: String!
    label: Label!
  }
`

// Prepared once on each connection; dossier and steps in one answer.
const READ = {
  name: 'tracking',
  text: `
    select *, (
      select json_agg(json_build_object('position', position::text, 'at', at, 'label', json_build_object('vi', label_vi)) order by position)
      from step where dossier_id = dossier.id
    ) as history
    from dossier where code = $1`,
}

export const resolvers = { Query: { tracking } }

const pool = connect()

async function tracking(_, { code }) {
  const { rows: [row] } = await pool.query({ ...READ, values: [code] })
  return row && {
    code: row.code,
    status: row.status,
    statusLabel: { vi: row.status_vi, en: row.status_en },
    procedureCode: row.procedure_code,
    procedureName: row.procedure_vi && { vi: row.procedure_vi, en: row.procedure_en },
    office: { code: row.office_code, name: { vi: row.office_vi } },
    receivedAt: row.received_at,
    dueAt: row.due_at,
    originalDueAt: row.original_due_at,
    dueCertainty: row.due_certainty,
    timeliness: row.timeliness,
    channel: row.channel,
    slackDays: row.slack_days,
    progressPercent: row.progress_percent,
    nextStep: { vi: row.next_step_vi, en: row.next_step_en },
    paymentAwaited: row.payment_awaited,
    apologies: row.apologies,
    history: row.history,
  }
}
