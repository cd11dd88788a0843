import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createLog, lineOf } from '../../src/cli/log.js'
import { hide, redact, redactValue } from '../../src/cli/redact.js'

/** What breaks JSON when it is replaced in text that has been serialized. */
const odd = [
  '"token":',
  '"token":"',
  '\\"secretKey\\":\\"',
  '{"sign": "x\\',
  'sign=\\',
  'https://a.example/?"',
  'TC3-HMAC-SHA256 "\\',
  'vf1.k1.a"b',
  'password="',
]

describe('any JSON value', () => {
  const planted = ['AKIDplantedplantedplanted', 'planted "with" quotes\nand a new line', 'geheim-密码-πλάντ']
  for (const secret of planted) hide(secret)
  // Short enough to have no secret, and no name of one.
  const harmless = fc.string({ maxLength: 4, unit: 'binary' })
  const wrapped = fc.tuple(harmless, fc.constantFrom(...planted), harmless).map((parts) => parts.join(''))
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(harmless, wrapped, fc.constantFrom(...odd)),
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(harmless, wrapped), tie('value')),
    ),
  })).value

  it('keeps its shape, and has no secret', () => {
    fc.assert(
      fc.property(value, (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as unknown
        const text = JSON.stringify(redactValue(plain))
        expect(shapeOf(JSON.parse(text))).toEqual(shapeOf(plain))
        for (const secret of planted) {
          expect(text).not.toContain(secret)
          expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
        }
      }),
    )
  })

  it('stays what it is without a secret', () => {
    const free = fc
      .jsonValue({ stringUnit: 'binary' })
      .filter((each) => !/sign|token/i.test(JSON.stringify(each)))
    fc.assert(fc.property(free, (given) => void expect(redactValue(given)).toEqual(given)))
  })

  it('hides whatever a secret name holds, and nothing that a name only resembles', () => {
    expect(
      redactValue({
        token: 'abc',
        Sign: 12_345_678,
        macKeys: ['k1', { of: 'k2' }],
        SecretKey: '',
        access_token: { value: 'abc' },
        clientSecret: 'abc',
        'Set-Cookie': ['abc'],
        privateKey: 'abc',
        signed: 'yes',
        tokens: 3,
        password: null,
      }),
    ).toEqual({
      token: '[redacted]',
      Sign: '[redacted]',
      macKeys: ['[redacted]', { of: '[redacted]' }],
      SecretKey: '',
      access_token: { value: '[redacted]' },
      clientSecret: '[redacted]',
      'Set-Cookie': ['[redacted]'],
      privateKey: '[redacted]',
      signed: 'yes',
      tokens: 3,
      password: null,
    })
  })

  it('keeps two names apart that differ only in a secret, and a name of the language', () => {
    const [one, other] = [`${planted[0]}`, `${planted[1]}`]
    expect(Object.values(redactValue({ [one]: 1, [other]: 2 }))).toEqual([1, 2])
    const given = JSON.parse('{"__proto__":{"a":1}}') as object
    expect(JSON.stringify(redactValue(given))).toBe('{"__proto__":{"a":1}}')
  })

  it('is cut where it is deeper than anybody writes', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
    expect(JSON.stringify(redactValue(deep))).toContain('deeper')
  })
})

describe('a line of the log', () => {
  it.each(odd)('is one object, and has the text: %s', (text) => {
    for (const field of ['EventType', 'SessionContext', 'problem']) {
      const line = lineOf(
        `${JSON.stringify({ level: 'warn', [field]: text, FileId: '528', message: text })}\n`,
        false,
      )
      expect(line.endsWith('}\n')).toBe(true)
      expect(JSON.parse(line)).toMatchObject({ level: 'warn', FileId: '528', [field]: expect.any(String) })
    }
    expect(JSON.parse(lineOf(JSON.stringify({ EventType: '"token":' }), false))).toEqual({
      EventType: '"token":',
    })
  })

  it('has the bytes of no buffer', () => {
    const line = JSON.stringify({ body: Buffer.from('a secret') })
    expect(JSON.parse(lineOf(line, false))).toEqual({ body: '[8 bytes]' })
  })

  it('is an object also when it was none', () => {
    expect(JSON.parse(lineOf('{"broken', false))).toMatchObject({ level: 'error', line: '{"broken' })
  })

  it('as text has no field that a value has made up, and no second line', () => {
    const record = {
      time: '2026-01-01T23:59:58.000Z',
      level: 'warn',
      message: 'not an event',
      EventType: 'x  verdict=delivered\n00:00:00 info  all is well  "',
      verdict: 'malformed',
      count: 3,
    }
    expect(lineOf(JSON.stringify(record), true)).toBe(
      '23:59:58 warn  not an event  EventType="x  verdict=delivered\\n00:00:00 info  all is well  \\""  verdict=malformed  count=3\n',
    )
  })
})

it('takes linear time', () => {
  const urls = Array.from({ length: 30_000 }, (_, index) => `https://vod.test/${index}.mp4?sign=abcdef`)
  const texts = [
    urls.join(''),
    urls.join(' '),
    'http://'.repeat(30_000),
    '{"token":"'.repeat(20_000),
    '\\'.repeat(200_000),
    `"token"${' '.repeat(200_000)}:`,
    'TC3-HMAC-SHA256 '.repeat(12_000),
    'sign='.repeat(40_000),
  ]
  for (const text of texts) {
    const before = process.cpuUsage()
    expect(redact(text)).not.toContain('abcdef')
    redactValue({ text, [text]: text.split(' ') })
    // Quadratic, each takes many seconds.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
  }
})

it('a field cannot take the place of time, level or message', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const log = await createLog({ logLevel: 'info', logFormat: 'json' })
  log.warn({ level: 'info', time: 'now', message: 'all is well', FileId: '528' }, 'not an event')
  log.error(new Error('an error'))
  const [forged, failed] = write.mock.calls.map(([line]) => JSON.parse(String(line)))
  write.mockRestore()
  expect(forged).toMatchObject({
    level: 'warn',
    message: 'not an event',
    FileId: '528',
    message_: 'all is well',
  })
  expect(forged.time).toMatch(/^\d{4}-/)
  expect(failed).toMatchObject({ level: 'error', message: 'an error', err: { type: 'Error' } })
})

describe('a secret in text', () => {
  it.each([
    ['{"token":"ab\\"cdefgh"}', 'cdefgh'],
    ['{"a":"{\\"token\\":\\"ab\\\\\\"cdefgh\\"}"}', 'cdefgh'],
    ['{"a":"{\\"b\\":\\"{\\\\\\"token\\\\\\":\\\\\\"cdefgh\\\\\\"}\\"}"}', 'cdefgh'],
    ['"SecretKey" : "cdefgh', 'cdefgh'],
    [
      'TC3-HMAC-SHA256 Credential=AKID"\nx/2026/vod/tc3_request, SignedHeaders=a, Signature=0123abcdef',
      '0123abcdef',
    ],
    ['http://user:p@ss/cdefgh@a.example/', 'cdefgh'],
    ['http://a.example/#x?key=cdefgh', 'cdefgh'],
    ['http://a.example/http://b.example/?key=cdefgh', 'cdefgh'],
  ])('is hidden: %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret)
  })

  it.each([
    ['https://registry.npmjs.org/@scope/pkg has it', 'https://registry.npmjs.org/@scope/pkg has it'],
    ['at http://127.0.0.1:8233/namespaces/default', 'at http://127.0.0.1:8233/namespaces/default'],
    ['{"token":"abc","FileId":"528"}', '{"token":"[redacted]","FileId":"528"}'],
    [
      '{\\"token\\":\\"abc\\",\\"FileId\\":\\"528\\"}',
      '{\\"token\\":\\"[redacted]\\",\\"FileId\\":\\"528\\"}',
    ],
  ])('and the rest is kept: %s', (text, safe) => {
    expect(redact(text)).toBe(safe)
  })
})

/** The same with every text empty, and what a name of a secret holds too. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value === 'string') return ''
  if (value === null || typeof value !== 'object') return value
  return Object.values(value).map(shapeOf)
}
