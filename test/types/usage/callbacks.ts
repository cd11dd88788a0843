import { Client } from '@temporalio/client'
import {
  CannotListenError,
  createDelivery,
  createPushHandler,
  createUploadRule,
  type DeliverEvent,
  type OpenedEvent,
  openEvent,
  parseMacKeys,
  signedTestEvent,
  startCallbackServer,
} from 'vodflow/callbacks'
import { expectType, type Is } from './is.js'

const keys = parseMacKeys(process.env.VODFLOW_MAC_KEYS)
const client = new Client()

export async function serve(): Promise<string> {
  const rule = { SubAppId: 1, work: { ProcedureName: 'episode' } }
  const handler = createPushHandler({
    keys,
    deliver: createDelivery({ client }),
    onOther: createUploadRule({ client, rule }),
  })
  try {
    await using server = await startCallbackServer({ handler, port: 0 })
    return server.url
  } catch (error) {
    return error instanceof CannotListenError ? error.remedy : String(error)
  }
}

export async function take(body: Uint8Array, deliver: DeliverEvent) {
  const opened = await openEvent(body, keys, { contentEncoding: 'gzip' })
  expectType<Is<typeof opened, OpenedEvent>>()
  switch (opened.kind) {
    case 'ours':
      return deliver(opened.address, opened.hint)
    case 'foreign':
      return opened.event.body
    case 'forged':
      expectType<Is<typeof opened.problem, 'token' | 'Sign'>>()
      return opened.problem
    case 'malformed':
      return opened.event.json
    default:
      expectType<Is<typeof opened, never>>()
      return undefined
  }
}

export const test = signedTestEvent({
  address: { namespace: 'default', account: 'default', workflowId: 'w', chain: 'c', SessionId: 's' },
  keys,
  TaskId: '1500000001-procedurev2-aaaa',
})
