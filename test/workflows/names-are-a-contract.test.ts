import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

/**
 * Every name that was ever released. A signal that no handler knows is dropped in silence, a workflow type that no worker
 * knows waits for ever: so names are added here, and never taken away.
 */
const released = {
  workflowTypes: [
    'adoptTask',
    'composeMedia',
    'editMedia',
    'processBatch',
    'processMedia',
    'processMediaByProcedure',
    'processUpload',
    'pullUpload',
    'reviewAudioVideo',
    'splitMedia',
    'sweep',
  ],
  signals: ['vodflow.hint', 'vodflow.detach'],
  queries: ['vodflow.progress', 'vodflow.steps', 'vodflow.gates', 'vodflow.view'],
  updates: ['vodflow.decide'],
  /** Of a batch alone. */
  batch: {
    signal: 'vodflow.batch.ended',
    query: 'vodflow.batch.progress',
    update: 'vodflow.batch.control',
  },
  memoFields: [
    'vodflow.request',
    'vodflow.args',
    'vodflow.key',
    'vodflow.reason',
    'vodflow.canceled',
    'vodflow.batch',
    'vodflow.batch.position',
  ],
  searchAttributes: ['VodflowOverdueSince'],
  /** A run that is under way has it from its start on. */
  headers: ['vodflow-identity'],
  /** Prefix of the token in SessionContext: tokens of a week ago are still under way. */
  tokenVersions: ['vf1'],
}

interface Metadata {
  readonly definition: Record<
    'signalDefinitions' | 'queryDefinitions' | 'updateDefinitions',
    { name: string }[]
  >
}

let system: System
beforeAll(async () => {
  system = await startSystem()
  system.vod.faults.add({ kind: 'dropCallback' })
})
afterAll(() => system?.close())

it.each([
  [
    'processMediaByProcedure',
    async () => [{ request: { FileId: await system.media(), ProcedureName: 'one' } }],
  ],
  ['adoptTask', async () => [{ TaskId: 'no-such-task' }]],
])('%s still handles them', async (type, args) => {
  const workflowId = `contract-${type}`
  const { client } = system.vodflow
  const handle = await client.workflow.start(type, { workflowId, taskQueue: 'vodflow', args: await args() })
  const { definition } = await handle.query<Metadata>('__temporal_workflow_metadata')
  const names = (kind: keyof Metadata['definition']) => definition[kind].map(({ name }) => name)
  expect(names('signalDefinitions')).toEqual(expect.arrayContaining(released.signals))
  expect(names('queryDefinitions')).toEqual(expect.arrayContaining(released.queries))
  expect(names('updateDefinitions')).toEqual(expect.arrayContaining(released.updates))
  await handle.terminate()
})

it('a batch handles its own', async () => {
  const { client } = system.vodflow
  const FileIds = [await system.media()]
  const args = [{ source: { FileIds }, ProcedureName: 'one' }]
  const handle = await client.workflow.start('processBatch', {
    workflowId: 'contract-batch',
    taskQueue: 'vodflow',
    args,
  })
  const { definition } = await handle.query<Metadata>('__temporal_workflow_metadata')
  const { signal, query, update } = released.batch
  expect(definition.signalDefinitions.map(({ name }) => name)).toContain(signal)
  expect(definition.queryDefinitions.map(({ name }) => name)).toContain(query)
  expect(definition.updateDefinitions.map(({ name }) => name)).toContain(update)
  await handle.terminate()
})

it('workflow types, memo fields, the attribute and the token keep their names', async () => {
  const source = async (path: string) => readFile(new URL(`../../src/${path}`, import.meta.url), 'utf8')
  const index = (await Promise.all(['workflows/index.ts', 'workflows/served.ts'].map(source))).join('\n')
  for (const type of released.workflowTypes) expect(index).toMatch(new RegExp(`export \\{[^}]*\\b${type}\\b`))
  const files = await Promise.all(
    [
      'contract/runNames.ts',
      'workflows/step/runStep.ts',
      'contract/searchAttributes.ts',
      'contract/seal/token.ts',
    ].map(source),
  )
  for (const name of [
    ...released.memoFields,
    ...released.searchAttributes,
    ...released.headers,
    ...released.tokenVersions,
  ])
    expect(files.join('\n')).toContain(`'${name}'`)
})
