import type { Random } from './random.js'

/** Names that mean something to JavaScript, zod or the handler. */
export const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'length',
  '',
  'EventType',
  'SessionContext',
  'TaskId',
  'Status',
  'Progress',
  'Sign',
  'T',
]

const scalars = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e999',
  '-1e999',
  '1e-999',
  '9007199254740993',
  '123456789012345678901234567890',
  `1${'0'.repeat(400)}`,
  '""',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u0000"',
  '"FINISH"',
  '"PROCESSING"',
  '"ProcedureStateChanged"',
  '"ReviewAudioVideoComplete"',
  '"__proto__"',
  '"vf1.new.e30.AAAAAAAAAAAAAAAAAAAAAA"',
]

/** The text of any JSON value: text, because a value cannot have `__proto__`, 1e999 or one name twice. */
export function jsonText(random: Random, depth = 3): string {
  const kind = random.below(depth > 0 ? 8 : 5)
  if (kind < 4) return random.pick(scalars)
  if (kind === 4) return JSON.stringify(random.text(40))
  const length = random.below(4)
  if (kind === 5) return `[${Array.from({ length }, () => jsonText(random, depth - 1)).join(',')}]`
  const members = Array.from(
    { length },
    () => `${JSON.stringify(random.pick(names))}:${jsonText(random, depth - 1)}`,
  )
  return `{${members.join(',')}}`
}

/** Large for a parser; three of them stay below the limit for a body. */
export function heavyText(random: Random): string {
  const size = 1 + random.below(random.oneIn(20) ? 80_000 : 2_000)
  const times = (text: string) => Math.ceil(size / text.length)
  const listOf = (text: string) =>
    `[${Array(times(`${text},`))
      .fill(text)
      .join(',')}]`
  return random.pick([
    () => '['.repeat(times('[]')) + ']'.repeat(times('[]')),
    () => `${'{"a":'.repeat(times('{"a":}'))}1${'}'.repeat(times('{"a":}'))}`,
    () => listOf('1'),
    () => listOf('{"A":{"Progress":1e999}}'),
    () =>
      `{${Array.from({ length: times('"abc":12345,') }, (_, n) => `"${n.toString(36)}":${n}`).join(',')}}`,
    () => '9'.repeat(size),
    () => JSON.stringify('\0'.repeat(times('\\u0000'))),
  ])()
}
