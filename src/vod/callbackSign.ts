import { createHash, timingSafeEqual } from 'node:crypto'

/** The places where `Sign` and `T` may be. Their place on the wire is UNVERIFIED: the documentation says "in the message". */
export interface SignPlaces {
  readonly body: Readonly<Record<string, unknown>>
  readonly query: URLSearchParams
  readonly header: (name: string) => string | null
}

/** The state of VOD's signature of a callback: valid, wrong, past its time, or missing. */
export type SignVerdict = 'good' | 'bad' | 'expired' | 'absent'

/**
 * Checks VOD's own signature of a callback: Sign = MD5(SignKey + T), where T is the Unix time of expiry in seconds
 * (ModifyEventConfig, "SignKey"). The signature does not cover the body: anyone who has seen one callback can send any body
 * for 10 minutes. It is only a first filter. The token proves that an event belongs to a step.
 */
export function checkSign(
  { body, query, header }: SignPlaces,
  { SignKey, now }: { SignKey: string; now: number },
): SignVerdict {
  const places = [
    [body.Sign, body.T],
    [query.get('Sign'), query.get('T')],
    [header('Sign'), header('T')],
  ]
  const [Sign, T] = places.find(([sign]) => typeof sign === 'string' && sign !== '') ?? []
  if (typeof Sign !== 'string') return 'absent'
  // MD5 allows length extension: the Sign of T plus more bytes can be computed from one Sign, without the key.
  const expires = typeof T === 'number' || typeof T === 'string' ? String(T) : ''
  if (!/^\d{1,12}$/.test(expires)) return 'bad'
  const expected = createHash('md5').update(`${SignKey}${expires}`).digest()
  const given = Buffer.from(Sign, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'bad'
  return Number(expires) * 1000 < now ? 'expired' : 'good'
}
