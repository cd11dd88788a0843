import { cut } from './text.js'

/*
 * Half of a surrogate pair is no text in UTF-8. Temporal's core takes no message from a worker with one in a short string, and the worker
 * ends.
 */

/**
 * Writes well-formed text into an error and its causes, in place: whoever catches it may know it. Their stacks become short, because
 * Temporal's failure converter searches each line of a stack in quadratic time: 900,000 blanks in a message stopped a worker for 40 minutes.
 */
export function repairError(error: unknown): void {
  const seen = new Set<unknown>()
  for (let part = error; part instanceof Error && !seen.has(part); part = part.cause) {
    seen.add(part)
    repairText(part, 'message')
    repairText(part, 'stack')
    shortenStack(part)
    repairTexts(part)
  }
}

/** The same plain data with well-formed text and names everywhere. What is well formed, and bytes, are the same objects. */
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

/** Lines of a stack at its start, which has the message, and at its end, which has the frames. */
const [firstLines, lastLines, maxLine] = [10, 20, 500]

function shortenStack(error: Error): void {
  const lines = (error.stack ?? '').split('\n')
  const isLong = lines.length > firstLines + lastLines
  const kept = isLong ? [...lines.slice(0, firstLines), ...lines.slice(-lastLines)] : lines
  if (isLong || kept.some(({ length }) => length > maxLine))
    Reflect.set(error, 'stack', kept.map((line) => cut(line, maxLine)).join('\n'))
}

function repairTexts(holder: object): void {
  for (const name of Object.keys(holder)) repairText(holder, name)
}

/** What is frozen stays as it is. */
function repairText(holder: object, name: string): void {
  const value: unknown = Reflect.get(holder, name)
  if (typeof value === 'string' && !value.isWellFormed()) Reflect.set(holder, name, value.toWellFormed())
}
