/*
 * What is explored: every case is a combination of a kind of step, where it runs, what becomes of the submit's answer and which net
 * brings the end, with one disturbance. An id names all five: `pullUpload+flow/inline/lost/event/backoff:pause+reset`.
 */

export const kinds = [
  'processMediaByProcedure',
  'processMediaByProcedure+review',
  'processMedia',
  'pullUpload',
  'pullUpload+flow',
  'editMedia+flow',
  'splitMedia+flows',
  'composeMedia',
  'reviewAudioVideo',
] as const
export type Kind = (typeof kinds)[number]

/** `inline`: awaited in a user's workflow. `name`: started by its name. `child`: of a user's workflow, without or with a workflow id. */
export const hosts = ['inline', 'name', 'child', 'child-id'] as const
export type Host = (typeof hosts)[number]

/**
 * `lost`: VOD makes the task, and its answer never arrives; every later send is a duplicate. `refused`: the same, and every later
 * send is refused for good, as after a template was renamed.
 */
export const answers = ['answered', 'lost', 'refused'] as const
export type Answer = (typeof answers)[number]

/** The only net that is there: pushed events, the sweep, or looks of the step itself. */
export const nets = ['event', 'sweep', 'look'] as const
export type Net = (typeof nets)[number]

export interface Combination {
  readonly kind: Kind
  readonly host: Host
  readonly answer: Answer
  readonly net: Net
}

/**
 * Where the pending submit is when an operator acts on it. `throttled`: in back-off, because VOD has refused it before it did anything.
 * `backoff`: the second activity is in back-off, and nobody knows whether VOD has it. `second`: the second activity runs.
 */
export const phases = ['scheduled', 'throttled', 'backoff', 'running', 'second'] as const
export type Phase = (typeof phases)[number]

/** What an operator does to a pending activity, or to the workflow around it. */
export type Verb =
  | 'reset'
  | 'reset-heartbeat'
  | 'reset-kept'
  | 'pause'
  | 'unpause'
  | 'unpause-attempts'
  | 'unpause-attempts-heartbeat'
  | 'options'
  | 'workflow-before'
  | 'workflow-after'

/** Every row of what Temporal does to a pending activity. */
export const operations: Readonly<Record<Phase, readonly (readonly Verb[])[]>> = {
  scheduled: [
    ['reset'],
    ['pause', 'unpause'],
    ['pause', 'reset'],
    ['pause', 'reset-kept', 'unpause'],
    ['options'],
    ['workflow-before'],
    ['workflow-after'],
  ],
  throttled: [
    ['reset'],
    ['reset-heartbeat'],
    ['pause', 'unpause-attempts'],
    ['pause', 'unpause-attempts-heartbeat'],
    ['workflow-before'],
    ['workflow-after'],
  ],
  backoff: [
    ['reset'],
    ['reset-heartbeat'],
    ['reset-kept'],
    ['pause', 'unpause'],
    ['pause', 'reset'],
    ['pause', 'reset-kept', 'unpause'],
    ['pause', 'unpause-attempts'],
    ['pause', 'unpause-attempts-heartbeat'],
    ['options'],
    ['workflow-before'],
    ['workflow-after'],
  ],
  running: [
    ['reset'],
    ['reset', 'reset'],
    ['reset-heartbeat'],
    ['pause', 'unpause'],
    ['pause', 'unpause-attempts'],
    ['options'],
    ['workflow-before'],
    ['workflow-after'],
  ],
  second: [['reset'], ['reset-heartbeat']],
}

/** Signals and updates that came after the point of a reset. */
export const reapplications = ['reapplied', 'excluded'] as const
export type Reapplication = (typeof reapplications)[number]

/** When a workflow is reset or made to fail: while the step waits, or after its end. */
export const moments = ['waiting', 'ended'] as const
export type Moment = (typeof moments)[number]

export type Disturbance =
  | { readonly do: 'nothing' }
  | { readonly do: 'operate'; readonly phase: Phase; readonly verbs: readonly Verb[] }
  /** The run that has the step is reset, to the workflow task of this number. */
  | {
      readonly do: 'reset'
      readonly moment: Moment
      readonly task: number
      readonly signals: Reapplication
    }
  | { readonly do: 'resetParent'; readonly moment: Moment; readonly task: number }
  /** The user's workflow fails, and its retry policy runs it again. */
  | { readonly do: 'retry'; readonly moment: Moment }

export interface Case extends Combination {
  readonly disturbance: Disturbance
}

/** How many workflow tasks a run has had, once its step waits, and at its end. */
export type Tasks = Readonly<Record<Moment, number>>

/** What an undisturbed run of a combination shows. */
export interface Survey {
  readonly own: Tasks
  /** Of the workflow that started the child. */
  readonly parent: Tasks
}

export function combinations(): Combination[] {
  return kinds.flatMap((kind) =>
    hosts.flatMap((host) => answers.flatMap((answer) => nets.map((net) => ({ kind, host, answer, net })))),
  )
}

/**
 * `usual`: an operation on a pending submit meets one net for each kind, host and answer, in turn, so each net with every kind, every
 * host and every answer; a reset while the step waits, before anything was signaled, reapplies. `full`: the whole product.
 */
export type Scope = 'usual' | 'full'

/** Every operation of the table that a combination meets. A child with an id differs from one without in what its parent does only. */
export function operationsOf(combination: Combination, scope: Scope): Disturbance[] {
  const { kind, host, answer, net } = combination
  if (host === 'child-id') return []
  const all = phases.flatMap((phase) =>
    operations[phase].map((verbs) => ({ do: 'operate', phase, verbs }) as const),
  )
  const turn = kinds.indexOf(kind) + hosts.indexOf(host) + answers.indexOf(answer) - nets.indexOf(net)
  const inTurn = (index: number) => (turn + index + nets.length) % nets.length === 0
  return scope === 'full' ? all : all.filter((_, index) => inTurn(index))
}

/** The user's workflow fails and is retried, where there is one. */
export function retriesOf({ host }: Combination): Disturbance[] {
  return host === 'name' ? [] : moments.map((moment) => ({ do: 'retry', moment }) as const)
}

/** The run with the step is reset to each workflow task that the survey shows. */
export function resetsOf({ host }: Combination, { own }: Survey, scope: Scope): Disturbance[] {
  if (host === 'child-id') return []
  return moments.flatMap((moment) => {
    const ways = moment === 'waiting' && scope === 'usual' ? (['reapplied'] as const) : reapplications
    return upTo(own[moment]).flatMap((task) =>
      ways.map((signals) => ({ do: 'reset', moment, task, signals }) as const),
    )
  })
}

/** The same for the workflow that has started the child. */
export function parentResetsOf({ host }: Combination, { parent }: Survey): Disturbance[] {
  if (!isChild(host)) return []
  return moments.flatMap((moment) =>
    upTo(parent[moment]).map((task) => ({ do: 'resetParent', moment, task }) as const),
  )
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

export function isChild(host: Host): boolean {
  return host === 'child' || host === 'child-id'
}

export function idOf({ kind, host, answer, net, disturbance }: Case): string {
  return [kind, host, answer, net, nameOf(disturbance)].join('/')
}

export function nameOf(disturbance: Disturbance): string {
  switch (disturbance.do) {
    case 'nothing':
      return 'nothing'
    case 'operate':
      return `${disturbance.phase}:${disturbance.verbs.join('+')}`
    case 'reset':
      return `reset-${disturbance.moment}:task-${disturbance.task}:${disturbance.signals}`
    case 'resetParent':
      return `parent-${disturbance.moment}:task-${disturbance.task}`
    case 'retry':
      return `retry:${disturbance.moment}`
  }
}

/** Disturbances of one sort. */
export function familyOf(disturbance: Disturbance): string {
  switch (disturbance.do) {
    case 'operate':
      return disturbance.phase
    case 'nothing':
      return 'undisturbed'
    default:
      return `${disturbance.do} ${disturbance.moment}`
  }
}
