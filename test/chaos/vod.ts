import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorCall, EmulatorCallback } from '../../src/emulator/books.js'
import type { EmulatorUploadOptions } from '../../src/emulator/context.js'
import type { EmulatorFault } from '../../src/emulator/faults.js'
import type { EmulatorOptions } from '../../src/emulator/index.js'
import type { EmulatorMedia, EmulatorTask } from '../../src/emulator/model.js'
import { freePort } from '../support/freePort.js'
import { Child } from './child.js'

interface VodOptions extends Omit<EmulatorOptions, 'log' | 'clock' | 'port'> {
  /** Where the process is, and what it prints. */
  readonly program: string
  readonly log: string
  /** Laid again in each start. */
  readonly faults: readonly EmulatorFault[]
}

type Uploaded = Pick<EmulatorMedia, 'FileId' | 'MediaUrl'>

/** An answer that is lost with the process comes to the next one, as a rule within seconds. */
const answerMs = 10_000

/** A local VOD in a process of its own. Whoever asks it waits until it is up. */
export class Vod {
  readonly endpoint: string
  /** Its books, as far as it told them before it was killed. */
  readonly calls: EmulatorCall[] = []
  readonly callbacks: EmulatorCallback[] = []
  readonly child: Child
  readonly #waiting = new Map<string, (answer: unknown) => void>()

  private constructor(port: number, { program, log, ...options }: VodOptions) {
    this.endpoint = `http://127.0.0.1:${port}`
    this.child = new Child({
      name: 'VOD',
      args: [program],
      env: { CHAOS_VOD: JSON.stringify({ ...options, port }) },
      ready: /local VOD is up/,
      log,
      onMessage: (message) => this.#take(message),
    })
  }

  static async start(options: VodOptions): Promise<Vod> {
    const vod = new Vod(await freePort(), options)
    await vod.child.start()
    return vod
  }

  upload(path: string, given: EmulatorUploadOptions): Promise<Uploaded> {
    return this.#ask('upload', { path, given: { ...given, SourceContext: randomUUID() } })
  }

  media(FileId: string): Promise<EmulatorMedia | undefined> {
    return this.#ask('media', { FileId })
  }

  /** All, or those of a media file. */
  tasks(FileId?: string): Promise<readonly EmulatorTask[]> {
    return this.#ask('tasks', { FileId })
  }

  fault(fault: EmulatorFault): Promise<unknown> {
    return this.#ask('fault', { fault })
  }

  async #ask<T>(verb: string, args: object): Promise<T> {
    for (let again = false; ; again = true) {
      const id = randomUUID()
      const answer = new Promise<readonly [T]>((resolve) => {
        this.#waiting.set(id, (value) => resolve([value as T]))
      })
      const isAsked = this.child.send({ id, verb, args: { ...args, again } })
      const late = new AbortController()
      const end = sleep(isAsked ? answerMs : 200, undefined, { signal: late.signal }).catch(() => {})
      const answered = await Promise.race([answer, end])
      late.abort()
      this.#waiting.delete(id)
      if (answered) return answered[0]
    }
  }

  #take(message: unknown): void {
    const { entry, id, answer } = message as {
      readonly entry?: EmulatorCall | EmulatorCallback
      readonly id: string
      readonly answer: unknown
    }
    if (entry === undefined) this.#waiting.get(id)?.(answer)
    else if ('action' in entry) this.calls.push(entry)
    else this.callbacks.push(entry)
  }
}
