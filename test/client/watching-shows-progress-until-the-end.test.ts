import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunProgress, RunSummary } from '../../src/client/index.js'
import { openRig, quickly, type Rig, soon } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const ProcedureName = 'TranscodeAndSnapshot'

describe('watch', () => {
  it('shows every change once and ends with the outcome', async () => {
    const run = await rig.vodflow.process({ FileId: 'seen', ProcedureName }, quickly)
    const shown: RunProgress[] = []
    for await (const progress of run.watch({ interval: 20 })) {
      shown.push(progress)
      if (progress.tasks.length > 0) rig.vod.finish('seen')
    }
    expect(new Set(shown.map((progress) => JSON.stringify(progress))).size).toBe(shown.length)
    expect(shown.map(({ phase }) => phase)).toContain('waiting')
    expect(shown.at(-1)).toMatchObject({ phase: 'settled', outcome: { status: 'succeeded' } })
  })

  it('ends when the run is terminated, which no progress tells', async () => {
    const run = await rig.vodflow.process({ FileId: 'gone', ProcedureName }, quickly)
    let last: RunProgress | undefined
    for await (const progress of run.watch({ interval: 20 })) {
      last = progress
      if (progress.tasks.length > 0) await rig.vodflow.client.workflow.getHandle(run.workflowId).terminate()
    }
    expect(last?.phase).toBe('waiting')
  })

  it('can be left, and ended from outside', async () => {
    const run = await rig.vodflow.process({ FileId: 'left', ProcedureName }, quickly)
    for await (const progress of run.watch()) {
      expect(progress.percent).toBe(0)
      break
    }
    const stop = new AbortController()
    const rest = (async () => {
      for await (const _ of run.watch({ signal: stop.signal })) stop.abort(new Error('enough'))
    })()
    await expect(rest).rejects.toThrow('enough')
  })
})

describe('list', () => {
  it('finds runs by their state and the beginning of their ids', async () => {
    const { workflowId } = await rig.vodflow.process({ FileId: '77', SubAppId: 9, ProcedureName }, quickly)
    const listed = async () => {
      const runs: RunSummary[] = []
      for await (const run of rig.vodflow.list({ status: 'Running', workflowIdPrefix: 'vod/9/' }))
        runs.push(run)
      return runs
    }
    await expect
      .poll(listed, soon)
      .toMatchObject([
        { workflowId, status: 'RUNNING', request: { FileId: '77', SubAppId: 9, ProcedureName } },
      ])
  })
})
