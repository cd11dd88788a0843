import { cut } from './text.js'

/*
 * Half of a surrogate pair is not valid in UTF-8. If a short string of a message contains one, Temporal's core refuses the message and the
 * worker ends. Temporal's failure converter takes quadratic time for each line of a stack, in the main thread: 160,000 spaces stop a worker
 * for 79 s (measured).
 */

/** The longest message of an error, and the longest line of its stack, in UTF-16 units. */
const [maxMessage, maxLine] = [10_000, 500]
/** The lines that are kept at the start of a stack, which has the message, and at its end, which has the frames. */
const [firstLines, lastLines] = [10, 20]

/** Returns true if Temporal's failure converter and core accept the text of an error quickly. */
export function isSayable(message: string, stack: string): boolean {
  return message === sayable(message) && stack === sayableStack(stack)
}

function sayable(message: string): string {
  return cut(message, maxMessage).toWellFormed()
}

function sayableStack(stack: string): string {
  const lines = stack.split('\n')
  const isLong = lines.length > firstLines + lastLines
  const kept = isLong ? [...lines.slice(0, firstLines), ...lines.slice(-lastLines)] : lines
  return kept.map((line) => cut(line, maxLine).toWellFormed()).join('\n')
}

/** Writes well-formed text of limited length into an error and its causes. It changes them in place, because other code may hold them. */
export function repairError(error: unknown): void {
  const seen = new Set<unknown>()
  for (let part = error; part instanceof Error && !seen.has(part); part = part.cause) {
    seen.add(part)
    repairTexts(part)
    replaceText(part, 'message', sayable)
    replaceText(part, 'stack', sayableStack)
  }
}

/** Returns plain data with well-formed texts and names. Well-formed parts and bytes stay the same objects. */
export function repaired<T>(data: T): T {
  return isWellFormed(data) ? data : (copied(data) as T)
}

function isWellFormed(data: unknown): boolean {
  if (typeof data === 'string') return data.isWellFormed()
  if (!hasMembers(data)) return true
  return Object.keys(data).every((name) => name.isWellFormed() && isWellFormed(data[name]))
}

function copied(data: unknown): unknown {
  if (typeof data === 'string') return data.toWellFormed()
  if (Array.isArray(data)) return data.map(repaired)
  if (!hasMembers(data)) return data
  return Object.fromEntries(
    Object.entries(data).map(([name, member]) => [name.toWellFormed(), repaired(member)]),
  )
}

function hasMembers(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !ArrayBuffer.isView(data)
}

function repairTexts(holder: object): void {
  for (const name of Object.keys(holder)) replaceText(holder, name, (text) => text.toWellFormed())
}

/** Replaces a text of an object. A frozen object stays unchanged. */
function replaceText(holder: object, name: string, repair: (text: string) => string): void {
  const value: unknown = Reflect.get(holder, name)
  if (typeof value !== 'string') return
  const text = repair(value)
  if (text !== value) Reflect.set(holder, name, text)
}
