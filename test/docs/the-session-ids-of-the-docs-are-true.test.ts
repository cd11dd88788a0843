import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { SubmitAction } from '../../src/contract/actions.js'
import { sessionIdOf } from '../../src/contract/identity.js'
import { root } from '../support/binary.js'

const page = readFileSync(join(root, 'docs/identity.md'), 'utf8')
const row = /^\| `(\S+)` \| (\d+) \| `(\w+)` \| `(\S+)` \| (\d) \| `([a-z2-7]{40})` \|$/gm
const vectors = [...page.matchAll(row)].map(
  ([, account, SubAppId, action, idempotencyKey, attempt, SessionId]) => ({
    account: account as string,
    SubAppId: Number(SubAppId),
    action: action as SubmitAction,
    idempotencyKey: idempotencyKey as string,
    attempt: Number(attempt),
    SessionId,
  }),
)

it('the page has vectors', () => {
  expect(vectors.length).toBeGreaterThan(4)
})

it.each(vectors)('$SessionId is what the code derives, and what the recipe says', (vector) => {
  const { account, SubAppId, action, idempotencyKey, attempt, SessionId } = vector
  expect(sessionIdOf(vector)).toBe(SessionId)
  const lines = ['v1', 'key', account, SubAppId, action, idempotencyKey, attempt].join('\n')
  expect(base32(createHash('sha256').update(lines).digest()).slice(0, 40)).toBe(SessionId)
})

it('and what Python derives', () => {
  const script = `
import base64, hashlib, json, sys
for vector in json.load(sys.stdin):
    lines = "\\n".join(["v1", "key", vector["account"], str(vector["SubAppId"]), vector["action"], vector["idempotencyKey"], str(vector["attempt"])])
    print(base64.b32encode(hashlib.sha256(lines.encode()).digest()).decode().lower()[:40])
`
  const printed = execFileSync('python3', ['-c', script], {
    input: JSON.stringify(vectors),
    encoding: 'utf8',
  })
  expect(printed.trim().split('\n')).toEqual(vectors.map(({ SessionId }) => SessionId))
})

/** Of its own: the code under test has another. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)])
    .join('')
}
