import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { gauges, metrics } from '../../src/contract/metrics.js'
import { alertsOf, anchorsOf, queriesOf, usedIn } from '../telemetry/deploy.js'

const alerts = await alertsOf()

/** Critical alerts wake a person, who needs the page of production; warnings can wait. */
const pageOf = { critical: 'docs/production.md', warning: 'docs/operations.md' } as const
type Severity = keyof typeof pageOf

it('every alert links to a heading that is there, of the page for its severity', async () => {
  expect(alerts.length).toBeGreaterThan(10)
  for (const { alert, annotations, labels } of alerts) {
    expect(Object.keys(pageOf)).toContain(labels.severity)
    const page = pageOf[labels.severity as Severity]
    expect(annotations.runbook_url).toBe(`${page}#${alert.toLowerCase()}`)
    expect([...(await anchorsOf(page))]).toContain(alert.toLowerCase())
    expect(annotations.summary).toMatch(/\w/)
  }
})

it.each(Object.entries(pageOf))('and every %s alert of %s is one that there is', async (severity, page) => {
  const headings = [...(await anchorsOf(page))].filter((anchor) => /^vodflow\w+$/.test(anchor))
  const ofIt = alerts.filter(({ labels }) => labels.severity === severity)
  expect(headings.sort()).toEqual(ofIt.map(({ alert }) => alert.toLowerCase()).sort())
})

it('every alert fires in a test of promtool, which scripts/check-deploy.sh runs', async () => {
  const { tests } = parse(await readFile('deploy/prometheus/alerts.test.yml', 'utf8'))
  const expected = JSON.stringify(tests)
  const untested = alerts.filter(({ alert }) => !new RegExp(`${alert}\\b`).test(expected))
  expect(untested.map(({ alert }) => alert)).toEqual([])
})

it('alerts and dashboard use metrics of ours with labels that they have', async () => {
  const known = new Map<string, readonly string[]>([
    ...Object.values({ ...metrics, ...gauges }).map(({ name, labels }) => [name, labels] as const),
  ])
  const queries = [...alerts.map(({ expr }) => expr), ...(await queriesOf())]
  const used = queries.flatMap(usedIn).filter(({ name }) => name.startsWith('vodflow_'))
  expect(used.length).toBeGreaterThan(30)
  const wrong = used.filter(({ name, labels }) => {
    const has = known.get(name.replace(/_(bucket|count|sum)$/, ''))
    return !has || labels.some((label) => !has.includes(label))
  })
  expect(wrong).toEqual([])
})
