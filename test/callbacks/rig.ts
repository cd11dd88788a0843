import type { DeliverEvent } from '../../src/callbacks/deliver.js'
import {
  createPushHandler,
  type EventLogger,
  type PushHandler,
  type PushHandlerOptions,
  parseMacKeys,
  type StepAddress,
  signedTestEvent,
} from '../../src/callbacks/index.js'
import type { TaskHint } from '../../src/contract/hint.js'

export const secret = 'a-secret-of-32-characters-or-more'
export const keys = parseMacKeys(`k1:${secret}`)
export const imposter = parseMacKeys(`k1:${'b'.repeat(32)}`)
export const address: StepAddress = {
  namespace: 'default',
  account: 'default',
  SubAppId: 1500000001,
  workflowId: 'vodflow-528',
  chain: '01900000-0000-7000-8000-000000000000',
  SessionId: 'a'.repeat(40),
}
export const TaskId = '1500000001-procedurev2-aaaa'

export const ours = (given: Partial<Parameters<typeof signedTestEvent>[0]> = {}): string =>
  signedTestEvent({ address, keys, TaskId, ...given })
export const forged = (): string => ours({ keys: imposter })
export const foreign = JSON.stringify({
  EventType: 'NewFileUpload',
  FileUploadEvent: { FileId: '528', MediaBasicInfo: { Name: '图片' } },
})

export interface Rig {
  readonly handler: PushHandler
  /** What was delivered, in order. */
  readonly hints: TaskHint[]
  readonly addresses: StepAddress[]
  readonly lines: { level: 'info' | 'warn'; fields: Record<string, unknown>; message: string }[]
  /** HTTP status of the answer to a body. */
  post(body: string | Uint8Array, init?: { url?: string; headers?: Record<string, string> }): Promise<number>
}

/** A push handler whose Temporal takes everything, unless another is given. */
export function rig({ deliver, ...options }: Partial<PushHandlerOptions> = {}): Rig {
  const hints: TaskHint[] = []
  const addresses: StepAddress[] = []
  const lines: Rig['lines'] = []
  const log = (level: 'info' | 'warn') => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message })
  }
  const logger: EventLogger = { info: log('info'), warn: log('warn') }
  const noting: DeliverEvent = async (to, hint) => {
    addresses.push(to)
    hints.push(hint)
    return deliver ? deliver(to, hint) : 'delivered'
  }
  const handler = createPushHandler({ keys, deliver: noting, logger, ...options })
  const post: Rig['post'] = async (body, { url = 'http://callbacks.local/', headers = {} } = {}) =>
    (await handler(new Request(url, { method: 'POST', body: body as string, headers }))).status
  return { handler, hints, addresses, lines, post }
}

/** A promise that is settled from outside. */
export function gate<T>(): { promise: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
