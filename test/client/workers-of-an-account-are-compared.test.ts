import type { Client } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { compareWorkers } from '../../src/client/compareWorkers.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import {
  allowPrint,
  keyPrint,
  macKeyPrints,
  type Prints,
  printsIn,
  printsText,
} from '../../src/contract/seal/prints.js'

const macKeys = macKeyPrints(parseMacKeys(`k1:${'1'.repeat(40)}`))
const intl = 'vod.intl.tencentcloudapi.com'
const mainland = 'vod.tencentcloudapi.com'
const secretId = (digit: string) => keyPrint({ secretId: `AKID${digit.repeat(32)}` })
const prints = (given: Partial<Prints> = {}): Prints => ({
  macKeys,
  endpoint: intl,
  key: secretId('1'),
  allow: allowPrint(['DeleteMedia']),
  ...given,
})

/** A client of a Temporal whose queue is polled under these identities. */
function polled(identities: readonly string[]): Client {
  const lastAccessTime = { seconds: 4_000_000_000 }
  const pollers = identities.map((identity) => ({ identity, lastAccessTime }))
  return {
    options: { namespace: 'default' },
    withDeadline: (_: number, call: () => unknown) => call(),
    withAbortSignal: (_: AbortSignal, call: () => unknown) => call(),
    workflowService: {
      describeTaskQueue: async () => ({ pollers }),
      // The clock polls for a moment; a poll that ends leaves Temporal's time unknown, and then every poller counts.
      pollActivityTaskQueue: async () => ({}),
    },
  } as unknown as Client
}

const identityOf = (shown: Prints, index: number) => `vodflow/1.0.0 ${index + 1}@host ${printsText(shown)}`
const compare = (workers: readonly Prints[], own: Partial<Prints> = prints()) =>
  compareWorkers(polled(workers.map(identityOf)), { account: 'default', own })
const same = { macKeys: [], endpoints: [], secretIds: [], allow: [] }

describe('what workers of an account must share', () => {
  it('is the same', async () => {
    expect(await compare([prints(), prints()])).toEqual({ workers: 2, ...same })
  })

  it('is compared among the workers alone if this process has none of it', async () => {
    expect(await compare([prints()], {})).toEqual({ workers: 1, ...same })
    expect(await compare([prints(), prints({ endpoint: mainland })], {})).toMatchObject({
      endpoints: [`the endpoints differ: ${intl} at 1@host; ${mainland} at 2@host`],
    })
  })

  it('is another endpoint, which is not also another SecretId', async () => {
    const found = await compare([prints(), prints({ endpoint: mainland, key: secretId('2') })])
    expect(found).toEqual({
      ...same,
      workers: 2,
      endpoints: [`the endpoints differ: ${intl} at 1@host, this process; ${mainland} at 2@host`],
    })
  })

  it.each(['temporary', 'role', secretId('2')])('is another key: %s', async (key) => {
    const found = await compare([prints(), prints({ key })])
    expect(found).toEqual({
      ...same,
      workers: 2,
      secretIds: [`the SecretIds for ${intl} differ: one at 1@host, this process; another at 2@host`],
    })
  })

  it('is another MAC key', async () => {
    const other = macKeyPrints(parseMacKeys(`k1:${'2'.repeat(40)}`))
    expect(await compare([prints({ macKeys: other })])).toMatchObject({
      macKeys: ['"k1" has different secrets: one at 1@host; another at this process'],
      endpoints: [],
      secretIds: [],
    })
  })

  it('is another list of allowed actions, in any order', async () => {
    const [both, turned] = [
      ['DeleteMedia', 'CreateClass'],
      ['CreateClass', 'DeleteMedia', 'DeleteMedia'],
    ].map((allow) => prints({ allow: allowPrint(allow) }))
    if (!both || !turned) return expect.unreachable()
    const { allow: _, ...shell } = prints()
    expect(await compare([both, turned], shell)).toEqual({ workers: 2, ...same })
    expect(await compare([both, prints({ allow: allowPrint([]) })], shell)).toEqual({
      ...same,
      workers: 2,
      allow: ['the allowed actions differ: one at 1@host; another at 2@host'],
    })
  })

  it('is the same list if it differs in actions that every worker allows', async () => {
    const more = prints({ allow: allowPrint(['DescribeMediaInfos', 'DeleteMedia']) })
    expect(await compare([prints(), more])).toEqual({ workers: 2, ...same })
  })

  it('is compared as far as a worker of another version shows it', async () => {
    const shown = printsText(prints({ endpoint: mainland }))
    const without = shown.replace(/ key .*/, '')
    expect(printsIn(without)).toEqual({ macKeys, endpoint: mainland })
    expect(printsIn(`${shown} region ap-x`)).toEqual(prints({ endpoint: mainland }))
    expect(printsIn(shown.replace(/ VOD .*/, ''))).toEqual({ macKeys })
    const client = polled([`vodflow/0.9.0 1@host ${without}`])
    expect(await compareWorkers(client, { account: 'default', own: prints() })).toEqual({
      ...same,
      workers: 1,
      endpoints: [`the endpoints differ: ${mainland} at 1@host; ${intl} at this process`],
    })
  })

  it('ignores what is no worker of vodflow', async () => {
    const strange = ['', '1@host', `vodflow/1.0.0 1@host ${'x'.repeat(500)}`, 'vodflow/1.0.0 1@host MAC keys']
    const client = polled(strange)
    expect(await compareWorkers(client, { account: 'default', own: prints() })).toEqual({
      workers: 0,
      ...same,
    })
  })
})

describe('the text of it', () => {
  it('is read as it was written, with an address and a port', () => {
    for (const endpoint of [intl, '127.0.0.1:8080', '[::1]:8080'])
      for (const key of ['role', 'temporary', secretId('3')])
        expect(printsIn(printsText(prints({ endpoint, key })))).toEqual(prints({ endpoint, key }))
  })

  it('shows no SecretId, fits into an identity, and differs by kind', () => {
    const id = 'a'.repeat(40)
    const [{ print } = { print: '' }] = macKeyPrints(parseMacKeys(`k1:${id}`))
    const key = keyPrint({ secretId: id })
    expect(key).toMatch(/^[\w-]{10}$/)
    expect(key).not.toBe(print)
    const many = parseMacKeys(Array.from({ length: 20 }, (_, n) => `k${n}:${id}${n}`).join(','))
    const text = printsText(
      prints({ macKeys: macKeyPrints(many), endpoint: `${'x'.repeat(253)}:65535`, key }),
    )
    expect(text).not.toContain('aaaa')
    expect(text.length).toBeLessThan(900)
  })
})
