import { isTaskId, someTask } from '../contract/hint.js'
import { type Json, object, text } from '../contract/json.js'
import { isTerminal } from '../contract/outcome.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { type OpenedContext, openSessionContext, type StepAddress } from '../contract/seal/token.js'
import { percentOf } from '../vod/taskShape.js'

/** What is used of an event, and nothing of it is believed. */
export interface TaskEvent {
  /** {@link someTask} where the event names none that VOD could have made. */
  readonly TaskId: string
  readonly terminal: boolean
  readonly percent?: number
}

/**
 * `ours`: it has a valid token. `forged`: it has a token that names a key of ours, with a wrong MAC. `foreign`: anything else, whatever
 * its shape.
 */
export type Classified =
  | { readonly kind: 'ours'; readonly address: StepAddress; readonly task: TaskEvent }
  | { readonly kind: 'forged' }
  | { readonly kind: 'foreign' }

/**
 * Whose an event is, by push and by pull alike. A token counts wherever a SessionContext may stand: VOD's format 3.0 has it in the
 * member of the event type, format 2.0 in `data`, and both are seen in odd shapes. Never throws.
 */
export function classify(body: unknown, keys: MacKeys): Classified {
  let forged = false
  for (const holder of holdersIn(body)) {
    const opened = openedIn(holder, keys)
    if (opened.verdict === 'ours')
      return { kind: 'ours', address: opened.address, task: taskIn(body, holder) }
    forged ||= opened.verdict === 'forged'
  }
  return { kind: forged ? 'forged' : 'foreign' }
}

/** The types that an event names: one, unless somebody has written one for each format. */
export function typesOf(body: unknown): readonly string[] {
  const event = object(body)
  return ['EventType', 'eventType'].map((name) => text(own(event, [name]))).filter((type) => type !== '')
}

/** The type that an event names, in either format; empty where it names none. */
export function typeOf(body: unknown): string {
  return typesOf(body)[0] ?? ''
}

/** The only type that also comes in between. */
const progressEvent = 'ProcedureStateChanged'
/** A SessionContext stands in the body or in one of its members. One level more for odd shapes. */
const maxDepth = 3
/** Whoever sends 256 KiB of `{},{}` gets no more of them looked at. */
const maxHolders = 200

/** Objects that may hold a SessionContext, outer ones first. */
function holdersIn(body: unknown): readonly Json[] {
  const holders: Json[] = []
  let level = [body]
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    level = level.slice(0, maxHolders - holders.length)
    const inner: unknown[] = []
    for (const value of level) {
      if (!Array.isArray(value) && object(value)) holders.push(value as Json)
      for (const member of membersOf(value)) inner.push(member)
    }
    level = inner
  }
  return holders
}

function membersOf(value: unknown): readonly unknown[] {
  const members = Array.isArray(value) ? value.slice(0, maxHolders) : Object.values(object(value) ?? {})
  return members.filter((member) => typeof member === 'object' && member !== null).slice(0, maxHolders)
}

function openedIn(holder: Json, keys: MacKeys): OpenedContext {
  const context = own(holder, ['SessionContext', 'sessionContext'])
  return typeof context === 'string' ? openSessionContext(context, keys) : { verdict: 'foreign' }
}

function taskIn(body: unknown, holder: Json): TaskEvent {
  const Status = text(own(holder, ['Status', 'status']))
  const percent = percentOf({ MediaProcessResultSet: own(holder, ['MediaProcessResultSet']) })
  return {
    TaskId: taskIdIn(holder),
    // Where nothing says that the task goes on, the step had better look.
    terminal: typeOf(body) !== progressEvent || Status === '' || isTerminal(Status),
    ...(percent === undefined ? {} : { percent }),
  }
}

function taskIdIn(holder: Json): string {
  const given = own(holder, ['TaskId', 'taskId', 'vodTaskId'])
  const TaskId = typeof given === 'number' ? String(given) : given
  return isTaskId(TaskId) ? TaskId : someTask
}

function own(holder: Json | undefined, names: readonly string[]): unknown {
  const name = names.find((each) => holder && Object.hasOwn(holder, each))
  return name === undefined ? undefined : holder?.[name]
}
