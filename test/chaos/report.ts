import type { EmulatorCall } from '../../src/emulator/books.js'
import type { Batched } from './batch.js'
import type { Forged } from './forger.js'
import type { Ended } from './jobs.js'
import type { Options } from './options.js'
import type { Piped } from './pipelines.js'
import { forgeries, type Plan } from './plan.js'
import type { Stepped } from './steps.js'
import type { Struck } from './striker.js'
import type { Verdict } from './truth.js'

interface Report {
  readonly plan: Plan
  readonly options: Options
  readonly verdict: Verdict
  readonly ended: readonly Ended[]
  readonly strikes: readonly Struck[]
  readonly forged: readonly Forged[]
  readonly calls: readonly EmulatorCall[]
  readonly seconds: number
  /** What is wrong with what is composed of steps. */
  readonly composed: {
    readonly pipelines: readonly string[]
    readonly steps: readonly string[]
    readonly batch: readonly string[]
  }
  readonly piped: readonly Piped[]
  readonly stepped: readonly Stepped[]
  /** Of a template. */
  readonly changes: number
  readonly batched: Batched
}

const maxShown = 10
/** A pull, an edit, a moderation. */
const stepsOfPipeline = 3

function clocksText({ clocks }: Plan): string {
  const seconds = Object.entries(clocks).map(([name, ms]) => `${name} ${ms < 0 ? '' : '+'}${ms / 1_000}`)
  return `${seconds.join(', ')} s`
}

/** Prints what was seen; `false` when a promise was broken. */
export function report(given: Report): boolean {
  const {
    plan,
    options,
    verdict,
    ended,
    strikes,
    forged,
    calls,
    seconds,
    composed,
    piped,
    stepped,
    changes,
    batched,
  } = given
  const count = <T>(items: readonly T[], of: (item: T) => string) => {
    const counts = new Map<string, number>()
    for (const item of items) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1)
    return [...counts].map(([name, number]) => `${name} ${number}`).join(', ')
  }
  const outcomes = ended.flatMap(({ outcome }) => (outcome ? [outcome] : []))
  const rows: [string, string | number][] = [
    [
      'jobs',
      `${options.jobs}, ${ended.length} runs, ${outcomes.flatMap(({ attempts }) => attempts).length} submissions meant`,
    ],
    ['took', `${Math.round(seconds)} s`],
    [
      'killed',
      count(
        strikes.filter(({ kind }) => kind === 'kill'),
        ({ target }) => target,
      ) || 'nothing',
    ],
    [
      'suspended',
      count(
        strikes.filter(({ kind }) => kind === 'suspend'),
        ({ target }) => target,
      ) || 'nothing',
    ],
    [
      'cut off',
      count(
        strikes.filter(({ kind }) => kind === 'cut'),
        ({ target }) => target,
      ) || 'nothing',
    ],
    ['clocks', clocksText(plan)],
    ['rollouts', strikes.filter(({ kind }) => kind === 'rollout').length],
    ['outages of Temporal', strikes.filter(({ kind }) => kind === 'outage').length],
    ['throttle bursts', strikes.filter(({ kind }) => kind === 'throttle').length],
    [
      'lost or false answers',
      calls.filter(({ lost }) => lost).length +
        calls.filter(({ code }) => code === 'InternalError' || code === 'FailedOperation').length,
    ],
    ['throttled calls', calls.filter(({ code }) => code.startsWith('RequestLimitExceeded')).length],
    [
      'forged events',
      forgeries.map((kind) => `${kind} ${forged.filter((one) => one.forgery === kind).length}`).join(', '),
    ],
    [
      'calls for each step',
      (
        calls.length /
        (ended.length + stepsOfPipeline * piped.length + stepped.length + batched.items.length)
      ).toFixed(2),
    ],
    ['kinds of steps', count(stepped, ({ plan }) => plan.kind)],
    ['where steps run', count(stepped, ({ plan }) => plan.host)],
    [
      'what people did',
      count(
        stepped.filter(({ acted }) => acted === 'done'),
        ({ plan }) => plan.act,
      ),
    ],
    [
      'what came too late',
      count(
        stepped.filter(({ acted }) => acted === 'too late'),
        ({ plan }) => plan.act,
      ) || 'nothing',
    ],
    [
      'steps ended',
      count(stepped, ({ outcomes, canceled }) => outcomes?.at(-1)?.status ?? (canceled ? 'canceled' : 'not')),
    ],
    ['changes of a template', changes],
    ['ended by', count(outcomes, ({ endedBy }) => endedBy ?? 'nothing read')],
    ['outcomes', count(outcomes, ({ status }) => status)],
    [
      'recovered submits',
      outcomes.flatMap(({ attempts }) => attempts).filter(({ recovered }) => recovered).length,
    ],
  ]
  console.log('')
  for (const [name, value] of rows) console.log(`${name.padEnd(22)}${value}`)
  const checks: [string, string, readonly string[]][] = [
    [
      'tasks made for each meant',
      verdict.tasksPerJob.toFixed(4),
      [...verdict.paidTwice, ...verdict.neverPaid],
    ],
    ['runs that ended', `${outcomes.length} of ${ended.length}`, verdict.lost],
    ['outcomes not true', String(verdict.untrue.length), verdict.untrue],
    ['forged events accepted', String(verdict.fooled.length), verdict.fooled],
    [
      'pipelines, step by step',
      `${piped.filter(({ result }) => result).length} of ${piped.length}`,
      composed.pipelines,
    ],
    ['steps that people disturb', String(stepped.length), composed.steps],
    [
      'batch, each item once',
      `${batched.items.length} items, histories of ${batched.events.join(', ')} events`,
      composed.batch,
    ],
  ]
  console.log('')
  for (const [name, value, wrong] of checks) {
    console.log(`${wrong.length === 0 ? 'ok  ' : 'BAD '} ${name.padEnd(27)}${value}`)
    for (const line of wrong.slice(0, maxShown)) console.log(`       ${line}`)
    if (wrong.length > maxShown) console.log(`       and ${wrong.length - maxShown} more`)
  }
  console.log(
    `\nagain: npm run chaos -- --jobs ${options.jobs} --seed ${plan.seed}${options.only ? ` --only ${options.only}` : ''}`,
  )
  return checks.every(([, , wrong]) => wrong.length === 0)
}
