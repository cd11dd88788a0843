import type { Vodflow } from 'vodflow'

const hour = 3_600_000

/** Processes the uploads whose events were lost. Run it every night, e.g. from cron. A second call on the same day changes nothing. */
export function processMissedUploads(vodflow: Vodflow, now = Date.now()) {
  // The rule ignores events of files that are older than maxAge, 12 hours. Its runs have a day more to end.
  const Before = new Date(now - (12 + 24) * hour).toISOString()
  const workflowId = `missed-uploads-${new Date(now).toISOString().slice(0, 10)}`
  const search = { Categories: ['Video'], NamePrefixes: ['ep-'], CreateTime: { Before } }
  const request = { source: { search }, SubAppId: 1500000001, ProcedureName: 'episode' }
  return vodflow.batches.start(request, { workflowId })
}
