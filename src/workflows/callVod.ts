import { ApplicationFailure } from '@temporalio/workflow'
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js'
import type { VodCall } from '../contract/activities.js'
import { exactly, optional, plainJson } from '../contract/check.js'
import { account } from '../contract/inputs.js'
import { object } from '../contract/json.js'
import { queueOfClass } from '../contract/queues.js'
import { betterWayThan, syncKindOf } from '../contract/syncActions.js'
import { cut } from '../contract/text.js'
import { minute } from '../contract/time.js'
import { refuse, requireValid } from './refuse.js'
import { untilAnswered } from './run/inbox.js'
import { refusedHere } from './run/readOnly.js'
import { malformed, parsedResult, uncheckedActivities } from './unchecked.js'

/** Every action of the installed SDK, with its request and its answer. */
export type VodApi = {
  [A in keyof Client as Client[A] extends (request: never, callback?: never) => Promise<unknown>
    ? A extends Capitalize<A & string>
      ? A
      : never
    : never]: Client[A]
}

/** The request of a synchronous action, with the type in Tencent's SDK. */
export type VodCallRequest<A extends keyof VodApi> = Parameters<VodApi[A]>[0]
/** The answer to a synchronous action, with the type in Tencent's SDK. */
export type VodCallAnswer<A extends keyof VodApi> = Awaited<ReturnType<VodApi[A]>>

/** Options of {@link callVod}. */
export interface VodCallOptions {
  /** The alias of the Tencent account on the worker. Default `default`. */
  readonly account?: string | undefined
}

const callOptions = exactly<VodCallOptions>(
  { account: optional(account) },
  'pass { account }, or leave it out',
)

/**
 * Calls a synchronous action, e.g. `DescribeMediaInfos`, `ModifyMediaInfo` or `DeleteMedia`, in one activity with the name of the
 * action. A worker allows reads by default, and other actions only if its `allow` names them.
 *
 * A read is retried until it is answered, and so are some repeatable writes (ModifyMediaInfo, DeleteMedia, ...).
 * Any other write is retried only while it is certain that nothing was done.
 *
 * @param request - the action's own fields, with Tencent's names, including `SubAppId`
 * @throws ActivityFailure with an ApplicationFailure of type `permanent` (VOD refuses), `NotAllowed` or `UnknownAction` (by each
 *   worker that was asked, for 15 s), or `ambiguous` (a write got no answer and may have been done).
 */
export async function callVod<A extends keyof VodApi & string>(
  action: A,
  request: VodCallRequest<A>,
  options: VodCallOptions = {},
): Promise<VodCallAnswer<A>> {
  const name = `callVod('${String(action)}')`
  const refused = refusedHere(name)
  if (refused) return refused
  // A lower-case name is one of our own activities, which an old worker may not have.
  if (typeof action !== 'string' || !/^[A-Z]\w{0,99}$/.test(action))
    throw ApplicationFailure.nonRetryable(
      `${cut(String(action), 100)} is not an action of VOD; check its spelling`,
      'UnknownAction',
    )
  requireValid(options, callOptions, 'options')
  const alias = options.account ?? 'default'
  requireValid(request, plainJson, 'request')
  const way = betterWayThan(action)
  if (way !== undefined) throw refuse(action, 'cannot be called directly', way)
  if (typeof request !== 'object' || request === null) {
    throw refuse(action, 'the request is missing', 'pass an object with its fields')
  }
  const kind = syncKindOf(action)
  const call = uncheckedActivities<Record<string, (call: VodCall) => Promise<unknown>>>({
    // Writes share one slow queue, because many have a limit of 20 calls a second and few are made. Some start billed work, so an
    // operator who stops submits also stops them.
    taskQueue: queueOfClass(alias, kind === 'read' ? 'read' : 'slow'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
  })[action]
  const send = () => call?.({ account: alias, request: request as VodCall['request'] }) ?? Promise.resolve()
  const answered = () => (kind === 'write' ? send().then(object) : parsedResult(send, object))
  const answer = await (kind === 'read' ? answered() : untilAnswered(name, answered))
  if (answer === undefined) throw kind === 'write' ? unanswered(action) : malformed(action)
  return answer as VodCallAnswer<A>
}

/** Somebody has completed the activity, so its call may have been made. */
function unanswered(action: string): ApplicationFailure {
  const message = `${action} was completed with a malformed result, and may have been done; check before you call it again`
  return ApplicationFailure.nonRetryable(message, 'ambiguous')
}
