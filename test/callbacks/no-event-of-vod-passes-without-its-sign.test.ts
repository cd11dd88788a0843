import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client } from '@temporalio/client'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { createUploadRule } from '../../src/callbacks/index.js'
import { rig } from './rig.js'

const signKey = 'mysignkey'
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** An upload rule that notes each run that it wants to start, and a receiver that notes what is forwarded to it. */
async function watched() {
  const noted = { starts: 0, forwarded: [] as string[] }
  const receiver = createServer(async (request, response) => {
    noted.forwarded.push(Buffer.concat(await request.toArray()).toString())
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  closers.push(() => receiver.close())
  const start = async () => void noted.starts++
  const client = { workflow: { start } } as unknown as Client
  const rule = { work: { ProcedureName: 'one' } }
  const { post } = rig({
    signKey,
    onOther: createUploadRule({ client, rule, maxPerSecond: 1_000_000 }),
    forwardTo: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
  })
  return { noted, post }
}

const types = ['NewFileUpload', 'FileDeleted', 'x']
const type = fc.oneof(
  fc.constantFrom<unknown>(...types),
  fc.jsonValue(),
  fc.constantFrom<unknown>(['NewFileUpload']),
)
const body = fc.record(
  {
    EventType: type,
    eventType: type,
    eventtype: type,
    EVENTTYPE: type,
    FileUploadEvent: fc.constant({ FileId: '528' }),
    data: fc.constant({ fileId: '529' }),
    Sign: fc.constantFrom('', 'x', 7),
    T: fc.constantFrom('', '9999999999', 7),
  },
  { requiredKeys: ['FileUploadEvent', 'data'] },
)

it('no upload rule and no receiver gets an event of VOD without a good Sign, however its type is spelled', async () => {
  const { noted, post } = await watched()
  await fc.assert(
    fc.asyncProperty(body, async (given) => {
      expect([200, 403]).toContain(await post(JSON.stringify(given)))
    }),
    { numRuns: 1_000 },
  )
  expect(noted.starts).toBe(0)
  const named = noted.forwarded.flatMap((text) => {
    const { EventType, eventType } = JSON.parse(text)
    return [EventType, eventType]
  })
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((each) => each === 'NewFileUpload' || each === 'FileDeleted')).toEqual([])
})

it.each(['EventType', 'eventType'])('with a good Sign, both get it: %s', async (name) => {
  const { noted, post } = await watched()
  const T = '9999999999'
  const Sign = createHash('md5').update(`${signKey}${T}`).digest('hex')
  const upload = { [name]: 'NewFileUpload', FileUploadEvent: { FileId: '528' }, data: { fileId: '528' } }
  expect(await post(JSON.stringify({ ...upload, Sign, T }))).toBe(200)
  expect(noted).toMatchObject({ starts: 1, forwarded: [expect.any(String)] })
})
