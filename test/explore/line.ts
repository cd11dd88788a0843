import type { Answer } from './dimensions.js'
import { Missed } from './until.js'

/** What came of one send of a case's request. */
export interface Send {
  /** VOD's code; empty when it took the request, undefined while nobody knows. */
  code?: string
  /** The caller has got this answer. */
  heard: boolean
}

/** How the wire treats the sends of one case. */
export interface LinePlan {
  readonly answer: Answer
  /**
   * Sends fail until the line is released or one is to be held: refused by a rate limit, or cut, before VOD has them. Where an answer
   * is to be lost, it is that to the first send that would be cut.
   */
  readonly failing?: 'throttled' | 'cut'
  /** Number of the send that is held until the line is released. */
  readonly held?: number
  /** `none` arrives; or they are `held` until they are released. */
  readonly events: 'delivered' | 'held' | 'none'
}

export interface Reply {
  readonly status: number
  readonly body: Buffer
  readonly code: string
}

const throttled = replyOf('RequestLimitExceeded', 'Your current request times exceeds the frequency limit.')
/** Documented, and permanent under every reading. */
const refused = replyOf('UnsupportedOperation', 'The operation is not supported.')

/**
 * The submits of one case on their way to VOD and back. The answer to the first that VOD takes is lost, unless it shall be answered.
 * A send is held before VOD has it, or with its answer where that is to be lost.
 */
export class Line {
  readonly sends: Send[] = []
  readonly #plan: LinePlan
  readonly #events: (() => Promise<void>)[] = []
  #made = false
  #released = false
  #eventsReleased: boolean
  #release: () => void = () => {}
  readonly #open: Promise<void>
  #break: (why: Missed) => void = () => {}
  /** Rejects when the worker has given up a call that was to be answered: the machine is busy, and the case another one. */
  readonly broken: Promise<never>
  /** A send is held now, or was. */
  reached = false

  constructor(plan: LinePlan) {
    this.#plan = plan
    this.#eventsReleased = plan.events === 'delivered'
    this.#open = new Promise((resolve) => {
      this.#release = resolve
    })
    this.broken = new Promise((_, reject) => {
      this.#break = reject
    })
    this.broken.catch(() => {})
  }

  /** The operator is done: what is held goes on, nothing is throttled or held any more. */
  release(): void {
    this.#released = true
    this.#release()
  }

  /** The caller of the last send knows which task VOD has made for it. */
  get heard(): boolean {
    const last = this.sends.at(-1)
    return last?.code === '' && last.heard
  }

  /** @returns the reply; undefined when the connection shall be cut. */
  async take(forward: () => Promise<Reply>, gone: AbortSignal): Promise<Reply | undefined> {
    gone.addEventListener('abort', () => this.#break(new Missed('the worker has given up a call')))
    const send: Send = { heard: false }
    this.sends.push(send)
    const { answer, held } = this.#plan
    const holds = held === this.sends.length && !this.#released
    const mayBeLost = answer !== 'answered' && !this.#made
    const failing = this.#failing()
    if (failing === 'throttled') return this.#answered(send, throttled)
    if (failing === 'cut' && !mayBeLost) return undefined
    if (holds && !mayBeLost) await this.#hold()
    if (gone.aborted) return undefined
    if (answer === 'refused' && this.#made) return this.#answered(send, refused)
    const reply = await forward()
    if (!mayBeLost || reply.code !== '') return this.#answered(send, reply)
    this.#made = true
    send.code = ''
    if (holds) await this.#hold()
    return undefined
  }

  /** An event about the case: delivered when it may be. */
  async event(deliver: () => Promise<void>): Promise<void> {
    if (this.#plan.events === 'none') return
    if (this.#eventsReleased) return deliver()
    this.#events.push(deliver)
  }

  async releaseEvents(): Promise<void> {
    this.#eventsReleased = true
    await Promise.all(this.#events.splice(0).map((deliver) => deliver()))
  }

  #failing(): LinePlan['failing'] {
    const { failing, held = Number.POSITIVE_INFINITY } = this.#plan
    return this.#released || this.sends.length >= held ? undefined : failing
  }

  #answered(send: Send, reply: Reply): Reply {
    send.code = reply.code
    send.heard = true
    return reply
  }

  async #hold(): Promise<void> {
    this.reached = true
    await this.#open
  }
}

function replyOf(Code: string, Message: string): Reply {
  const body = { Response: { Error: { Code, Message }, RequestId: 'explore' } }
  return { status: 200, body: Buffer.from(JSON.stringify(body)), code: Code }
}
