import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Job, startJob } from '../../examples/python/startJob.js'
import { pythonWithTemporal } from '../../examples/python/venv.js'
import { type System, startSystem } from '../support/system.js'

let system: System
let python: string
beforeAll(async () => {
  python = await pythonWithTemporal()
  system = await startSystem({ media: 'instant' })
})
afterAll(() => system?.close())

const job = (workflowId: string, request: Job['request']) =>
  startJob(python, { address: system.temporal.address, workflowId, request })

it('Python starts a job and has its outcome; asked again after the end, it attaches and VOD makes nothing', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const first = await job('vod/python/again', request)
  const [task] = system.tasksOf(FileId)
  expect(first).toMatchObject({ status: 'succeeded', attached: false, TaskId: task?.TaskId })
  expect(first.urls).toEqual([expect.stringMatching(/^http.*\/Transcode/)])
  expect(await job('vod/python/again', request)).toEqual({ ...first, attached: true })
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it('two Python processes at once share one job', async () => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one' }
  const both = await Promise.all([job('vod/python/both', request), job('vod/python/both', request)])
  expect(both.map(({ attached }) => attached).sort()).toEqual([false, true])
  expect(both[0].TaskId).toBe(both[1].TaskId)
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it.each<[string, object, string]>([
  ['another file', { FileId: 'another' }, 'FileId'],
  ['another procedure', { ProcedureName: 'two' }, 'ProcedureName'],
  ['both', { FileId: 'another', ProcedureName: 'two' }, 'FileId, ProcedureName'],
])('the workflow id of a job of %s is refused in Python, naming the fields', async (name, other, fields) => {
  const FileId = await system.media()
  const request = { FileId, ProcedureName: 'one', TasksPriority: 0 }
  const workflowId = `vod/python/other/${name}`
  await system.vodflow.process(request, { workflowId })
  const error = await job(workflowId, { ...request, ...other }).catch((error) => error)
  expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining(`differs in ${fields}:`) })
  expect(error.stderr).not.toContain('Traceback')
  expect(await job(workflowId, { FileId, ProcedureName: 'one' })).toMatchObject({ attached: true })
  expect(system.tasksOf(FileId)).toHaveLength(1)
})

it('a job of which VOD refuses every sub-task is an error in Python, with the cause', async () => {
  system.vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InvalidInput.DefinitionNotExist', times: 1 })
  const request = { FileId: await system.media(), ProcedureName: 'one' }
  const error = await job('vod/python/failed', request).catch((error) => error)
  expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining('InvalidInput.DefinitionNotExist') })
})

it.each([
  ['a media that is missing', { ProcedureName: 'one' }, /request\.FileId: is missing; pass FileId or/],
  [
    'a template that VOD does not have',
    { ProcedureName: 'nowhere', FileId: '' },
    /InvalidParameterValue\.ProcedureName.*Create the template/s,
  ],
])('%s is an error that says so in Python', async (name, wrong, message) => {
  const request = 'FileId' in wrong ? { ...wrong, FileId: await system.media() } : wrong
  const error = await job(`vod/python/${name}`, request).catch((error) => error)
  expect(error).toMatchObject({ code: 1, stderr: expect.stringMatching(message) })
  expect(error.stderr).not.toContain('Traceback')
})
