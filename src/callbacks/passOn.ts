import { VodflowError } from '../base/vodflowError.js'
import { InvalidInputError } from '../contract/errors.js'
import { requireGlobals } from '../contract/requireGlobals.js'
import { cut } from '../contract/text.js'
import { unreachable } from '../contract/unreachable.js'
import { within } from '../contract/within.js'
import type { ForeignEvent } from './foreignEvent.js'
import type { Verdicts } from './responses.js'

export interface OthersOptions {
  readonly onOther?: ((event: ForeignEvent) => void | Promise<void>) | undefined
  readonly forwardTo?: string | undefined
  readonly verdicts: Verdicts
}

/** A foreign event, and what is used of the request that carried it. */
export interface OtherPush {
  readonly event: ForeignEvent
  readonly request: { readonly url: string; readonly headers: Pick<Headers, 'get'> }
}

/** Longest wait for `onOther` and `forwardTo` before the answer, ms. They run in parallel, and VOD waits 5 s. */
const passOnTimeoutMs = 3_000
/** Time after which an event that `onOther` still holds counts as not passed on, ms. An upload rule lets uploads wait for their turn. */
const giveUpAfterMs = 60_000
/** Header that counts how often an event was forwarded, so that two receivers cannot forward it to each other forever. */
const hopsHeader = 'vodflow-hops'
const maxHops = 5

/** Passes foreign events to `onOther` and `forwardTo`. The returned function never throws: a failure is counted and logged. */
export function createPassOn({ onOther, forwardTo, verdicts }: OthersOptions) {
  if (forwardTo !== undefined) checkForwardTo(forwardTo)
  return async ({ event, request }: OtherPush): Promise<void> => {
    const note = (to: string, error: unknown) => {
      const problem = error instanceof Error ? error.message : 'unknown'
      const fields = { EventType: cut(event.EventType, 64), to, problem }
      verdicts.note('notPassedOn', fields, 'a foreign event could not be passed on')
    }
    // The answer to VOD cannot wait as long as the work may take.
    const noted = (to: string, work: Promise<void>) =>
      within(
        passOnTimeoutMs,
        within(giveUpAfterMs, work).catch((error) => note(to, error)),
      ).catch(() => {})
    await Promise.all([
      onOther && noted('onOther', (async () => onOther(event))()),
      forwardTo !== undefined && noted('forwardTo', forward(forwardTo, { event, request })),
    ])
  }
}

/**
 * Returns a function for the `foreign` option of a pull loop that posts foreign events to a URL, with their bytes unchanged.
 *
 * The function rejects with a NotForwardedError.
 *
 * @throws InvalidInputError if `forwardTo` is not an http or https URL, or has a user or password in it, or if Node runs without
 *   `fetch`.
 */
export function createForward(forwardTo: string): (event: ForeignEvent) => Promise<void> {
  checkForwardTo(forwardTo)
  return (event) => forward(forwardTo, { event, request: pulled })
}

/** A pulled event has no request. */
const pulled: OtherPush['request'] = { url: 'http://pulled.invalid/', headers: { get: () => null } }

/** The error does not show the value, because it may contain a password. */
function checkForwardTo(forwardTo: string): void {
  requireGlobals(['fetch'])
  const url = URL.canParse(forwardTo) ? new URL(forwardTo) : undefined
  const web = url?.protocol === 'http:' || url?.protocol === 'https:'
  const problem = !web
    ? 'is not an http or https URL'
    : url.username || url.password
      ? 'contains a user or password, which cannot be sent'
      : undefined
  if (problem === undefined) return
  throw new InvalidInputError([
    { field: 'forwardTo', problem, remedy: 'pass a URL like https://app.example.com/vod' },
  ])
}

/** A foreign event could not be posted to `forwardTo`. */
export class NotForwardedError extends VodflowError {
  override readonly name = 'NotForwardedError'
  override readonly code = 'VODFLOW_NOT_FORWARDED'

  /** It has no cause: an error of `fetch` can contain the URL, which can contain a secret. */
  constructor(problem: string) {
    super({
      what: `The event was not forwarded: ${problem}`,
      remedy: 'Check the receiver that forwardTo names, and that it does not forward events back.',
    })
  }
}

async function forward(forwardTo: string, { event, request }: OtherPush): Promise<void> {
  const before = request.headers.get(hopsHeader) ?? '0'
  // A value that is not a count, e.g. a negative number, would let the event loop forever.
  if (!/^\d{1,3}$/.test(before)) throw new NotForwardedError(`its ${hopsHeader} header is not a count`)
  const hops = Number(before) + 1
  if (hops > maxHops) throw new NotForwardedError(`it has been forwarded ${maxHops} times`)
  const target = new URL(forwardTo)
  const { body, contentType, contentEncoding } = event
  const headers: Record<string, string> = {
    'content-type': contentType,
    'content-length': String(body.length),
    ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
    [hopsHeader]: String(hops),
  }
  // The receiver may want to check VOD's own signature, which VOD puts into the query or the headers.
  const { searchParams } = new URL(request.url)
  for (const name of ['Sign', 'T']) {
    const asked = searchParams.get(name)
    if (asked !== null) target.searchParams.set(name, asked)
    const header = request.headers.get(name)
    if (header !== null) headers[name] = header
  }
  const response = await fetch(target, {
    method: 'POST',
    headers,
    // Of a body that is no stream, fetch sends a second request after the status 421.
    body: new Blob([body as Uint8Array<ArrayBuffer>]).stream(),
    duplex: 'half',
    // Following a redirect can turn a POST into a GET without a body.
    redirect: 'manual',
    signal: AbortSignal.timeout(passOnTimeoutMs),
  }).catch((error) => {
    throw new NotForwardedError(unreachable(error))
  })
  await response.body?.cancel()
  if (!response.ok) throw new NotForwardedError(`HTTP status ${response.status}`)
}
