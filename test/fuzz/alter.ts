import type { Random } from './random.js'

const base64url = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']

/** A token with something wrong in it; it may come out as it was. `other` is another step's. */
export function alteredToken(random: Random, { token, other }: { token: string; other: string }): string {
  const [version, id, payload, mac] = token.split('.') as [string, string, string, string]
  const [, otherId, otherPayload, otherMac] = other.split('.') as [string, string, string, string]
  const join = (...parts: string[]) => parts.join('.')
  return random.pick([
    () => altered(random, token),
    () => altered(random, token),
    () => join(version, id, payload, altered(random, mac)),
    () => join(version, id, altered(random, payload), mac),
    () => join(version, id, payload, otherMac),
    () => join(version, id, otherPayload, mac),
    () => join(version, otherId, otherPayload, mac),
    () => join(version, id === 'new' ? 'old' : 'new', payload, mac),
    () => join(version, random.pick(['', '__proto__', 'constructor', '0', ' new', 'new\0']), payload, mac),
    () => join(random.pick(['vf0', 'vf2', 'VF1', '', ' vf1']), id, payload, mac),
    () => join(version, id, payload, `${mac}${random.pick(['=', '==', ' ', 'A', '\n', '.', '\0'])}`),
    () => join(version, id, `${payload}${random.pick(['=', ' ', '\n', '%3D', 'A'])}`, mac),
    () => join(version, id, payload),
    () => join(version, id, payload, ''),
    () => join(version, id, '', mac),
    () => join(version, id, payload, mac, mac),
    () => join(version, id, otherOf(random, payload), mac),
    () => `${random.pick(['|', ' ', '\ufeff', '.', other])}${token}`,
    () => `${token}|${random.text(20)}`,
    () => `${token}|${'x'.repeat(random.below(1_200))}`,
    () => `${other.slice(0, random.below(other.length))}${token.slice(random.below(token.length))}`,
  ])()
}

/** One character flipped, replaced, put in, taken out or doubled. */
export function altered(random: Random, text: string): string {
  const at = random.below(text.length)
  const before = text.slice(0, at)
  const one = text[at] ?? ''
  const after = text.slice(at + 1)
  return random.pick([
    () => before + String.fromCharCode(one.charCodeAt(0) ^ (1 << random.below(7))) + after,
    () => before + random.pick(base64url) + after,
    () => before + random.text(2) + after,
    () => before + random.pick(base64url) + one + after,
    () => before + after,
    () => before + one + one + after,
    () => before + (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()) + after,
  ])()
}

/** A payload of another shape, or for another step, under the same MAC. */
function otherOf(random: Random, payload: string): string {
  const given = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[]
  const at = random.below(given.length)
  const value = random.pick([null, '', 'other', 0, 1, 2 ** 53, [], {}, ['__proto__']])
  const other = random.pick([
    given.map((one, index) => (index === at ? value : one)),
    given.slice(0, at),
    [...given, value],
    { ...given },
    value,
  ])
  return Buffer.from(JSON.stringify(other)).toString('base64url')
}
