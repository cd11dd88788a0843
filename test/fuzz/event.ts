import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { Random } from './random.js'

/** The handler's SignKey. T is at the end of time, so that the same seed makes the same bytes. */
export const signKey = 'fuzzSignKey'
const T = '999999999999'
const Sign = createHash('md5').update(`${signKey}${T}`).digest('hex')

/** Members as name and JSON text, in order: so one can be there twice, or be no JSON. */
export type Members = [name: string, value: string][]

/** An event in parts, to be altered. */
export interface EventParts {
  readonly top: Members
  readonly task: Members
}

export type SignKind = 'good' | 'bad' | 'none'

export interface EventOf {
  readonly SessionContext: string
  readonly TaskId: string
  readonly sign: SignKind
}

/** An event as VOD sends it. */
export function eventParts(random: Random, { SessionContext, TaskId, sign }: EventOf): EventParts {
  const review = random.oneIn(4)
  const sub = { Status: 'PROCESSING', ErrCodeExt: '', Progress: random.below(101) }
  const results = Array.from({ length: random.below(3) }, () => ({ Type: 'Transcode', TranscodeTask: sub }))
  const task: Members = [
    ['TaskId', JSON.stringify(TaskId)],
    ['Status', JSON.stringify(random.pick(['FINISH', 'ABORTED', 'PROCESSING']))],
    ['SessionContext', JSON.stringify(SessionContext)],
    ['SessionId', '""'],
    ...(review ? [] : [['MediaProcessResultSet', JSON.stringify(results)] as [string, string]]),
  ]
  const member = review ? 'ReviewAudioVideoComplete' : 'ProcedureStateChange'
  const signed: Members = [
    ['Sign', JSON.stringify(sign === 'good' ? Sign : Sign.replace(/./g, '0'))],
    ['T', JSON.stringify(T)],
  ]
  const top: Members = [
    ['EventType', `"${review ? 'ReviewAudioVideoComplete' : 'ProcedureStateChanged'}"`],
    [`${member}Event`, ''],
    ...(sign === 'none' ? [] : signed),
  ]
  return { top, task }
}

/** The empty member is where the task goes. */
export function textOf({ top, task }: EventParts): string {
  return objectText(top.map(([name, value]) => [name, value === '' ? objectText(task) : value]))
}

function objectText(members: Members): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

/** Every SessionContext in a body, wherever it stands: more than the handler looks at. */
export function contextsIn(body: Buffer): readonly unknown[] {
  const text = plain(body).toString('utf8')
  let open: unknown[]
  try {
    open = [JSON.parse(text.replace(/^\ufeff/, ''))]
  } catch {
    return []
  }
  const contexts: unknown[] = []
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      if (/^sessioncontext$/i.test(name)) contexts.push(member)
      if (member !== undefined) open.push(member)
    }
  }
  return contexts
}

function plain(body: Buffer): Buffer {
  // What is compressed begins with none of these.
  if (/^[\ufeff\s{["<]/.test(body.toString('utf8', 0, 8))) return body
  for (const decompress of [gunzipSync, inflateSync, brotliDecompressSync]) {
    try {
      return decompress(body)
    } catch {
      // Not of this encoding.
    }
  }
  return body
}
