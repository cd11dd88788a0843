import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWebhookActivities } from '../../src/activities/index.js'
import { createPushHandler } from '../../src/callbacks/index.js'
import { hide, redact } from '../../src/cli/redact.js'
import { connect } from '../../src/client/index.js'
import { InvalidInputError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { accessByTokens } from '../../src/operate/codec/index.js'
import { parsePayloadKeys } from '../../src/temporal/payloadKeys.js'
import { createVodClient } from '../../src/vod/client.js'
import { proxyFor } from '../../src/vod/proxy.js'

const headers: string[] = []
const server = createServer((request, response) => {
  headers.push(String(request.headers['x-tc-token']))
  response.end('{"Response":{"RequestId":"r"}}')
})
let endpoint = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const keys = parseMacKeys(`k1:${'m'.repeat(32)}`)
const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'a-key' }

/** Every way in for a secret, and how its error names it. */
const waysIn: readonly (readonly [named: string, give: (secret: string) => unknown])[] = [
  ['credentials.secretId', (secretId) => createVodClient({ credentials: { ...credentials, secretId } })],
  ['credentials.secretKey', (secretKey) => createVodClient({ credentials: { ...credentials, secretKey } })],
  ['credentials.token', (token) => createVodClient({ credentials: { ...credentials, token } })],
  ['endpoint', (secret) => createVodClient({ endpoint: `https://u:${secret}@vod.example`, credentials })],
  ['HTTPS_PROXY', (secret) => proxyFor(new URL('https://vod.example'), { HTTPS_PROXY: `x:${secret}@p:1` })],
  ['VODFLOW_MAC_KEYS', (secret) => parseMacKeys(`k1:${secret}`)],
  ['VODFLOW_PAYLOAD_KEYS', (secret) => parsePayloadKeys(`k1:${secret}`)],
  ['VODFLOW_CODEC_TOKENS', (secret) => accessByTokens(`ann:${secret}`)],
  // The wrong way round.
  ['VODFLOW_MAC_KEYS', (secret) => parseMacKeys(`${secret}:k1`)],
  ['VODFLOW_PAYLOAD_KEYS', (secret) => parsePayloadKeys(`${secret}:k1`)],
  ['VODFLOW_PAYLOAD_KEYS', (secret) => parsePayloadKeys(secret)],
  ['VODFLOW_CODEC_TOKENS', (secret) => accessByTokens(`${secret}:ann`)],
  ['signKey', (signKey) => createPushHandler({ keys, signKey, deliver: async () => 'delivered' })],
  ['webhooks.app.secret', (secret) => createWebhookActivities({ app: { url: 'https://a.example', secret } })],
  ['apiKey', (apiKey) => connect({ address: '127.0.0.1:1', apiKey, connectTimeout: 1 })],
]

/** Two halves that no message has by chance, and anything between, before and after them. */
const halves = ['hunter2first9876543', 'hunter2second987654'] as const
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '\n',
    '\r\n',
    '\t',
    '\u0000',
    '"',
    "'",
    '\\',
    'é',
    '\ud83d',
    '\u001b]0;',
    '%',
    '%zz',
    '@',
    ':',
  ),
)
const secrets = fc
  .tuple(anything, anything, anything)
  .map(([before, between, after]) => `${before}${halves[0]}${between}${halves[1]}${after}`)

it.each(waysIn)('%s: taken, or refused without a part of it', async (named, give) => {
  await fc.assert(
    fc.asyncProperty(secrets, async (secret) => {
      const error = await (async () => give(secret))().then(
        () => undefined,
        (thrown) => thrown,
      )
      if (error === undefined) return
      const shown = inspect(error, { depth: 9 }) + JSON.stringify(error)
      for (const half of halves) expect(shown).not.toContain(half)
      if (!(error instanceof InvalidInputError)) expect(error.name).toBe('TemporalUnreachableError')
      else expect(error.fields.join()).toContain(named)
    }),
    { numRuns: named === 'apiKey' ? 40 : 300 },
  )
})

it('a token that is taken arrives as it was given, without the blanks around it', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async (token) => {
      let client: ReturnType<typeof createVodClient>
      try {
        client = createVodClient({ endpoint, credentials: { ...credentials, token } })
      } catch {
        return
      }
      await client.send('DescribeMediaInfos', {})
      expect(headers.at(-1)).toBe(token.trim())
    }),
  )
})

it('a log line hides a secret in every form that a library may print', () => {
  fc.assert(
    fc.property(secrets, (secret) => {
      hide(secret)
      const forms = [
        secret,
        secret.trim(),
        JSON.stringify({ secret }),
        inspect({ secret }),
        // Line by line, or with what is not ASCII left out.
        secret
          .trim()
          .split(/[^\x20-\x7e]+/)
          .join('\n| '),
        `${secret.trim()} is not a legal HTTP header value`,
        encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd')),
      ]
      for (const form of forms)
        for (const half of halves) expect(redact(`an error: ${form}`)).not.toContain(half)
    }),
    { numRuns: 200 },
  )
})
