import { join, resolve } from 'node:path'
import { asyncDispose } from '../base/asyncDispose.js'
import type { Duration } from '../base/duration.js'
import { createActions } from './actions/index.js'
import { resumePulls } from './actions/media.js'
import { processMediaByProcedure } from './actions/processMediaByProcedure.js'
import { Background } from './background.js'
import { Books, type EmulatorCall, type EmulatorCallback, type EmulatorLog } from './books.js'
import { requireOptions } from './checkedOptions.js'
import { EmulatorClock } from './clock.js'
import type { Context, EmulatorUploadOptions } from './context.js'
import { openData } from './data.js'
import { msOf } from './duration.js'
import { createAnnouncements } from './events/announce.js'
import { EventBus } from './events/bus.js'
import { EmulatorFaults } from './faults.js'
import { createLibrary } from './library.js'
import { createMediaToolbox, instantToolbox } from './media/index.js'
import type { EmulatorMedia, EmulatorTask, EventConfig, QueuedEvent, SeenSession, Template } from './model.js'
import { RateLimits } from './rateLimits.js'
import { type EmulatorSwitches, type GivenSwitches, switchesOf } from './switches.js'
import { Scheduler } from './tasks/scheduler.js'
import { createWork } from './tasks/work.js'
import { createAdmin } from './wire/admin.js'
import { createApi } from './wire/api.js'
import { listen } from './wire/server.js'

/** Options of the local VOD. */
export interface EmulatorOptions {
  /** SecretId that signed calls must have. */
  readonly secretId: string
  /** SecretKey that signed calls must have. */
  readonly secretKey: string
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Folder that keeps media and state across restarts. Default: a temporary folder, which `close` removes. */
  readonly dataDir?: string | undefined
  /** The clock. Default: one that follows the clock of the machine. */
  readonly clock?: EmulatorClock | undefined
  /** Unverified facts about VOD that differ from the defaults. */
  readonly switches?: GivenSwitches | undefined
  /** Seed of faults with a probability. Default 1. */
  readonly seed?: number | undefined
  /** `ffmpeg` (default) processes media. `instant` processes nothing and succeeds after `taskTime` for each sub-task. */
  readonly media?: 'ffmpeg' | 'instant' | undefined
  /** Duration of a sub-task with `instant`. Default 20 ms. */
  readonly taskTime?: Duration | undefined
  /** How long a moderation task takes. Default 500 ms; 20 ms with `instant`. */
  readonly reviewTime?: Duration | undefined
  /** Minimum time that a task stays WAITING. Default 0. */
  readonly waitingTime?: Duration | undefined
  /** Number of tasks that run at the same time. Default 2; 1,000 with `instant`. */
  readonly concurrency?: number | undefined
  /** The sub-app of requests that name none. Default 1500000001. */
  readonly defaultSubAppId?: number | undefined
  /** How long `PullEvents` waits for an event in an empty queue. Default 5 s, as in the real VOD. */
  readonly pullHold?: Duration | undefined
  /** How long a pushed event waits for its answer before it is sent again. Default 5 s, as in the real VOD. */
  readonly pushTimeout?: Duration | undefined
  /** Called for each call that was answered and each event that was sent. Default: no log. */
  readonly log?: EmulatorLog | undefined
}

/** What happened, from the side of the local VOD. */
export interface EmulatorBooks {
  /** Calls and their answers, in the order of the answers. */
  readonly calls: readonly EmulatorCall[]
  /** Sends of callbacks. */
  readonly callbacks: readonly EmulatorCallback[]
  /** All tasks, in their present state. */
  readonly tasks: readonly EmulatorTask[]
  /** Number of calls that VOD has not answered yet. */
  readonly underWay: number
}

/** A running local VOD. */
export interface Emulator {
  /** `http://127.0.0.1:PORT`. Point any official SDK at it. */
  readonly endpoint: string
  /** Address of what is not part of Tencent's API; see docs/emulator.md. */
  readonly adminUrl: string
  /** The clock. You can set and advance it. */
  readonly clock: EmulatorClock
  /** You can change the switches at any time. */
  readonly switches: EmulatorSwitches
  /** The scripted faults. */
  readonly faults: EmulatorFaults
  /** Adds a local file to the library, which Tencent's API cannot do in one call. */
  upload(
    path: string,
    options?: EmulatorUploadOptions,
  ): Promise<{ readonly FileId: string; readonly MediaUrl: string }>
  /** Returns a media file in its present state, or undefined if there is none. */
  media(FileId: string): EmulatorMedia | undefined
  /** Returns what happened, from VOD's side. */
  books(): EmulatorBooks
  /** Resolves when no callback is being sent. Use it in tests that move the clock. */
  idle(): Promise<void>
  /** Stops listening, and stops the work in progress. */
  close(): Promise<void>
  /** Calls {@link Emulator.close}: `await using vod = await startEmulator(...)`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a local VOD that works with the official SDKs.
 *
 * @throws InvalidEmulatorOptionsError, CannotListenError, FolderError, ProgramMissingError
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  requireOptions(options)
  const {
    secretId,
    secretKey,
    port = 0,
    media = 'ffmpeg',
    taskTime = 20,
    seed = 1,
    defaultSubAppId = 1_500_000_001,
    pullHold = 5_000,
    pushTimeout = 5_000,
  } = options
  const instant = media === 'instant'
  const clock = options.clock ?? new EmulatorClock()
  const switches: EmulatorSwitches = switchesOf(options.switches)
  const toolbox = instant ? instantToolbox(clock, msOf(taskTime)) : await createMediaToolbox()
  const { mediaFolder, store, close: closeData } = openData(options.dataDir)
  const files = store.collection<EmulatorMedia>('media')
  const tasks = store.collection<EmulatorTask>('tasks')
  const queue = store.collection<QueuedEvent>('queue')
  const configs = store.collection<EventConfig>('eventConfigs')
  const faults = new EmulatorFaults(seed)
  const books = new Books(options.log)
  const events = new EventBus({
    clock,
    faults,
    switches,
    configs,
    queue,
    books,
    pushTimeoutMs: msOf(pushTimeout),
  })
  let endpoint = ''
  const mediaUrl = () => `${endpoint}/media`

  const announcements = createAnnouncements({ events, switches, media: files })
  const background = new Background()
  const library = createLibrary({
    clock,
    media: files,
    toolbox,
    folder: mediaFolder,
    url: mediaUrl,
    defaultSubAppId,
    async startFlow({ FileId, SubAppId }, { Procedure: ProcedureName, SessionContext }) {
      const made = await processMediaByProcedure(context, { FileId, SubAppId, ProcedureName, SessionContext })
      return { ProcedureTaskId: made.TaskId, ReviewAudioVideoTaskId: made.ReviewAudioVideoTaskId }
    },
    onUpload: announcements.uploaded,
  })
  const change = (FileId: string, given: Partial<EmulatorMedia>) => {
    const file = files.get(FileId)
    if (file) files.put(FileId, { ...file, ...given })
  }
  const work = createWork({
    clock,
    faults,
    toolbox,
    fileOf: (task) => files.get(task.FileId),
    placeFor: (task) => ({
      path: join(mediaFolder, task.FileId, task.TaskId),
      url: `${mediaUrl()}/${task.FileId}/${task.TaskId}`,
    }),
    sourceOf: (file) => resolve(mediaFolder, file.source),
    reviewMs: msOf(options.reviewTime ?? (instant ? 20 : 500)),
    onChange: announcements.changed,
    setCover: ({ FileId }, CoverUrl) => change(FileId, { CoverUrl }),
    touched: ({ FileId }) => change(FileId, { updatedAt: clock.now() }),
    edit: {
      toolbox,
      library: () => library,
      fileOf: (FileId) => files.get(FileId),
      sourceOf: (file) => resolve(mediaFolder, file.source),
      together: (changes) => store.together(changes),
      async startFlow({ FileId, SubAppId }, flow) {
        const made = await processMediaByProcedure(context, { FileId, SubAppId, ...flow })
        return { ProcedureTaskId: made.TaskId, ReviewAudioVideoTaskId: made.ReviewAudioVideoTaskId }
      },
    },
  })
  const scheduler = new Scheduler({
    clock,
    tasks,
    concurrency: options.concurrency ?? (instant ? 1_000 : 2),
    waitingMs: msOf(options.waitingTime ?? 0),
    work,
    onFinish: announcements.finished,
  })
  const context: Context = {
    clock,
    switches,
    faults,
    media: files,
    templates: store.collection<Template>('templates'),
    tasks,
    sessions: store.collection<SeenSession>('sessions'),
    queue,
    events,
    pullHoldMs: msOf(pullHold),
    scheduler,
    defaultSubAppId,
    library,
    background,
    together: (changes) => store.together(changes),
  }
  const api = createApi({
    context,
    actions: createActions(configs),
    rateLimits: new RateLimits(clock),
    books,
    secretId,
    secretKey,
  })
  const wire = await listen({ port, mediaFolder, api, admin: createAdmin({ context, books }) }).catch(
    (error) => {
      closeData()
      throw error
    },
  )
  endpoint = `http://127.0.0.1:${wire.port}`
  scheduler.resume()
  resumePulls(context)

  const close = async () => {
    await wire.close()
    await scheduler.close()
    await background.close()
    await events.close()
    clock.close()
    closeData()
  }
  return {
    endpoint,
    adminUrl: `${endpoint}/_admin`,
    clock,
    switches,
    faults,
    upload: async (path, given) => {
      const { FileId, MediaUrl } = await library.upload(path, given)
      return { FileId, MediaUrl }
    },
    media: (FileId) => files.get(FileId),
    books: () => ({
      calls: books.calls,
      callbacks: books.callbacks,
      tasks: tasks.all(),
      underWay: books.underWay,
    }),
    idle: () => events.idle(),
    close,
    [asyncDispose]: close,
  }
}
