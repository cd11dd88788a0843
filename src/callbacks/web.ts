import { InvalidInputError } from '../contract/errors.js'
import { requireGlobals } from '../contract/requireGlobals.js'

const classNames = ['Request', 'Response', 'Headers', 'ReadableStream'] as const

/** The classes of the web that Node provides. */
export type Web = Pick<typeof globalThis, (typeof classNames)[number]>

/**
 * Returns the global classes, so that code which replaces them later has no effect on what was started.
 *
 * @throws InvalidInputError if Node runs without them, or if a polyfill or mock has replaced them by something that cannot take an event
 */
export function webClasses(): Web {
  requireGlobals(classNames)
  const { Request, Response, Headers, ReadableStream } = globalThis
  const web = { Request, Response, Headers, ReadableStream }
  const replaced = checks.find(([, works]) => !succeeds(() => works(web)))
  if (replaced) throw new InvalidInputError([{ field: `globalThis.${replaced[0]}`, ...otherThanNode }])
  return web
}

const otherThanNode = {
  problem: 'is not as in Node',
  remedy: 'remove the polyfill or mock that replaces it, at least until vodflow has started',
}

const sample = { name: 'X-Vodflow', value: '1' }

/** What an event and its answer need of each class. */
const checks: readonly (readonly [keyof Web, (web: Web) => boolean])[] = [
  ['Headers', ({ Headers }) => hasSample(new Headers([[sample.name, sample.value]]))],
  ['Request', canTakeEvent],
  ['Response', canAnswer],
]

function succeeds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

function hasSample(headers: Headers): boolean {
  return headers.get(sample.name.toLowerCase()) === sample.value && [...headers].flat().includes(sample.value)
}

function canTakeEvent({ Request, Headers, ReadableStream }: Web): boolean {
  const headers = new Headers([[sample.name, sample.value]])
  const init = { method: 'POST', headers, body: new ReadableStream(), duplex: 'half' } as RequestInit
  const request = new Request('http://callbacks.local/vod?T=1', init)
  return (
    request.method === 'POST' &&
    request.url.endsWith('/vod?T=1') &&
    hasSample(request.headers) &&
    !request.bodyUsed &&
    typeof request.body?.getReader === 'function'
  )
}

function canAnswer({ Response }: Web): boolean {
  const response = new Response('ok', { status: 202, headers: [[sample.name, sample.value]] })
  return response.status === 202 && hasSample(response.headers) && typeof response.text === 'function'
}
