import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { altered, alteredToken } from './alter.js'
import { type EventParts, eventParts, type Members, type SignKind, textOf } from './event.js'
import { heavyText, jsonText, names } from './json.js'
import type { Random } from './random.js'
import { fake, type Sealed, type SealedSteps } from './sealed.js'
import { post, type Shot } from './shot.js'

/** The handler's limit for a body, as docs/callbacks.md has it. */
const maxBytes = 256 * 1024
const taskId = (index: number) => `1500000001-procedurev2-${index}`
const signs: readonly SignKind[] = ['good', 'bad', 'none']

export interface Given {
  readonly steps: SealedSteps
  readonly random: Random
  /** Number of the request. */
  readonly index: number
}

/** A true event, with a task of its own. */
export function good({ steps, random, index }: Given): Shot {
  const body = Buffer.from(textOf(parts({ random, index, step: random.pick(steps.many) })))
  return { ...post, kind: 'good', body, statuses: [200] }
}

/** True events of a few steps: the same few again and again, or more different ones than a step may have. */
export function replayed({ steps, random, index }: Given): Shot {
  const flood = random.oneIn(2)
  const { SessionContext } = random.pick(flood ? steps.flooded : steps.hot)
  const TaskId = taskId(flood ? index : random.below(3))
  const event = eventParts(random, { SessionContext, TaskId, sign: 'good' })
  return { ...post, kind: 'replayed', body: Buffer.from(textOf(event)), statuses: [200] }
}

/** A true event but for the key of its token. */
export function otherKey({ steps, random, index }: Given): Shot {
  const { address } = random.pick(steps.many)
  const SessionContext = fake(address, random)
  const event = eventParts(random, { SessionContext, TaskId: taskId(index), sign: random.pick(signs) })
  return { ...post, kind: 'other key', body: Buffer.from(textOf(event)), statuses: [200, 403] }
}

/** A true event that ends too early: at every place in turn. */
export function truncated({ steps, random, index }: Given): Shot {
  const whole = Buffer.from(textOf(parts({ random, index, step: random.pick(steps.many) })))
  return { ...post, kind: 'truncated', body: whole.subarray(0, index % whole.length), statuses: [200] }
}

/** No JSON, or JSON that is no event. */
export function malformed({ steps, random, index }: Given): Shot {
  const event = () => textOf(parts({ random, index, step: random.pick(steps.many) }))
  const body = random.pick<() => string | Buffer>([
    () => random.bytes(random.below(300)),
    () => random.text(200),
    () => `[${event()}]`,
    () => JSON.stringify(event()),
    () => `${event()}${random.pick(['}', ',', 'x', '\0', event()])}`,
    () => `${random.pick(['\ufeff', '{', ',', "'", 'x', ")]}'\n", '//\n'])}${event()}`,
    () => event().replaceAll('"', "'"),
    () => Buffer.from(event(), 'utf16le'),
    () => gzipSync(event()),
    () => new URLSearchParams({ event: event() }).toString(),
    () => random.pick(['', ' ', 'null', '0', '""', '[]', '{}', 'NaN', 'undefined', '{"EventType":""}']),
    () => `{"EventType":${random.pick(['null', '1', '[]', '{}', '""', '["ProcedureStateChanged"]'])}}`,
    () => heavyText(random).slice(1),
  ])()
  // 403: JSON all the same, of a type of VOD's and without a Sign.
  return { ...post, kind: 'malformed', body: Buffer.from(body), statuses: [200, 403] }
}

/** A true event as VOD's format 2.0 has it, in another shape than is documented, compressed, or behind a BOM: it wakes its step. */
export function oddShape({ steps, random, index }: Given): Shot {
  const { SessionContext } = random.pick(steps.many)
  const TaskId = taskId(index)
  const whole = textOf(eventParts(random, { SessionContext, TaskId, sign: random.pick(signs) }))
  const data = {
    vodTaskId: TaskId,
    status: random.pick(['FINISH', 'PROCESSING', '']),
    sessionContext: SessionContext,
  }
  const task = random.pick<() => object>([
    () => ({ TaskId: random.pick([index, null, {}, '', 'x'.repeat(500), '\ud800']), SessionContext }),
    () => ({ SessionContext, Status: random.pick([7, null, [], 'FINISH']) }),
    () => ({ TaskId, SessionContext, MediaProcessResultSet: random.pick([7, 'x', {}, [[[]]]]) }),
  ])()
  const EventType = random.pick(['EditMediaComplete', 'NewComplete', '__proto__', ''])
  const text = random.pick<() => string>([
    () => whole,
    () => JSON.stringify({ version: '4.0', eventType: 'ProcedureStateChanged', data }),
    () => JSON.stringify({ data, eventType: random.pick(['TranscodeComplete', 7, null]) }),
    () => JSON.stringify({ EventType, Event: random.pick([task, [task], { Task: task }]) }),
    () => JSON.stringify([{ EventType, ...task }]),
  ])()
  const marked = Buffer.from(`${random.pick(['', '\ufeff'])}${random.pick(['', ' ', '\n'])}${text}`)
  const [headers, body] = random.pick<() => [Shot['headers'], Buffer]>([
    () => [{}, marked],
    () => [{ 'content-encoding': random.pick(['gzip', 'GZIP', 'x-gzip', 'nonsense']) }, gzipSync(marked)],
    () => [{}, gzipSync(marked)],
    () => [{ 'content-encoding': 'deflate' }, deflateSync(marked)],
    () => [{ 'content-encoding': 'br' }, brotliCompressSync(marked)],
    () => [{ 'content-encoding': random.pick(['gzip', 'deflate', 'br', 'identity']) }, marked],
  ])()
  return { ...post, kind: 'odd shape', headers, body, statuses: [200] }
}

/** What others send to the same address: 403 only for a type of VOD's, which has no Sign here. */
export function otherProduct({ random, index }: Given): Shot {
  const text = random.pick<() => string>([
    () => JSON.stringify({ event_type: random.below(400), stream_id: random.text(9), sign: 'x', t: index }),
    () => JSON.stringify({ EventGroupId: 1, EventType: 101 + random.below(9), EventInfo: { RoomId: index } }),
    () => JSON.stringify({ CallbackCommand: random.text(20), Info: { Action: 'Login' } }),
    () => JSON.stringify({ EventType: 'WorkflowTask', WorkflowTaskEvent: { TaskId: taskId(index) } }),
    () => JSON.stringify({ version: '4.0', eventType: 'NewFileUpload', data: { fileId: String(index) } }),
    () =>
      JSON.stringify({
        EventType: 'EditMediaComplete',
        EditMediaCompleteEvent: random.pick([null, [], 7, '']),
      }),
    () => `{"EventType":"x","id":9007199254740993,"a":${jsonText(random)},"a":${heavyText(random)}}`,
    () => `<xml>${random.text(90)}</xml>`,
  ])()
  const compressed = random.oneIn(4)
  const body = compressed ? gzipSync(text) : Buffer.from(text)
  const headers = compressed && random.oneIn(2) ? { 'content-encoding': 'gzip' } : {}
  return { ...post, kind: 'other product', headers, body, statuses: [200, 403] }
}

/** Above the limit, with its length told or not, by one byte or by far. */
export function oversized({ steps, random, index }: Given): Shot {
  const event = Buffer.from(textOf(parts({ random, index, step: random.pick(steps.many) })))
  const size = maxBytes + 1 + random.pick([0, 0, random.below(maxBytes)])
  const body = Buffer.concat([event, Buffer.alloc(size - event.length, ' ')])
  const framing = random.pick(['length', 'chunked'] as const)
  // The sender may be cut off before it reads the answer.
  return { ...post, kind: 'oversized', body, framing, statuses: [413, 'cut'] }
}

/** A true event with something wrong in its token. */
export function wrongToken({ steps, random, index }: Given): Shot {
  const step = random.pick(steps.many)
  const token = step.SessionContext
  const other = random.pick(steps.many).SessionContext
  const given = parts({ random, index, step })
  const whole = Buffer.from(textOf(given))
  const at = whole.indexOf(token) + random.below(token.length)
  const body = random.oneIn(4)
    ? flipped(whole, { at, bit: random.below(8) })
    : withContext(given, JSON.stringify(alteredToken(random, { token, other })))
  return { ...post, kind: 'altered token', body, statuses: [200, 400, 403] }
}

/** A true event with something else wrong, or a foreign one that is not even that. */
export function wrongEvent({ steps, random, index }: Given): Shot {
  const step = random.pick(steps.many)
  const { address, SessionContext: token } = step
  const given = parts({ random, index, step })
  // Half of them would wake the step if nothing else were wrong.
  if (random.oneIn(2)) set(given.task, 'SessionContext', JSON.stringify(fake(address, random)))
  for (let left = 1 + random.below(3); left > 0; left--) alterMembers(random, { given, token })
  let body: Buffer = Buffer.from(textOf(given))
  if (random.oneIn(6)) body = flipped(body, { at: random.below(body.length), bit: random.below(8) })
  if (random.oneIn(6)) body = spliced(body, { at: random.below(body.length), by: random.pick(notUtf8) })
  if (random.oneIn(10)) body = Buffer.from(altered(random, body.toString()))
  return { ...post, kind: 'altered event', body, statuses: [200, 400, 403] }
}

function parts({ random, index, step }: { random: Random; index: number; step: Sealed }): EventParts {
  const SessionContext = random.oneIn(3) ? `${step.SessionContext}|order-${index}` : step.SessionContext
  return eventParts(random, { SessionContext, TaskId: taskId(index), sign: random.pick(signs) })
}

function alterMembers(random: Random, { given, token }: { given: EventParts; token: string }): void {
  const members = random.oneIn(3) ? given.top : given.task
  if (members.length === 0) return
  const at = random.below(members.length)
  const [name, value] = members[at] as [string, string]
  const [, other] = random.pick(members)
  const inner = random.pick([() => value || '{}', () => jsonText(random), () => JSON.stringify(token)])
  const put = (...member: [string, string]) => members.splice(random.below(members.length + 1), 0, member)
  random.pick<() => unknown>([
    () => members.splice(at, 1),
    () => members.splice(at, 1, [name, jsonText(random)]),
    () => members.splice(at, 1, [name, heavyText(random)]),
    () => members.splice(at, 1, [name, other || '{}']),
    () => members.splice(at, 1, [name, `[${value || '{}'}]`]),
    () => members.splice(at, 1, [name, JSON.stringify(random.text(400))]),
    () => members.splice(at, 1, [random.pick(names), value || '{}']),
    () => put(name, inner()),
    () => put('SessionContext', inner()),
    () => put(random.pick(names), inner()),
    () => put('__proto__', `{"SessionContext":${JSON.stringify(token)},"EventType":"ProcedureStateChanged"}`),
    () => put('constructor', `{"prototype":{"SessionContext":${JSON.stringify(token)}}}`),
    () => put('ProcedureStateChangeEvent', `{"TaskId":"x","SessionContext":${inner()}}`),
    () => set(given.top, 'EventType', random.pick(['"__proto__"', '"toString"', '"NewFileUpload"'])),
    () => set(given.task, 'MediaProcessResultSet', `[{"__proto__":${inner()},"A":{"Progress":${inner()}}}]`),
  ])()
}

function set(members: Members, name: string, value: string): void {
  const member = members.find(([one]) => one === name)
  if (member) member[1] = value
  else members.push([name, value])
}

function withContext(given: EventParts, value: string): Buffer {
  set(given.task, 'SessionContext', value)
  return Buffer.from(textOf(given))
}

/** Overlong, cut short, a surrogate, above the last plane, never a byte. */
const notUtf8 = ['c080', 'e282', 'eda080', 'f4908080', 'ff', 'fe', '80', 'efbbbf', '00'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

function flipped(body: Buffer, { at, bit }: { at: number; bit: number }): Buffer {
  const other = Buffer.from(body)
  other[at] = (other[at] ?? 0) ^ (1 << bit)
  return other
}

function spliced(body: Buffer, { at, by }: { at: number; by: Buffer }): Buffer {
  return Buffer.concat([body.subarray(0, at), by, body.subarray(at)])
}
