import { randomFrom } from '../../src/emulator/faults.js'
import { kinds as explored } from '../explore/dimensions.js'
import { stepKinds } from '../explore/kinds.js'

/** Where a step runs: on its own, in a user's workflow, as a child of one, or again in each run of one that continues as new. */
export const hosts = ['name', 'inline', 'parent', 'rounds'] as const
export type Host = (typeof hosts)[number]

/** What people do to a step, or to the workflow that has it. */
export const acts = [
  'nothing',
  'cancel',
  'detach',
  'terminate and start again',
  'reset the activity',
  'reset the workflow',
] as const
export type Act = (typeof acts)[number]

/** `slow`: many sub-tasks, one after the other. `changing`: its template is changed all the time. `upload`: has started its own procedure. */
export const kinds = [...explored, 'slow', 'changing', 'upload'] as const
export type Kind = (typeof kinds)[number]

export interface StepPlan {
  readonly number: number
  readonly kind: Kind
  readonly host: Host
  readonly act: Act
  /** After its start, ms. */
  readonly after: number
  /** Of the reset of a workflow: the share of its workflow tasks that stay. */
  readonly kept: number
  readonly signals: 'reapplied' | 'excluded'
  /** The verdict of moderation hangs on it. */
  readonly name: string
}

export const roundsOfHost = 2

/** A step whose answer is lost and whose template has changed waits for a minute, which few steps would wait for alone. */
const fewest = 50

/** Steps with what people do to them. Each kind and each act comes as often as any other. */
export function stepPlans(count: number, seed: number): StepPlan[] {
  const random = randomFrom(seed + 1)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T
  const shuffled = <T>(all: readonly T[]) => {
    const bag: T[] = []
    return () => {
      if (bag.length === 0) bag.push(...all)
      return bag.splice(Math.floor(random() * bag.length), 1)[0] as T
    }
  }
  const drawn = kinds.filter((kind) => kind !== 'changing' || count >= fewest)
  const [nextKind, nextAct, nextHost] = [shuffled(drawn), shuffled(acts), shuffled(hosts)]
  return Array.from({ length: count }, (_, number) => {
    const [kind, act, host] = [nextKind(), nextAct(), nextHost()]
    return {
      number,
      kind,
      host: fits(kind, act, host) ? host : 'name',
      act,
      after: Math.floor(random() * 6_000),
      kept: random(),
      signals: pick(['reapplied', 'excluded'] as const),
      name: pick(['clip', 'block', 'block-cover', 'review-terrorism', 'review-fails']),
    }
  })
}

/** A task is adopted by its id; and what a canceled or detached run says is about none of the runs before it. */
function fits(kind: Kind, act: Act, host: Host): boolean {
  if (kind === 'upload') return false
  return host !== 'rounds' || (act !== 'cancel' && act !== 'detach')
}

/** The tasks that one request makes. */
export function madeBy(kind: Kind): Readonly<Partial<Record<string, number>>> {
  switch (kind) {
    case 'slow':
      return { Procedure: 1 }
    case 'changing':
    case 'upload':
      return { Procedure: 1, ReviewAudioVideo: 1 }
    default:
      return stepKinds[kind].makes
  }
}
