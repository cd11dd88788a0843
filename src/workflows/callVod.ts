import { ApplicationFailure, proxyActivities } from '@temporalio/workflow'
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js'
import type { VodCall } from '../contract/activities.js'
import { shallow } from '../contract/check.js'
import { account } from '../contract/inputs.js'
import { queueOfClass } from '../contract/queues.js'
import { betterWayThan, syncKindOf } from '../contract/syncActions.js'
import { cut } from '../contract/text.js'
import { minute } from '../contract/time.js'
import { refuse, requireValid } from './refuse.js'
import { requireInbox } from './run/inbox.js'

/** Every action of the installed SDK, with what it takes and answers. */
export type VodApi = {
  [A in keyof Client as Client[A] extends (request: never, callback?: never) => Promise<unknown>
    ? A extends Capitalize<A & string>
      ? A
      : never
    : never]: Client[A]
}

/** The request of a synchronous action, as Tencent's SDK types it. */
export type VodCallRequest<A extends keyof VodApi> = Parameters<VodApi[A]>[0]
/** VOD's answer to a synchronous action, as Tencent's SDK types it. */
export type VodCallAnswer<A extends keyof VodApi> = Awaited<ReturnType<VodApi[A]>>

/** How a synchronous action is called. */
export interface VodCallOptions {
  /** Alias of the Tencent account, known to the worker. Default `default`. */
  readonly account?: string
}

/**
 * Calls an action that answers at once, e.g. `DescribeMediaInfos`, `ModifyMediaInfo`, `DeleteMedia`: one activity, named for the
 * action. A worker does reads for everybody, and of the others what its `allow` names.
 *
 * A read is tried again until it is answered, and so are a few writes that can be repeated (ModifyMediaInfo, DeleteMedia, ...).
 * Any other write is tried again only while it is certain that nothing was done.
 *
 * @param request - the action's own fields, as Tencent spells them; `SubAppId` among them.
 * @throws ActivityFailure with an ApplicationFailure of type `permanent` (VOD refuses), `NotAllowed`, `UnknownAction`, or
 *   `ambiguous`: a write got no answer, and may have been done.
 */
export async function callVod<A extends keyof VodApi & string>(
  action: A,
  request: VodCallRequest<A>,
  { account: alias = 'default' }: VodCallOptions = {},
): Promise<VodCallAnswer<A>> {
  requireInbox(`callVod('${action}')`)
  // A lower-case name is one of our own activities, which a worker may be too old to know.
  if (!/^[A-Z]\w{0,99}$/.test(action))
    throw ApplicationFailure.nonRetryable(
      `${cut(String(action), 100)} is not an action of VOD; check its spelling`,
      'UnknownAction',
    )
  requireValid(alias, account, 'account')
  requireValid(request, shallow, 'request')
  const way = betterWayThan(action)
  if (way !== undefined) throw refuse(action, 'is not for a bare call', way)
  if (typeof request !== 'object' || request === null) {
    throw refuse(action, 'the request is missing', 'give an object with its fields')
  }
  const call = proxyActivities<Record<string, (call: VodCall) => Promise<unknown>>>({
    // Writes share one slow queue: many have 20 calls a second, and people, not libraries, make them. Some start billed work, so an
    // operator who stops submits stops them too.
    taskQueue: queueOfClass(alias, syncKindOf(action) === 'read' ? 'read' : 'slow'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
  })[action]
  return call?.({ account: alias, request: request as VodCall['request'] }) as Promise<VodCallAnswer<A>>
}
