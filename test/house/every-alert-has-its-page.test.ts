import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { gauges, metrics } from '../../src/contract/metrics.js'
import { alertsOf, anchorsOf, queriesOf, usedIn } from '../telemetry/deploy.js'

const alerts = await alertsOf()

it('every alert links to a heading of docs/operations.md that is there, and says how bad it is', async () => {
  const anchors = await anchorsOf('docs/operations.md')
  expect(alerts.length).toBeGreaterThan(10)
  for (const { alert, annotations, labels } of alerts) {
    const [page, anchor = ''] = annotations.runbook_url?.split('#') ?? []
    expect(page).toBe('docs/operations.md')
    expect(anchor).toBe(alert.toLowerCase())
    expect([...anchors]).toContain(anchor)
    expect(['warning', 'critical']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/\w/)
  }
})

it('and every page of an alert is of one that there is', async () => {
  const pages = [...(await anchorsOf('docs/operations.md'))].filter((anchor) => anchor.startsWith('vodflow'))
  expect(pages.sort()).toEqual(alerts.map(({ alert }) => alert.toLowerCase()).sort())
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
