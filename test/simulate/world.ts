import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import {
  type ActivityContext,
  createActivities,
  createKeepSwept,
  createOwnActivities,
} from '../../src/activities/index.js'
import { createDelivery, createPushHandler, startCallbackServer } from '../../src/callbacks/index.js'
import { findTemporal } from '../../src/cli/dev/temporalBinary.js'
import { type QueuedAction, queueFor, rateClasses, workflowQueue } from '../../src/contract/queues.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { EmulatorClock } from '../../src/emulator/clock.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'
import type { Scenario } from './scenario.js'
import { SimulatedTime } from './time.js'

const macKeys = parseMacKeys(`sim:${'0123456789abcdef'.repeat(2)}`)
const keys = { secretId: 'simulated', secretKey: 'simulated-key' }
const minute = 60_000

const templates = {
  one: { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } },
  two: {
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    ReviewAudioVideoTask: { Definition: 10 },
  },
}

/** Temporal's test server and our workers: for many seeds, one after the other. */
export interface World {
  readonly environment: TestWorkflowEnvironment
  readonly time: SimulatedTime
  /** A local VOD and a callback service for one seed. */
  begin(scenario: Scenario): Promise<Round>
  close(): Promise<void>
}

export interface Round {
  readonly vod: Emulator
  upload(name?: string): Promise<{ readonly FileId: string; readonly MediaUrl: string }>
  close(): Promise<void>
}

export async function createWorld(): Promise<World> {
  quietRuntime()
  const path = await findTemporal({ tool: 'temporal-test-server' })
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  const time = new SimulatedTime(environment)
  // The workers outlive a seed; what they call and whether they sweep is the seed's.
  let clientFor: ActivityContext['clientFor'] = () => Promise.reject(new Error('no seed has begun'))
  let keepSwept: ActivityContext['keepSwept'] = () => {}
  const activities = createActivities({
    macKeys,
    allow: ['ModifyMediaInfo', 'DeleteMedia'],
    clientFor: (account) => clientFor(account),
    keepSwept: (app) => keepSwept(app),
  })
  const workflowBundle = await bundleOf(pathOf('pipeline'))
  const connection = environment.nativeConnection
  const queues = new Set(
    (Object.keys(rateClasses) as QueuedAction[]).map((action) => queueFor('default', action)),
  )
  const own = createOwnActivities(activities)
  const workers = [
    await Worker.create({ connection, taskQueue: workflowQueue, workflowBundle, activities: own }),
  ]
  for (const taskQueue of queues) workers.push(await Worker.create({ connection, taskQueue, activities }))
  const running = Promise.all(workers.map((worker) => worker.run()))
  const file = join(tmpdir(), `vodflow-simulate-${process.pid}.mp4`)
  writeFileSync(file, '')

  return {
    environment,
    time,
    async begin({ seed, switches, sweep, jobs }) {
      const takes = jobs[0]?.takes ?? minute
      // Its time is ours; the signatures' is the machine's.
      const vod = await startEmulator({
        ...keys,
        clock: new EmulatorClock(),
        media: 'instant',
        taskTime: takes,
        reviewTime: Math.ceil(takes / 2),
        waitingTime: Math.ceil(takes / 10),
        seed,
        switches: { ...switches, ignoreSkew: true },
      })
      const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
      for (const [Name, body] of Object.entries(templates))
        await client.call('CreateProcedureTemplate', { Name, ...body })
      const handler = createPushHandler({
        keys: macKeys,
        deliver: createDelivery({ client: environment.client }),
      })
      const callbacks = await startCallbackServer({ handler, port: 0 })
      await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: callbacks.url })
      clientFor = () => client
      keepSwept = createKeepSwept(
        sweep ? { interval: 60 * minute, gracePeriod: minute, windowOverlap: minute } : false,
      )
      return {
        vod,
        upload: (name = 'clip') => vod.upload(file, { name }),
        async close() {
          await callbacks.close()
          await vod.close()
        },
      }
    },
    async close() {
      for (const worker of workers) worker.shutdown()
      await running
      await environment.teardown()
      time.restore()
    },
  }
}
