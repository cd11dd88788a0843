import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  connect,
  InvalidInputError,
  RunStillOpenError,
  TemporalUnreachableError,
} from '../../src/client/index.js'
import { openRig, quickly, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const ProcedureName = 'TranscodeAndSnapshot'
const because = { ...quickly, reason: 'the first one used the wrong watermark' }

describe('rerun', () => {
  it('waits for nobody: while the earlier run goes on it is refused', async () => {
    const request = { FileId: 'open', ProcedureName }
    const first = await rig.vodflow.process(request, quickly)
    await expect(rig.vodflow.rerun(request, because)).rejects.toThrow(RunStillOpenError)
    await expect(rig.vodflow.rerun(request, because)).rejects.toThrow(/Attach to it .* or cancel it/)
    expect((await rig.vodflow.attach(first.workflowId)).chain).toBe(first.chain)
  })

  it('makes a new chain, with another SessionId, once the earlier run has ended', async () => {
    const request = { FileId: 'again', ProcedureName }
    rig.vod.finish('again')
    const first = await rig.vodflow.process(request, quickly)
    await first.result()
    const second = await rig.vodflow.rerun(request, because)
    expect(second).toMatchObject({ workflowId: first.workflowId, attached: false })
    expect((await second.result()).status).toBe('succeeded')
    const sent = rig.vod.submissions.filter(({ input }) => input.request.FileId === 'again')
    expect(sent.map(({ chain }) => chain)).toEqual([first.chain, second.chain])
    expect(second.chain).not.toBe(first.chain)
    // The usual way now means the latest; a handle to the first still means the first.
    expect((await rig.vodflow.process(request, quickly)).chain).toBe(second.chain)
    expect((await first.result()).status).toBe('succeeded')
  })

  it('starts nothing under a key while Temporal does not list the earlier run, and says so', async () => {
    const request = { FileId: 'not-listed', ProcedureName }
    rig.vod.finish('not-listed')
    const first = await rig.vodflow.process(request, quickly)
    await first.result()
    const connection = await Connection.connect({ address: rig.address })
    const lists = vi.spyOn(connection.workflowService, 'listWorkflowExecutions')
    lists.mockImplementation(async () => ({ executions: [] }) as never)
    const vodflow = await connect({ client: new Client({ connection }) })
    const rerun = vodflow.rerun(request, {
      ...because,
      idempotencyKey: 'another',
      workflowId: first.workflowId,
    })
    await expect(rerun).rejects.toThrow(TemporalUnreachableError)
    await expect(rerun).rejects.toThrow(/does not list the latest run of .* Try again in a few seconds/)
    await connection.close()
    expect(rig.vod.submissions.filter(({ input }) => input.request.FileId === 'not-listed')).toHaveLength(1)
  })

  it('keeps the reason where people look', async () => {
    const run = await rig.vodflow.rerun({ FileId: 'why', ProcedureName }, because)
    const shown = await rig.vodflow.client.workflow.getHandle(run.workflowId).describe()
    expect(shown.memo?.['vodflow.reason']).toBe(because.reason)
    expect(await shown.staticDetails()).toContain(because.reason)
  })

  it.each(['', ' ', 'x'.repeat(501), undefined as never])('refuses the reason %j', async (reason) => {
    const request = { FileId: 'no-reason', ProcedureName }
    const rerun = rig.vodflow.rerun(request, { ...quickly, reason })
    await expect(rerun).rejects.toThrow(InvalidInputError)
    await expect(rerun).rejects.toThrow(/reason.* 1 to 500/)
    expect(rig.vod.submissions.filter(({ input }) => input.request.FileId === 'no-reason')).toEqual([])
  })
})
