import { isTaskId, someTask } from '../contract/hint.js'
import { type Json, object, text } from '../contract/json.js'
import { isTerminal } from '../contract/outcome.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import { type OpenedContext, openSessionContext, type StepAddress } from '../contract/seal/token.js'
import { percentOf } from '../vod/taskShape.js'

/** The fields of an event that are used. None of them is trusted. */
export interface TaskEvent {
  /** {@link someTask} if the event has no TaskId in VOD's format. */
  readonly TaskId: string
  readonly terminal: boolean
  readonly percent?: number
}

/**
 * `ours`: the event has a valid token. `forged`: its token names one of our keys, but has a wrong MAC. `foreign`: anything else, of any
 * shape. `unknownKey` is the id of the MAC key in its token, which is not configured here.
 */
export type ClassifiedEvent =
  | { readonly kind: 'ours'; readonly address: StepAddress; readonly task: TaskEvent }
  | { readonly kind: 'forged' }
  | { readonly kind: 'foreign'; readonly unknownKey?: string }

/**
 * Classifies an event, pushed or pulled, by its token. A token is accepted wherever a SessionContext can be: VOD's format 3.0 has it in
 * the member of the event type, format 2.0 in `data`, and both come in odd shapes. Never throws.
 */
export function classify(body: unknown, keys: MacKeys): ClassifiedEvent {
  let forged = false
  let unknownKey: string | undefined
  for (const holder of holdersIn(body)) {
    const opened = openedIn(holder, keys)
    if (opened.verdict === 'ours')
      return { kind: 'ours', address: opened.address, task: taskIn(body, holder) }
    forged ||= opened.verdict === 'forged'
    if (opened.verdict === 'foreign') unknownKey ??= opened.unknownKey
  }
  if (forged) return { kind: 'forged' }
  return { kind: 'foreign', ...(unknownKey === undefined ? {} : { unknownKey }) }
}

/** Returns the types that an event names. VOD names one; a made-up event can name one for each format. */
export function typesOf(body: unknown): readonly string[] {
  const event = object(body)
  return ['EventType', 'eventType'].map((name) => text(own(event, [name]))).filter((type) => type !== '')
}

/** Returns the type that an event names, in either format, or an empty string. */
export function typeOf(body: unknown): string {
  return typesOf(body)[0] ?? ''
}

/** The only type that VOD also sends before a task has ended. */
const progressEvent = 'ProcedureStateChanged'
/** A SessionContext is in the body or in one of its members. The third level is for odd shapes. */
const maxDepth = 3
/** Bounds the work for a body that is 256 KiB of `{},{}`. */
const maxHolders = 200

/** Returns the objects that can hold a SessionContext, outer ones first. */
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
    // If nothing says that the task is still going on, the step must read it.
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
