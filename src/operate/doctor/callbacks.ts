import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { classify } from '../../callbacks/event.js'
import { counted } from '../../contract/counted.js'
import { VodError } from '../../contract/errors.js'
import type { MacKeys } from '../../contract/seal/macKeys.js'
import { unreachable } from '../../contract/unreachable.js'
import { doctorEvent } from '../../vod/eventTypes.js'
import { bad, type DoctorFinding, doubtful, failed, good, skipped } from './finding.js'
import type { EventSettings } from './vod.js'

export interface CallbackOptions {
  readonly SubAppId?: number | undefined
  readonly signKey?: string | undefined
  readonly keys: MacKeys | undefined
}

/** Checks whether events can arrive, as far as this process can tell. */
export async function* checkCallbacks(
  events: EventSettings | undefined,
  options: CallbackOptions,
): AsyncGenerator<DoctorFinding> {
  if (!events) return yield skipped('callback address', 'the delivery mode of events is unknown')
  const { Mode, NotificationUrl } = events
  if (Mode === 'PULL') {
    yield good('events', 'are kept in a queue: vodflow callbacks --pull must run')
    return yield await checkQueue(events, options)
  }
  if (NotificationUrl === '') {
    const fix = 'vodflow events set --mode PUSH --url https://..., or --mode PULL'
    return yield bad('events', 'are pushed nowhere: no callback address is set', fix)
  }
  yield good('events', `are pushed to ${originOf(NotificationUrl)}`)
  if (isPrivate(NotificationUrl)) {
    const what = `${originOf(NotificationUrl)} is an address that VOD cannot reach from outside`
    yield doubtful('public address', what, 'vodflow events set --mode PUSH --url with a public address')
  }
  yield* checkAddress(NotificationUrl, options.signKey)
}

/** Posts a meaningless event as VOD would, and one without a Sign as anybody could, which must not be taken if there is a SignKey. */
async function* checkAddress(url: string, signKey: string | undefined): AsyncGenerator<DoctorFinding> {
  const name = 'callback address'
  try {
    const status = await post(url, signKey)
    if (isRefused(status)) return yield refused(status, signKey)
    if (!isTaken(status)) {
      const fix = 'check which program listens there: it must be vodflow callbacks'
      return yield bad(name, `answers with HTTP status ${status}`, fix)
    }
    const open = signKey === undefined ? ', and takes events without a Sign' : ''
    yield good(name, `answers from here${open}; the next event will show whether VOD reaches it`)
    if (signKey !== undefined) yield signed(await post(url))
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    const fix = 'start vodflow callbacks, and make sure that VOD can reach it; or vodflow events set'
    yield bad(name, late ? 'does not answer within the 5 s that VOD waits' : unreachable(error), fix)
  }
}

const setSignKey = 'set VODFLOW_SIGN_KEY to the SignKey of ModifyEventConfig, here and at vodflow callbacks'

function refused(status: number, signKey: string | undefined): DoctorFinding {
  return signKey === undefined
    ? doubtful('SignKey', `requires a Sign (HTTP status ${status}), but no SignKey is set here`, setSignKey)
    : bad('SignKey', `refuses a signed event (HTTP status ${status}): it has another SignKey`, setSignKey)
}

/** Judges the answer to an event without a Sign, from a service that has taken a signed one. */
function signed(status: number): DoctorFinding {
  if (isRefused(status))
    return good('SignKey', 'the callback address takes a signed event and refuses others')
  if (!isTaken(status))
    return doubtful('SignKey', `an event without a Sign gets HTTP status ${status}`, 'run this again')
  const what = 'the callback address takes events without a Sign, so anyone can announce an upload'
  return bad('SignKey', what, setSignKey)
}

/** Returns the HTTP status. */
async function post(url: string, signKey?: string): Promise<number> {
  const event = { EventType: doctorEvent, ...(signKey ? signOf(signKey) : {}) }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
    redirect: 'manual',
    signal: AbortSignal.timeout(5_000),
  })
  await response.body?.cancel()
  return response.status
}

function signOf(signKey: string) {
  const T = Math.floor(Date.now() / 1000) + 600
  return { Sign: createHash('md5').update(`${signKey}${T}`).digest('hex'), T }
}

const isTaken = (status: number) => status >= 200 && status < 300
const isRefused = (status: number) => status === 401 || status === 403

/** A running loop takes an event immediately, so only one that has just arrived may wait. */
const startPulling =
  'make sure that vodflow callbacks --pull runs for this sub-app; then run this again after 30 s'

async function checkQueue(
  { vod }: EventSettings,
  { SubAppId, keys }: CallbackOptions,
): Promise<DoctorFinding> {
  try {
    const { EventSet } = await vod.call('PullEvents', { SubAppId })
    const foreign = EventSet.filter((event) => !keys || classify(event, keys).kind !== 'ours').length
    if (foreign === 0)
      return doubtful(
        'queue',
        counted(EventSet.length, 'event of vodflow waits', 'events of vodflow wait'),
        startPulling,
      )
    const what = `${foreign} of ${EventSet.length} events are not vodflow's, and VOD shows them repeatedly`
    return doubtful('queue', what, 'vodflow callbacks --pull with --foreign confirm or forward')
  } catch (error) {
    if (error instanceof VodError && error.vodCode.startsWith('ResourceNotFound'))
      return good('queue', 'shows no event; it hides those that any program has read in the last 30 s')
    return failed('queue', error, error instanceof VodError ? error.remedy : 'vodflow events show')
  }
}

/** Returns the origin only, because a path or a query may contain a secret. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'an invalid URL'
}

function isPrivate(url: string): boolean {
  if (!URL.canParse(url)) return false
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.local') || host.endsWith('.internal')) return true
  if (isIP(host) === 6) return host === '::1' || /^f[cd]/i.test(host) || /^fe80/i.test(host)
  return isIP(host) === 4 && /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host)
}
