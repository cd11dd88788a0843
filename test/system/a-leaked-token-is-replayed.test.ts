import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createDelivery, createPushHandler, type PushHandler } from '../../src/callbacks/index.js'
import type { Outcome } from '../../src/contract/outcome.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import { type System, startSystem } from '../support/system.js'

/** Long enough for a flood. */
const instantMs = 8_000
const limits = { maxHistory: 300, slotLength: 1_000 }

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: instantMs, reviewTime: instantMs })
})
afterEach(() => system.vod.faults.clear())
afterAll(() => system?.close())

/** Callback services, each with a memory of its own. */
function services(number: number, given: Partial<typeof limits> = limits): readonly PushHandler[] {
  return Array.from({ length: number }, () =>
    createPushHandler({
      keys: system.macKeys,
      deliver: createDelivery({ client: system.vodflow.client, limits: given }),
    }),
  )
}

const post = async (handler: PushHandler, event: object) =>
  (await handler(new Request('http://callbacks.local/', { method: 'POST', body: JSON.stringify(event) })))
    .status

/** Events with a true token that say what they like. */
function forgery(SessionContext: string, number: number): object {
  const TaskId = [`1500000001-procedurev2-${number}`, `forged-${number % 7}`, '', undefined][number % 4]
  const task = { TaskId, SessionContext, Status: ['FINISH', 'ABORTED', 'PROCESSING'][number % 3] }
  const progress = [{ TranscodeTask: { Status: 'PROCESSING', Progress: number % 100 } }]
  return [
    {
      EventType: 'ProcedureStateChanged',
      ProcedureStateChangeEvent: { ...task, MediaProcessResultSet: progress },
    },
    { EventType: 'ReviewAudioVideoComplete', ReviewAudioVideoCompleteEvent: task },
    { eventType: 'ProcedureStateChanged', data: { vodTaskId: TaskId, sessionContext: SessionContext } },
    { EventType: 'EditMediaComplete', EditMediaCompleteEvent: [task] },
  ][Math.floor(number / 4) % 4] as object
}

/** Replays a token through all services at once, as fast as they answer, until something is so. */
async function flood(through: readonly PushHandler[], token: string, over: () => boolean): Promise<number> {
  let sent = 0
  await Promise.all(
    through.map(async (handler) => {
      // 503 where this machine is too busy for Temporal to take a signal in time.
      while (!over()) expect([200, 503]).toContain(await post(handler, forgery(token, sent++)))
    }),
  )
  return sent
}

async function taskOf(FileId: string): Promise<EmulatorTask> {
  await expect.poll(() => system.tasksOf(FileId)).toHaveLength(1)
  return system.tasksOf(FileId)[0] as EmulatorTask
}
const isOver = ({ TaskId }: EmulatorTask) =>
  system.vod.books().tasks.some((task) => task.TaskId === TaskId && task.Status === 'FINISH')
const trueEvent = ({ TaskId, SessionContext }: EmulatorTask) => ({
  EventType: 'ProcedureStateChanged',
  ProcedureStateChangeEvent: { TaskId, SessionContext, Status: 'FINISH', MediaProcessResultSet: [] },
})

async function historyOf(workflowId: string): Promise<{ length: number; signals: number }> {
  const { events = [] } = await system.vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  const signals = events?.filter((event) => event.workflowExecutionSignaledEventAttributes) ?? []
  return { length: events?.length ?? 0, signals: signals.length }
}

it.each([2, 12, 30])(
  'through %i services: the history stays within its bound, and the true event ends the run',
  { timeout: 180_000 },
  async (number) => {
    system.vod.faults.add({ kind: 'dropCallback' })
    const FileId = await system.media()
    const delays = { lag: [50], crowded: [500] }
    const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
    const task = await taskOf(FileId)
    const through = services(number)
    const sent = await flood(through, task.SessionContext, () => isOver(task))
    // The last of them, which the flood has filled as the others.
    expect(await post(through.at(-1) as PushHandler, trueEvent(task))).toBe(200)
    const ended = performance.now()
    expect(await run.result()).toMatchObject({ status: 'succeeded', TaskId: task.TaskId })
    const took = performance.now() - ended
    const { length, signals } = await historyOf(run.workflowId)
    console.log(
      `${number} services: ${sent} events, ${signals} signals, history ${length}, ended after ${Math.round(took)} ms`,
    )
    expect(sent).toBeGreaterThan(100)
    // Two slots, on a busy machine too. Without its event, the next look of the run is hours away.
    expect(took).toBeLessThan(40_000)
    // Each service: four, and what one look allows. Each second of the flood: a signal and a look.
    expect(length).toBeLessThan(3 * limits.maxHistory + number * 30 + (instantMs / 1_000) * 20)
  },
)

it('whose submit got no answer: its task is listed, and looked at', async () => {
  system.vod.faults.add({ kind: 'dropCallback' })
  system.vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
  const FileId = await system.media()
  const delays = { lag: [50], crowded: [500], listings: [200] }
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays })
  const task = await taskOf(FileId)
  const through = services(12)
  await flood(through, task.SessionContext, () => isOver(task))
  expect(await post(through[0] as PushHandler, trueEvent(task))).toBe(200)
  expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
  const { length } = await historyOf(run.workflowId)
  expect(length).toBeLessThan(3 * limits.maxHistory + 12 * 30 + (instantMs / 1_000) * 20)
})

it('whose submit got no answer, and whose task no list shows: hundreds of forged TaskIds hide it from nobody', {
  timeout: 180_000,
}, async () => {
  system.vod.faults.add({ kind: 'dropCallback' })
  system.vod.faults.add({ kind: 'loseReply', action: 'ComposeMedia', times: 1 })
  const FileId = await system.media()
  const request = {
    Tracks: [{ Type: 'Video', TrackItems: [{ Type: 'Video', VideoItem: { SourceMedia: FileId } }] }],
    Output: { FileName: 'composed', Container: 'mp4' },
  }
  const unlistedLooks = Array.from({ length: 30 }, (_, n) => (n + 1) * 1_500)
  const delays = { lag: [50], crowded: [500], listings: [200], unlistedLooks }
  const { client } = system.vodflow
  const workflowId = `composed-${Date.now()}`
  const result = client.workflow.execute('composeMedia', {
    workflowId,
    taskQueue: 'vodflow',
    args: [{ request, delays, onFailure: 'return' }],
  }) as Promise<Outcome>
  const composed = () => system.vod.books().tasks.find(({ TaskType }) => TaskType === 'ComposeMedia')
  await expect.poll(composed).toBeDefined()
  const task = composed() as EmulatorTask
  const through = services(12, {})
  let number = 0
  for (const handler of through)
    for (let n = 0; n < 10; n++)
      await post(handler, {
        EventType: 'ComposeMediaComplete',
        ComposeMediaCompleteEvent: { TaskId: `125-compose-${number++}`, SessionContext: task.SessionContext },
      })
  await expect.poll(() => isOver(task)).toBe(true)
  await post(through[5] as PushHandler, {
    EventType: 'ComposeMediaComplete',
    ComposeMediaCompleteEvent: { TaskId: task.TaskId, SessionContext: task.SessionContext, Status: 'FINISH' },
  })
  expect(await result).toMatchObject({ status: 'succeeded', TaskId: task.TaskId })
  const { length, signals } = await historyOf(workflowId)
  console.log(`${number} forged TaskIds: ${signals} signals, history ${length}`)
  // A look reads a hundred of them at most, and there are 30 looks.
  expect(length).toBeLessThan(10_000)
})
