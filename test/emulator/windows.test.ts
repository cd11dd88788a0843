import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, finished, type Rig, startRig } from './rig.js'

const hour = 3_600_000
let rig: Rig
beforeEach(async () => {
  rig = await startRig({ switches: { ignoreSkew: true } })
})
afterEach(() => rig.close())

async function submit(FileId: string, more: Record<string, unknown> = {}) {
  const made = await rig.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'flow', ...more })
  await finished(rig.call, made.TaskId)
  await finished(rig.call, made.ReviewAudioVideoTaskId)
  return made as { TaskId: string; ReviewAudioVideoTaskId: string }
}

const list = (request: Record<string, unknown> = {}) => rig.call('DescribeTasks', request)
const typesOf = async (request: Record<string, unknown> = {}) =>
  (await list(request)).TaskSet.map(({ TaskType }: { TaskType: string }) => TaskType).sort()

test('tasks are seen for 72 hours; the outputs stay with the media', async () => {
  const FileId = await rig.empty()
  const { TaskId } = await submit(FileId)
  rig.clock.advance(72 * hour - 60_000)
  expect(await typesOf()).toEqual(['Procedure', 'ReviewAudioVideo'])
  rig.clock.advance(60_000)
  expect(await typesOf()).toEqual([])
  expect(await codeOf(rig.call('DescribeTaskDetail', { TaskId }))).toBe('InvalidParameterValue.TaskId')
  const { MediaInfoSet } = await rig.call('DescribeMediaInfos', { FileIds: [FileId] })
  expect(MediaInfoSet[0].TranscodeInfo.TranscodeSet).toHaveLength(1)
  rig.switches.oldTaskCode = 'ResourceNotFound'
  expect(await codeOf(rig.call('DescribeTaskDetail', { TaskId }))).toBe('ResourceNotFound')
})

describe('DescribeTasks', () => {
  test('scrolls through every task once, oldest or newest first', async () => {
    const FileId = await rig.empty()
    for (let n = 0; n < 5; n++) {
      await submit(FileId)
      rig.clock.advance(1000)
    }
    for (const Order of ['Asc', 'Desc']) {
      const times: number[] = []
      const seen = new Set<string>()
      let ScrollToken = ''
      do {
        const page = await list({ Limit: 3, ScrollToken, Sort: { Field: 'CreateTime', Order } })
        for (const { TaskId, CreateTime } of page.TaskSet) {
          seen.add(TaskId)
          times.push(Date.parse(CreateTime))
        }
        ScrollToken = page.ScrollToken
      } while (ScrollToken !== '')
      expect(seen.size).toBe(10)
      const sorted = [...times].sort((one, other) => one - other)
      expect(times).toEqual(Order === 'Asc' ? sorted : sorted.reverse())
    }
    expect(await codeOf(list({ ScrollToken: 'made-up' }))).toBe('InvalidParameterValue')
    expect(await codeOf(list({ Limit: 101 }))).toBe('InvalidParameterValue')
  })

  test('filters by media, status and time', async () => {
    const one = await rig.empty()
    await submit(one)
    rig.clock.advance(10_000)
    const between = new Date(rig.clock.now() - 5_000).toISOString()
    const other = await rig.empty()
    await submit(other)
    expect((await list()).TaskSet).toHaveLength(4)
    expect((await list({ FileId: one })).TaskSet).toHaveLength(2)
    expect((await list({ Status: 'PROCESSING' })).TaskSet).toEqual([])
    expect((await list({ Status: 'FINISH' })).TaskSet).toHaveLength(4)
    for (const [CreateTime, FileId] of [
      [{ After: between }, other],
      [{ Before: between }, one],
    ]) {
      const { TaskSet } = await list({ CreateTime })
      expect(TaskSet.map((task: { FileId: string }) => task.FileId)).toEqual([FileId, FileId])
    }
    expect(await codeOf(list({ Status: 'ABORTED' }))).toBe('InvalidParameterValue')
    expect(await codeOf(list({ CreateTime: { After: 'yesterday' } }))).toBe('InvalidParameterValue')
  })
})

describe('switches', () => {
  test('listingLag and reviewListingLag: apart for flow and review', async () => {
    Object.assign(rig.switches, { listingLag: 20_000, reviewListingLag: 60_000 })
    await submit(await rig.empty())
    expect(await typesOf()).toEqual([])
    rig.clock.advance(20_000)
    expect(await typesOf()).toEqual(['Procedure'])
    rig.clock.advance(40_000)
    expect(await typesOf()).toEqual(['Procedure', 'ReviewAudioVideo'])
  })

  test('reviewWithoutSessionId, reviewWithoutFinishTime', async () => {
    Object.assign(rig.switches, { reviewWithoutSessionId: true, reviewWithoutFinishTime: true })
    const { TaskId, ReviewAudioVideoTaskId } = await submit(await rig.empty(), { SessionId: 'mine' })
    const review = await rig.call('DescribeTaskDetail', { TaskId: ReviewAudioVideoTaskId })
    expect(review).toMatchObject({
      Status: 'FINISH',
      FinishTime: '',
      ReviewAudioVideoTask: { SessionId: '' },
    })
    const flow = await rig.call('DescribeTaskDetail', { TaskId })
    expect(flow.ProcedureTask.SessionId).toBe('mine')
    expect(flow.FinishTime).not.toBe('')
  })

  test('detailLag: PROCESSING for a while after the end, in the detail and in the list', async () => {
    const { TaskId } = await submit(await rig.empty())
    rig.switches.detailLag = 30_000
    const top = async () => (await rig.call('DescribeTaskDetail', { TaskId })).Status
    expect(await top()).toBe('PROCESSING')
    expect(await typesOf({ Status: 'FINISH' })).toEqual([])
    rig.clock.advance(30_000)
    expect(await top()).toBe('FINISH')
    expect(await typesOf({ Status: 'FINISH' })).toHaveLength(2)
  })

  test.each([
    [{ dedupBeforeValidation: false }, 'InvalidParameterValue.ProcedureName'],
    [{ dedupBeforeValidation: true }, 'InvalidParameterValue.SessionId'],
  ])('%j: what a known SessionId with a wrong template is told', async (switches, code) => {
    const FileId = await rig.empty()
    await submit(FileId, { SessionId: 'known' })
    Object.assign(rig.switches, switches)
    const again = { FileId, ProcedureName: 'none', SessionId: 'known' }
    expect(await codeOf(rig.call('ProcessMediaByProcedure', again))).toBe(code)
  })

  test.each(['InvalidParameterValue.SessionId', 'InternalError'] as const)(
    'acceptTime and twinInFlight %s',
    async (twinInFlight) => {
      Object.assign(rig.switches, { acceptTime: 100, twinInFlight })
      const request = { FileId: await rig.empty(), ProcedureName: 'flow', SessionId: 'twin' }
      const twins = [1, 2].map(() => codeOf(rig.call('ProcessMediaByProcedure', request)))
      expect((await Promise.all(twins)).sort()).toEqual([twinInFlight, 'no error'].sort())
    },
  )

  test('noneSilencesReview: None silences the flow alone, or the review too', async () => {
    await rig.call('ModifyEventConfig', { Mode: 'PULL' })
    const pulled = async (): Promise<string[]> => {
      // An event of its own marks the end, so that nobody waits for an empty queue.
      const FileId = await rig.empty()
      await rig.call('ProcessMediaByProcedure', {
        FileId,
        ProcedureName: 'LongVideoPreset',
        SessionContext: 'end',
      })
      const types: string[] = []
      for (;;) {
        for (const event of (await rig.call('PullEvents')).EventSet) {
          if (event.ProcedureStateChangeEvent?.SessionContext === 'end') return types
          types.push(event.EventType)
        }
      }
    }
    await submit(await rig.empty(), { TasksNotifyMode: 'None' })
    expect(await pulled()).toEqual(['ReviewAudioVideoComplete'])
    rig.switches.noneSilencesReview = true
    await submit(await rig.empty(), { TasksNotifyMode: 'None' })
    expect(await pulled()).toEqual([])
  })

  test.each([
    [false, 1],
    [true, 0],
  ])('abortWithoutEvent %s: %i event', async (abortWithoutEvent, count) => {
    const waiting = await startRig({
      waitingTime: 600_000,
      switches: { abortWithoutEvent, ignoreSkew: true },
    })
    try {
      await waiting.call('ModifyEventConfig', { Mode: 'PULL' })
      const request = { FileId: await waiting.empty(), ProcedureName: 'LongVideoPreset' }
      const { TaskId } = await waiting.call('ProcessMediaByProcedure', request)
      await waiting.call('ManageTask', { TaskId, OperationType: 'Abort' })
      const other = await waiting.call('ProcessMediaByProcedure', request)
      waiting.clock.advance(600_000)
      await finished(waiting.call, other.TaskId)
      expect((await waiting.call('PullEvents')).EventSet).toHaveLength(count + 1)
    } finally {
      await waiting.close()
    }
  })
})
