import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, type StackOptions, startStack } from '../../src/cli/dev/stack.js'
import { connect } from '../../src/client/connect.js'
import type { RunHandle } from '../../src/client/run.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import type { EmulatorTask } from '../../src/emulator/model.js'
import type { VodRequest } from '../../src/vod/requests.js'

/** The whole system on this machine: Temporal, worker, callback service, local VOD, and a client. */
export interface System extends Stack {
  readonly vodflow: Vodflow
  /** Puts a new media file into the local VOD. */
  media(name?: string, StoragePath?: string): Promise<string>
  /** VOD's own books on one media file: the truth. */
  tasksOf(FileId: string): readonly EmulatorTask[]
  /** Types of the events of a run. */
  historyOf(run: RunHandle): Promise<string[]>
}

/** One transcode; and the same with moderation. */
export const transcodeOnly = { Name: 'one', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
export const withReview = { ...transcodeOnly, Name: 'two', ReviewAudioVideoTask: { Definition: 10 } }

/**
 * By default without ffmpeg: most of what a system does is not about media. And without the sweep, whose calls would be
 * among those that tests count.
 */
export async function startSystem(
  vod: StackOptions['vod'] = { media: 'instant' },
  sweep: NonNullable<StackOptions['worker']>['sweep'] = false,
): Promise<System> {
  const stack = await startStack({ vod, worker: { sweep } })
  const vodflow = await connect({ address: stack.temporal.address })
  await createTemplates(stack, [transcodeOnly, withReview])
  const empty = join(tmpdir(), `vodflow-empty-${process.pid}.mp4`)
  await writeFile(empty, '')
  return {
    ...stack,
    vodflow,
    media: async (name = 'clip', StoragePath = '') =>
      (await stack.vod.upload(empty, { name, StoragePath })).FileId,
    tasksOf: (FileId) => stack.vod.books().tasks.filter((task) => task.FileId === FileId),
    async historyOf(run) {
      const { events } = await vodflow.client.workflow.getHandle(run.workflowId).fetchHistory()
      return (events ?? []).map(
        (event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '',
      )
    },
    async close() {
      await vodflow.close()
      await stack.close()
    },
  }
}

/** Of yesterday: one that is as young as a task may have been changed after it. */
export async function createTemplates(
  { vod: { clock, switches }, vodClient }: Stack,
  templates: readonly VodRequest<'CreateProcedureTemplate'>[],
): Promise<void> {
  const { ignoreSkew } = switches
  switches.ignoreSkew = true
  clock.advance(-day)
  for (const template of templates) await vodClient.call('CreateProcedureTemplate', template)
  clock.advance(day)
  switches.ignoreSkew = ignoreSkew
}

const day = 24 * 60 * 60_000
