import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import {
  callVod,
  type GateDecision,
  notify,
  processMedia,
  processMediaByProcedure,
  type ReviewGateInput,
  reviewAudioVideo,
  reviewGate,
} from '../../src/workflows/index.js'

/** Workflows as users write them, with whatever may go wrong in them. */
export async function gated(input: ReviewGateInput): Promise<GateDecision> {
  return reviewGate(input)
}

/** Two people decide, one after the other, each a while after the last thing. */
export async function decidedTwice(): Promise<readonly GateDecision[]> {
  await sleep(1)
  const first = await reviewGate({ gate: 'film', moderation: undefined })
  await sleep(1)
  return [first, await reviewGate({ gate: 'cover', moderation: undefined })]
}

/** A gate for each film, each in a run of its own, which opens when the film is there. */
export async function filmByFilm(
  films: readonly string[],
  decided: readonly GateDecision[] = [],
): Promise<readonly GateDecision[]> {
  let isThere = false
  setHandler(defineSignal('film'), () => {
    isThere = true
  })
  await condition(() => isThere)
  const [film, ...others] = films
  const all = [...decided, await reviewGate({ moderation: undefined, subject: film })]
  return others.length > 0 ? continueAsNew<typeof filmByFilm>(others, all) : all
}

/** A policy over label and confidence: code, not configuration. */
export async function lenient(input: ReviewGateInput): Promise<GateDecision> {
  return reviewGate({
    ...input,
    policy: ({ Label, verdicts }) => {
      const segments = verdicts.flatMap((verdict) => verdict.segments)
      return Label === 'Ad' && segments.every(({ Confidence }) => Confidence < 80) ? 'pass' : 'review'
    },
  })
}

/** Policies that return no verdict. */
const oddPolicies = {
  async: async () => 'pass',
  failing: async () => {
    throw new Error('no such label')
  },
  boolean: () => true,
  upperCase: () => 'PASS',
  inherited: () => 'constructor',
  nothing: () => null,
  object: () => ({ verdict: 'pass' }),
} as const

/** Has a policy as a program without types can have it. */
export async function misjudged(
  moderation: ReviewGateInput['moderation'],
  kind: keyof typeof oddPolicies,
): Promise<GateDecision> {
  const policy = oddPolicies[kind] as unknown as NonNullable<ReviewGateInput['policy']>
  return reviewGate({ moderation, policy })
}

/** Leaves the decision to a person by a policy without a return. */
export async function undecided(moderation: ReviewGateInput['moderation']): Promise<GateDecision> {
  const policy = (() => {}) as unknown as NonNullable<ReviewGateInput['policy']>
  return reviewGate({ moderation, policy })
}

/** Tells by webhook what happens at its gate. */
export async function told(input: ReviewGateInput): Promise<GateDecision> {
  return reviewGate({
    ...input,
    onEvent: ({ type, gate }) =>
      notify({ type: `gate.${type}`, data: { gate: gate.gate, reminders: gate.reminders } }),
  })
}

/** Two steps, and a person who decides. */
export async function reviewed(FileId: string): Promise<GateDecision> {
  await processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } })
  const { moderation } = await reviewAudioVideo({ request: { FileId } })
  return reviewGate({ moderation, subject: { FileId } })
}

export async function twoGates(input: ReviewGateInput): Promise<GateDecision[]> {
  return Promise.all([reviewGate(input), reviewGate(input)])
}

/** Goes on after its gate. */
export async function lingers(input: ReviewGateInput): Promise<GateDecision> {
  const decision = await reviewGate(input)
  await sleep(3_000)
  return decision
}

/** Gives a gate up and lives on until it is told to end. */
export async function givesUp(input: ReviewGateInput): Promise<string> {
  const scope = new CancellationScope()
  const gate = scope.run(() => reviewGate(input))
  gate.catch(() => {})
  await sleep(200)
  scope.cancel()
  return gate.then(
    () => 'decided',
    async (error) => {
      await sleep(3_000)
      return isCancellation(error) ? 'canceled' : String(error)
    },
  )
}

export async function call(action: string, request: object, options?: object): Promise<unknown> {
  return callVod(action as 'SearchMedia', request as { SubAppId?: number }, options)
}

export async function tells(type: string, data: unknown, more: object = {}): Promise<unknown> {
  return notify({ type, data, ...more })
}

/** Reminds twice in the same words. */
export async function tellsTwice(type: string, data: unknown): Promise<unknown> {
  return [await notify({ type, data }), await notify({ type, data })]
}

/** Leaves a step behind. */
export async function leaves(FileId: string): Promise<void> {
  void processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } }).catch(() => {})
  await sleep(10)
  await continueAsNew<typeof leaves>(FileId)
}

/** Leaves nothing behind: the step has settled. */
export async function settles(FileId: string, again = true): Promise<string> {
  const { status } = await processMediaByProcedure({
    request: { FileId, ProcedureName: 'one' },
    onFailure: 'return',
  })
  return again ? continueAsNew<typeof settles>(FileId, false) : status
}

/** Opens a gate for each moderation. Returns how each went: `opened`, or the failure. */
export async function gatedByAny(moderations: readonly unknown[]): Promise<readonly string[]> {
  return Promise.all(
    moderations.map((moderation, index) =>
      reviewGate({ moderation, gate: `${index}`, deadline: '1 s' } as ReviewGateInput).then(
        () => 'opened',
        failureText,
      ),
    ),
  )
}

function failureText(error: unknown): string {
  return error instanceof ApplicationFailure ? `${error.type} ${error.message}` : `not a failure: ${error}`
}

/** Values that JSON cannot hold, which only code can pass. */
const notJson: Readonly<Record<string, () => unknown>> = {
  bigint: () => 1n,
  function: () => () => 1,
  symbol: () => Symbol('one'),
  NaN: () => Number.NaN,
  Map: () => new Map([[1, 2]]),
  Set: () => new Set([1]),
  Promise: () => Promise.resolve(1),
  Error: () => new Error('lost'),
  bytes: () => new Uint8Array(1),
  itself: () => {
    const holder: Record<string, unknown> = {}
    holder.holder = holder
    return holder
  },
  thrower: () => ({
    toJSON() {
      throw new Error('not now')
    },
  }),
  getter: () => ({
    get member() {
      throw new Error('not now')
    },
  }),
}

/** Where a workflow passes values, each below the members that vodflow itself reads. */
const passes: Readonly<Record<string, (value: unknown) => Promise<unknown>>> = {
  step: (value) => processMedia({ request: { FileId: '528', MediaProcessTask: { a: [value] } } as never }),
  priority: (TasksPriority) =>
    processMediaByProcedure({ request: { FileId: '528', ProcedureName: 'one', TasksPriority } as never }),
  call: (value) => callVod('SearchMedia', { Tags: [value] } as never),
  notify: (value) => notify({ type: 'a.b', data: { a: [value] } }),
  gate: (value) => reviewGate({ moderation: undefined, subject: { a: [value] } }),
}

/** Passes each value at each place. Returns the failures. */
export async function passesAnything(): Promise<Readonly<Record<string, string>>> {
  const failures = Object.entries(passes).flatMap(([place, pass]) =>
    Object.entries(notJson).map(async ([kind, make]) => {
      const failure = await pass(make()).then(() => 'passed', failureText)
      return [`${kind} in ${place}`, failure] as const
    }),
  )
  return Object.fromEntries(await Promise.all(failures))
}

/** Returns while something that it started goes on. */
export async function forgets(what: keyof typeof forgettable, FileId: string): Promise<string> {
  await forgettable[what](FileId)
  return 'done'
}

const oneOf = (FileId: string) => processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } })

const forgettable = {
  step: async (FileId: string) => {
    void oneOf(FileId)
  },
  // The mistake: forEach drops the promises of its callback.
  stepsOfForEach: async (FileId: string) => {
    const each = async (key: string) => {
      await processMediaByProcedure({ request: { FileId, ProcedureName: 'one' }, key })
    }
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) void each(key)
    await sleep(10)
  },
  gate: async () => {
    void reviewGate({ moderation: undefined, deadline: '1 hour' })
  },
  write: async (FileId: string) => {
    void callVod('ModifyMediaInfo', { FileId, Name: 'x' })
  },
  notification: async () => {
    void notify({ type: 'x', data: {} })
  },
  read: async (FileId: string) => {
    void callVod('DescribeMediaInfos', { FileIds: [FileId] })
  },
  canceledStep: async (FileId: string) => {
    const scope = new CancellationScope()
    const step = scope.run(() => oneOf(FileId)).catch(() => {})
    await Promise.race([step, sleep(20)])
    scope.cancel()
  },
  canceledGateAndCalls: async (FileId: string) => {
    const scope = new CancellationScope()
    void scope.run(async () => {
      const gate = reviewGate({ moderation: undefined, deadline: '1 hour' })
      const write = callVod('ModifyMediaInfo', { FileId, Name: 'x' })
      await Promise.allSettled([gate, write, notify({ type: 'x', data: {} })])
    })
    scope.cancel()
  },
  callbackOfGate: async () => {
    const onEvent = () => notify({ type: 'slow', data: {} })
    await reviewGate({ moderation: undefined, deadline: '1 s', onEvent })
  },
}
