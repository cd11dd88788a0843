import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createActivities } from '../../src/activities/index.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { syncKindOf } from '../../src/contract/syncActions.js'
import { createVodClient } from '../../src/vod/client.js'

const writes = ['DeleteMedia', 'ModifyMediaInfo', 'CreateClass', 'ConfirmEvents']
const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'k' }

let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: number
const server = createServer((request, response) => {
  asked++
  request.resume().on('end', () => answer(request, response))
})
let endpoint = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked = 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** An activity of one worker: its calls share a client. */
function worker(at = endpoint) {
  const client = createVodClient({ endpoint: at, credentials })
  const macKeys = parseMacKeys(`k1:${'x'.repeat(32)}`)
  const context = { clientFor: () => client, macKeys, allow: writes, keepSwept: () => {} }
  const activities = createActivities(context)
  return async (activityType: string, request: Record<string, unknown> = {}) => {
    const at = Date.now()
    const environment = new MockActivityEnvironment({
      activityType,
      scheduledTimestampMs: at,
      currentAttemptScheduledTimestampMs: at,
    })
    const heartbeats: unknown[] = []
    environment.on('heartbeat', (details) => heartbeats.push(details))
    const ended = await environment.run(activities.default, { account: 'default', request }).then(
      (result) => ({ result }),
      (failure: ApplicationFailure) => ({ failure }),
    )
    return { ...ended, heartbeats }
  }
}
const good = (_: IncomingMessage, response: ServerResponse) =>
  void response.end('{"Response":{"RequestId":"r"}}')

describe.each(writes)('%s', (action) => {
  it('succeeds where the server resets every connection that is used again', async () => {
    const used = new WeakSet<Socket>()
    answer = (request, response) => {
      if (used.has(request.socket)) return void request.socket.resetAndDestroy()
      used.add(request.socket)
      good(request, response)
    }
    const call = worker()
    expect(await call('DescribeMediaInfos')).toMatchObject({ result: { RequestId: 'r' } })
    // One that may be repeated takes a connection that was used, and is tried again.
    const once = async () => {
      const first = await call(action)
      return 'result' in first || syncKindOf(action) === 'write' ? first : call(action)
    }
    for (let n = 0; n < 3; n++) expect(await once()).toMatchObject({ result: { RequestId: 'r' } })
    if (syncKindOf(action) === 'write') expect(asked).toBe(4)
  })

  it('is tried again where nobody listens: nothing was sent', async () => {
    const { failure, heartbeats } = (await worker('http://127.0.0.1:1')(action)) as {
      failure: ApplicationFailure
      heartbeats: unknown[]
    }
    expect(failure).toMatchObject({ type: 'transient', nonRetryable: false })
    // An action that may be repeated needs no proof.
    expect(heartbeats).toEqual(syncKindOf(action) === 'write' ? [{ refused: true }] : [])
  })

  it('leaves open whether it was done where the answer was lost', async () => {
    answer = (request) => void request.socket.resetAndDestroy()
    const { failure, heartbeats } = (await worker()(action)) as {
      failure: ApplicationFailure
      heartbeats: unknown[]
    }
    expect(failure).toMatchObject({ type: 'ambiguous', nonRetryable: syncKindOf(action) === 'write' })
    expect(heartbeats).toEqual([])
    expect(asked).toBe(1)
  })

  it.each([' 528 ', '', '528\n', 528])('is not sent for the FileId %j', async (FileId) => {
    const { failure } = (await worker()(action, { FileId })) as { failure: ApplicationFailure }
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true })
    expect(failure.message).toMatch(/^FileId: .+; /)
    expect(asked).toBe(0)
  })
})
