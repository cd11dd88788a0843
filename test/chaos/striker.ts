import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child.js'
import type { Strike, WireName } from './plan.js'
import type { Temporal } from './temporal.js'
import type { Wire } from './wire.js'

/** So long Temporal is away before the callback service dies, ms. */
const awayMs = 1_500

/** A strike of the plan that was carried out. */
export interface Struck {
  readonly at: string
  readonly kind: Strike['kind']
  readonly target: string
  /** Until the target was up again, ms. */
  readonly ms: number
}

interface Targets {
  readonly children: Readonly<Record<'worker 1' | 'worker 2', Child>> & { readonly callbacks?: Child }
  readonly temporal: Temporal
  readonly wires?: Readonly<Record<WireName, Wire>>
  readonly rollOut?: () => Promise<void>
  /** Absent where it is not ours to kill. */
  readonly vod?: Pick<Child, 'killAndRestart'>
  readonly throttle: (calls: number) => unknown
}

/** Carries out the plan as the jobs go on. Each target is struck again only when it is up. */
export class Striker {
  readonly done: Struck[] = []
  readonly #left: Strike[]
  readonly #targets: Targets
  readonly #busy = new Map<string, Promise<void>>()

  constructor(strikes: readonly Strike[], targets: Targets) {
    this.#left = [...strikes]
    this.#targets = targets
  }

  /** So much of the jobs has ended. */
  reached(share: number): void {
    while (this.#left[0] && this.#left[0].at <= share) this.#strike(this.#left.shift() as Strike)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  #strike(strike: Strike): void {
    const target = targetOf(strike)
    const before = this.#busy.get(target) ?? Promise.resolve()
    const struck = before.then(async () => {
      const start = Date.now()
      await this.#carryOut(strike)
      this.done.push({ at: new Date(start).toISOString(), kind: strike.kind, target, ms: Date.now() - start })
    })
    this.#busy.set(target, struck)
  }

  async #carryOut(strike: Strike): Promise<void> {
    const { children, temporal, wires, rollOut, vod, throttle } = this.#targets
    if (strike.kind === 'rollout') {
      await rollOut?.()
    } else if (strike.kind === 'suspend') {
      await children[strike.target]?.suspend(strike.ms)
    } else if (strike.kind === 'cut') {
      await wires?.[strike.wire].cut(strike.how, strike.ms)
    } else if (strike.kind === 'outage') {
      await temporal.killAndRestart?.(async () => {
        await sleep(awayMs)
        await children.callbacks?.killAndRestart()
      })
    } else if (strike.kind === 'throttle') {
      await throttle(strike.calls)
    } else if (strike.target === 'VOD') {
      await vod?.killAndRestart()
    } else if (strike.target === 'temporal') {
      await temporal.killAndRestart?.()
    } else {
      await children[strike.target]?.killAndRestart()
    }
  }
}

function targetOf(strike: Strike): string {
  switch (strike.kind) {
    case 'kill':
    case 'suspend':
      return strike.target
    case 'cut':
      return strike.wire
    case 'outage':
      return 'temporal'
    case 'rollout':
      return 'worker 3'
    case 'throttle':
      return 'VOD'
  }
}
