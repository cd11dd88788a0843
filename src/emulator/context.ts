import type { Background } from './background.js'
import type { EmulatorClock } from './clock.js'
import type { EventBus } from './events/bus.js'
import type { EmulatorFaults } from './faults.js'
import type { EmulatorMedia, EmulatorTask, QueuedEvent, SeenSession, Template } from './model.js'
import type { Collection } from './store.js'
import type { EmulatorSwitches } from './switches.js'
import type { Scheduler } from './tasks/scheduler.js'

/** The state and services that every action uses. */
export interface Context {
  readonly clock: EmulatorClock
  readonly switches: EmulatorSwitches
  readonly faults: EmulatorFaults
  readonly media: Collection<EmulatorMedia>
  readonly templates: Collection<Template>
  readonly tasks: Collection<EmulatorTask>
  readonly sessions: Collection<SeenSession>
  readonly queue: Collection<QueuedEvent>
  readonly events: EventBus
  /** How long `PullEvents` waits for an event, ms. */
  readonly pullHoldMs: number
  readonly scheduler: Scheduler
  /** The sub-app of a request that names none. */
  readonly defaultSubAppId: number
  readonly library: Library
  readonly background: Background
  /** Applies all changes or none, even if the process is killed. */
  readonly together: <T>(changes: () => T) => T
}

/** Adds media files to the library and removes them. */
export interface Library {
  /** Copies a local file. */
  upload(path: string, options?: EmulatorUploadOptions): Promise<EmulatorMedia>
  /** Fetches a URL (http, https, or file). */
  pull(url: string, options: EmulatorUploadOptions & { readonly signal: AbortSignal }): Promise<EmulatorMedia>
  /** Creates a media file from what `put` writes. It enters the library when it is committed. */
  prepare(put: (path: string) => Promise<void>, options: PrepareOptions): Promise<EmulatorMedia>
  commit(file: EmulatorMedia): void
  /** Removes the files of a media file, including its outputs. */
  remove(file: EmulatorMedia): void
}

export interface PrepareOptions {
  readonly SubAppId: number
  readonly name: string
  readonly ClassId?: number
}

/** Options of an upload. */
export interface EmulatorUploadOptions {
  /** Id of the sub-app. Default: `defaultSubAppId`. */
  readonly SubAppId?: number | undefined
  /** Default: the name of the file, without its extension. */
  readonly name?: string | undefined
  /** Text that VOD keeps with the media file. */
  readonly SourceContext?: string | undefined
  /** Path in the storage of VOD. */
  readonly StoragePath?: string | undefined
  /** Id of the category. Default 0. */
  readonly ClassId?: number | undefined
  /** Task flow template that the upload starts, as in ApplyUpload. Default: none. */
  readonly Procedure?: string | undefined
  /** SessionContext of the tasks of that flow. */
  readonly SessionContext?: string | undefined
}

/** The tasks of the flow that an upload started. An id is empty if the template does not ask for that task. */
export interface UploadFlow {
  readonly ProcedureTaskId: string
  readonly ReviewAudioVideoTaskId: string
}

/** An action: takes a parsed request and returns the response without its RequestId. */
export type Action = (
  context: Context,
  request: unknown,
) => Promise<Record<string, unknown>> | Record<string, unknown>
