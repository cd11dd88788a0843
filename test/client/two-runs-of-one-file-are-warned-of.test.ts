import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { ProcessOptions, ProcessRequest } from '../../src/client/index.js'
import { addSearchAttributes } from '../../src/temporal/searchAttributes.js'
import { openRig, quickly, type Rig, soon } from './rig.js'

let rig: Rig
let codes: string[]
const note = (warning: Error & { code?: string }) => codes.push(`${warning.code}: ${warning.message}`)
beforeAll(async () => {
  rig = await openRig()
  await addSearchAttributes(rig.vodflow.client)
  process.on('warning', note)
})
beforeEach(() => {
  codes = []
})
afterAll(async () => {
  process.off('warning', note)
  await rig?.close()
})

const ProcedureName = 'one'
const start = (request: Partial<ProcessRequest>, options: ProcessOptions = {}) =>
  rig.vodflow.process({ ProcedureName, ...request } as ProcessRequest, { ...quickly, ...options })
const listed = (FileId: string) =>
  expect
    .poll(async () => {
      const runs = []
      for await (const run of rig.vodflow.list({ FileId })) runs.push(run)
      return runs.length
    }, soon)
    .toBeGreaterThan(0)

type Start = readonly [request: Partial<ProcessRequest>, options?: ProcessOptions]
const SubAppId = 1500000001
const keyed = (idempotencyKey: string) => ({ idempotencyKey })

it.each<[string, Start, Start]>([
  ['without a SubAppId, then with one', [{ FileId: 'a' }], [{ FileId: 'a', SubAppId }]],
  ['with a SubAppId, then without', [{ FileId: 'b', SubAppId }], [{ FileId: 'b' }]],
  ['under one key, with and without', [{ FileId: 'c', SubAppId }, keyed('c')], [{ FileId: 'c' }, keyed('c')]],
  ['under one key, without and with', [{ FileId: 'd' }, keyed('d')], [{ FileId: 'd', SubAppId }, keyed('d')]],
  [
    'in a storage path, without and with',
    [{ MediaStoragePath: '/e' }],
    [{ MediaStoragePath: '/e', SubAppId }],
  ],
])('%s: one file has two runs, and Node warns', async (_, one, other) => {
  const first = await start(...one)
  if (one[0].FileId) await listed(one[0].FileId)
  const second = await start(...other)
  expect(second.workflowId).not.toBe(first.workflowId)
  await expect.poll(() => codes, soon).toEqual([expect.stringContaining('VODFLOW_TWO_RUNS')])
  expect(codes[0]).toContain(first.workflowId)
  expect(codes[0]).toContain('pass SubAppId in every call, or in none')
})

it.each<[string, Start, Start]>([
  ['the same twice', [{ FileId: 'f', SubAppId }], [{ FileId: 'f', SubAppId }]],
  ['two sub-apps', [{ FileId: 'g', SubAppId }], [{ FileId: 'g', SubAppId: 1500000002 }]],
  ['two keys', [{ FileId: 'h', SubAppId }, keyed('h1')], [{ FileId: 'h' }, keyed('h2')]],
  ['two procedures', [{ FileId: 'i', SubAppId }], [{ FileId: 'i', ProcedureName: 'two' }]],
  ['a workflow id of its own', [{ FileId: 'j', SubAppId }], [{ FileId: 'j' }, { workflowId: 'mine' }]],
])('%s: nothing to warn of', async (_, one, other) => {
  const first = await start(...one)
  await listed(one[0].FileId ?? '')
  await start(...other)
  await start({ FileId: `${first.workflowId}-after` })
  expect(codes).toEqual([])
})
