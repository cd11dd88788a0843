import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidInputError, type ProcessOptions, type ProcessRequest } from '../../src/client/index.js'
import { openRig, quickly, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const good = { FileId: '5285485487985271487', ProcedureName: 'TranscodeAndSnapshot' }

const bad: [string, RegExp, ProcessRequest, ProcessOptions?][] = [
  ['no template', /ProcedureName/, { ...good, ProcedureName: '' }],
  [
    'neither FileId nor MediaStoragePath',
    /FileId.*MediaStoragePath|MediaStoragePath.*FileId/s,
    { ProcedureName: 'p' },
  ],
  [
    'both FileId and MediaStoragePath',
    /FileId.*MediaStoragePath|MediaStoragePath.*FileId/s,
    { ...good, MediaStoragePath: '/a.mp4' },
  ],
  ['a priority out of range', /TasksPriority/, { ...good, TasksPriority: 11 }],
  [
    'a notify mode that VOD does not know',
    /TasksNotifyMode/,
    { ...good, TasksNotifyMode: 'Always' as never },
  ],
  ['a SessionId, which is ours', /SessionId/, { ...good, SessionId: 'mine' } as ProcessRequest],
  [
    'a context that leaves no room for the token',
    /SessionContext.*characters/,
    { ...good, SessionContext: 'x'.repeat(900) },
  ],
  ['a workflow id longer than Temporal takes', /workflowId/, good, { workflowId: 'x'.repeat(1_001) }],
  ['an empty workflow id', /workflowId/, good, { workflowId: '' }],
]

describe('process refuses, naming the field', () => {
  it.each(bad)('%s', async (_, message, request, options) => {
    const start = rig.vodflow.process(request, { ...quickly, ...options })
    await expect(start).rejects.toThrow(InvalidInputError)
    await expect(start).rejects.toThrow(message)
    expect(rig.vod.submissions).toEqual([])
  })
})
