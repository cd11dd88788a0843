import { InvalidInputError } from '../contract/errors.js'
import { cut } from '../contract/text.js'
import { within } from '../contract/within.js'
import type { ForeignEvent } from './foreignEvent.js'
import type { Verdicts } from './responses.js'

export interface OthersOptions {
  readonly onOther?: ((event: ForeignEvent) => void | Promise<void>) | undefined
  readonly forwardTo?: string | undefined
  readonly verdicts: Verdicts
}

/** An event of others, and the request that brought it. */
export interface OtherPush {
  readonly event: ForeignEvent
  readonly request: Request
}

/** Both together have to end before VOD's 5 s, ms. */
const passOnTimeoutMs = 3_000
/** Counts the stations of an event, so that two that forward to each other do not do so without end. */
const hopsHeader = 'vodflow-hops'
const maxHops = 5

/** Hands an event to everybody who asked for the events of others. Never throws: what fails is counted and logged. */
export function createPassOn({ onOther, forwardTo, verdicts }: OthersOptions) {
  if (forwardTo !== undefined) checkForwardTo(forwardTo)
  return async ({ event, request }: OtherPush): Promise<void> => {
    const noted = async (to: string, work: () => unknown) => {
      try {
        await within(passOnTimeoutMs, Promise.resolve(work()))
      } catch (error) {
        const problem = error instanceof Error ? error.message : 'unknown'
        const fields = { EventType: cut(event.EventType, 64), to, problem }
        verdicts.note('notPassedOn', fields, 'an event of others could not be passed on')
      }
    }
    await Promise.all([
      onOther && noted('onOther', async () => onOther(event)),
      forwardTo !== undefined && noted('forwardTo', () => forward(forwardTo, { event, request })),
    ])
  }
}

/**
 * Posts events of others to a URL, with their bytes as they came: for the `foreign` of a pull loop.
 *
 * @throws InvalidInputError when it is not a URL that can be posted to.
 */
export function createForward(forwardTo: string): (event: ForeignEvent) => Promise<void> {
  checkForwardTo(forwardTo)
  return (event) => forward(forwardTo, { event, request: new Request('http://pulled.invalid/') })
}

/** The value is not shown: it may have a password in it. */
function checkForwardTo(forwardTo: string): void {
  const url = URL.canParse(forwardTo) ? new URL(forwardTo) : undefined
  const web = url?.protocol === 'http:' || url?.protocol === 'https:'
  const problem = !web
    ? 'is not a URL with http or https'
    : url.username || url.password
      ? 'has a user or password in it, which cannot be sent'
      : undefined
  if (problem === undefined) return
  throw new InvalidInputError([
    { field: 'forwardTo', problem, remedy: 'give e.g. https://app.example.com/vod' },
  ])
}

async function forward(forwardTo: string, { event, request }: OtherPush): Promise<void> {
  const before = request.headers.get(hopsHeader) ?? '0'
  // A count that is none, e.g. below 0, would let it go round without end.
  if (!/^\d{1,3}$/.test(before)) throw new Error(`its ${hopsHeader} is no count`)
  const hops = Number(before) + 1
  if (hops > maxHops) throw new Error(`it has been forwarded ${maxHops} times; is there a circle?`)
  const target = new URL(forwardTo)
  const { body, contentType, contentEncoding } = event
  const headers: Record<string, string> = {
    'content-type': contentType,
    ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
    [hopsHeader]: String(hops),
  }
  // The receiver may want to check VOD's own signature, wherever VOD has put it.
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
    body: body as Uint8Array<ArrayBuffer>,
    // A redirect may turn a POST into a GET without a body.
    redirect: 'manual',
    signal: AbortSignal.timeout(passOnTimeoutMs),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`HTTP status ${response.status}`)
}
