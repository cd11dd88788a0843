import { AsyncLocalStorage } from 'node:async_hooks'
import { createPushHandler, startCallbackServer } from '../../src/callbacks/index.js'
import { contextsIn, signKey } from './event.js'
import { Ledger } from './ledger.js'
import { Memory, type MemoryReport } from './memory.js'
import { Plan } from './plan.js'
import { keys, secrets } from './sealed.js'
import { type Answer, Sender } from './send.js'
import { type Kind, kinds, type Shot } from './shot.js'
import { type SlowKind, sendSlowly, slowKinds } from './slow.js'
import { type Row, Tally } from './tally.js'
import { showBytes, type Violation } from './violation.js'

export interface HandlerFuzzOptions {
  readonly seed: number
  readonly count: number
  /** Called now and then with the number of requests that were answered. */
  readonly onProgress?: (answered: number) => void
}

export interface HandlerFuzzReport {
  readonly rows: readonly Row[]
  readonly violations: readonly Violation[]
  /** Good events that were taken while slow senders were connected. */
  readonly meanwhile: number
  readonly memory: MemoryReport | undefined
}

const connections = 32
/** A run with so many has shown enough. */
const enough = 5
const slowRow = ({ name }: SlowKind) => `slow: ${name}`
/** The classes whose requests must wake their step. */
const mustWake: ReadonlySet<Kind> = new Set(['good', 'odd shape', 'meanwhile'])
/** The answers that only an event with a token of ours may get. */
const woken = /^(delivered|no run waits|this step gets)/m

/** Sends everything that a plan has to a real callback server, over real sockets, and holds it to what it promises. */
export async function fuzzHandler(options: HandlerFuzzOptions): Promise<HandlerFuzzReport> {
  return new HandlerFuzz(options).run()
}

class HandlerFuzz {
  readonly #options: HandlerFuzzOptions
  readonly #plan: Plan
  readonly #tally = new Tally([...kinds, ...slowKinds.map(slowRow)])
  readonly #violations: Violation[] = []
  /** What is under way, to be named when something goes wrong. */
  readonly #underWay = new Map<number, Shot>()
  /** Which request the handler is at: a delivery has to be one that this request may cause. */
  readonly #current = new AsyncLocalStorage<number>()
  #answered = 0

  constructor(options: HandlerFuzzOptions) {
    this.#options = options
    this.#plan = new Plan(options)
  }

  async run(): Promise<HandlerFuzzReport> {
    const { count } = this.#options
    const ledger = new Ledger({
      asked: () => this.#asked(),
      violated: (rule) => this.#violated(rule),
    })
    const deliver: typeof ledger.deliver = async (address, hint) => {
      const shot = this.#underWay.get(this.#current.getStore() ?? Number.NaN)
      if (shot) this.#tally.row(shot.kind).delivered++
      return ledger.deliver(address, hint)
    }
    const server = await startCallbackServer({ handler: this.#handler(deliver), port: 0 })
    const port = Number(new URL(server.url).port)
    const sender = new Sender({ port, connections })
    const memory = new Memory()
    const unguard = guard((rule) => this.#violated(rule))
    let meanwhile = 0
    try {
      await this.#shoot(sender, { from: 0, to: this.#plan.warmUp })
      await memory.start()
      const slow = this.#sendSlowly({ port, sender })
      await this.#shoot(sender, { from: this.#plan.warmUp, to: count })
      meanwhile = await slow
      await memory.end()
    } finally {
      unguard()
      sender.close()
      await server.close()
    }
    const grown = memory.report(count)
    if (grown?.exceeded) this.#violations.push({ rule: grown.text })
    return { rows: this.#tally.rows, violations: this.#violations, meanwhile, memory: grown }
  }

  #handler(deliver: Ledger['deliver']) {
    const log = (fields: object, message: string) => {
      const line = JSON.stringify([fields, message])
      if (secrets.some((secret) => line.includes(secret))) this.#violated('a log line has a secret in it')
    }
    const push = createPushHandler({
      keys,
      deliver,
      signKey,
      logger: { info: log, warn: log },
      onOther: (event) => {
        const shot = this.#underWay.get(this.#current.getStore() ?? Number.NaN)
        if (shot && !shot.raw && !shot.body.equals(event.body))
          this.#violated('passed on other bytes than came')
        if (event.EventType.length % 2 === 0) throw new Error('not now')
      },
    })
    const handle = (request: Request) =>
      this.#current.run(Number(request.headers.get('fuzz-id')?.split(',')[0]), () => push(request))
    return Object.assign(handle, { counts: push.counts })
  }

  /** All of a range, some at a time. */
  async #shoot(sender: Sender, { from, to }: { from: number; to: number }): Promise<void> {
    let next = from
    const worker = async () => {
      while (next < to && this.#violations.length < enough) {
        const index = next++
        await this.#fire(sender, { index, shot: this.#plan.shot(index) })
        if (++this.#answered % 10_000 === 0) this.#options.onProgress?.(this.#answered)
      }
    }
    await Promise.all(Array.from({ length: connections }, worker))
  }

  async #fire(sender: Sender, { index, shot }: { index: number; shot: Shot }): Promise<void> {
    this.#underWay.set(index, shot)
    try {
      const answer = await sender.send(shot, index)
      this.#tally.answered(shot.kind, answer.status)
      for (const rule of this.#brokenBy(shot, answer)) this.#violated(rule, index)
    } catch (error) {
      this.#violated(String(error), index)
    } finally {
      this.#underWay.delete(index)
    }
  }

  #brokenBy(shot: Shot, { status, text }: Answer): string[] {
    const { statuses, kind, body } = shot
    if (!statuses.includes(status))
      return [`answered ${status}, and ${statuses.join(', ')} is documented: ${text.trim().slice(0, 200)}`]
    const ours = this.#plan.steps.addressesIn(contextsIn(body)).size > 0
    if (woken.test(text) && !ours) return [`answered as if it had a token of ours: ${text.trim()}`]
    // Otherwise a handler that delivers nothing at all would pass.
    if (mustWake.has(kind) && !/^delivered/m.test(text)) return [`a good event was answered: ${text.trim()}`]
    return []
  }

  /** Those who never come to an end, all at once; and good events until the last of them has been cut off. */
  async #sendSlowly({ port, sender }: { port: number; sender: Sender }): Promise<number> {
    let open = 0
    const one = async (kind: SlowKind) => {
      open++
      try {
        const { status } = await sendSlowly(port, kind)
        this.#tally.answered(slowRow(kind), status)
        if (!kind.statuses.includes(status))
          this.#violated(`slow sender (${kind.name}) was answered ${status}`)
      } catch (error) {
        this.#violated(`slow sender (${kind.name}) ${error instanceof Error ? error.message : error}`)
      }
      open--
    }
    const all = slowKinds.flatMap((kind) => Array.from({ length: kind.times }, () => one(kind)))
    let taken = 0
    while (open > 0 && this.#violations.length < enough) {
      const index = this.#options.count + taken
      await this.#fire(sender, { index, shot: this.#plan.meanwhile(index) })
      taken++
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await Promise.all(all)
    return taken
  }

  #asked(): ReadonlySet<string> {
    const shot = this.#underWay.get(this.#current.getStore() ?? Number.NaN)
    return this.#plan.steps.addressesIn(shot ? contextsIn(shot.body) : [])
  }

  #violated(rule: string, index = this.#current.getStore()): void {
    const shot = index === undefined ? undefined : this.#underWay.get(index)
    const shots = shot ? [shot] : [...this.#underWay.values()]
    const input = shots.map((one) => `${one.method} ${showBytes(one.raw ?? one.body)}`).join('\n  or ')
    this.#violations.push({ rule, index, kind: shot?.kind, input })
  }
}

/** Nothing may get past the server's own nets. Returns how to stop watching. */
function guard(violated: (rule: string) => void): () => void {
  const rejected = (reason: unknown) => violated(`unhandled rejection: ${reason}`)
  const thrown = (error: unknown) => violated(`uncaught exception: ${error}`)
  process.on('unhandledRejection', rejected).on('uncaughtException', thrown)
  return () => {
    process.off('unhandledRejection', rejected).off('uncaughtException', thrown)
  }
}
