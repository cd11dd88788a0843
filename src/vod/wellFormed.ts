/*
 * Half of a surrogate pair is no text in UTF-8. Temporal's core takes no message from a worker with one in a short string, and the worker
 * ends. No zod here: workflows import this file.
 */

export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

/** U+FFFD in place of each half, as UTF-8 encoders write it. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** Writes {@link wellFormed} text into an error and its causes, in place: whoever catches it may know it. */
export function repairError(error: unknown): void {
  const seen = new Set<unknown>()
  for (let part = error; part instanceof Error && !seen.has(part); part = part.cause) {
    seen.add(part)
    repairText(part, 'message')
    repairText(part, 'stack')
    repairTexts(part)
  }
}

/** Writes well-formed text everywhere into plain data, in place; bytes stay as they are. */
export function repairData(data: unknown): void {
  const open = [data]
  const seen = new Set<unknown>()
  while (open.length > 0) {
    const part = open.pop()
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part) || seen.has(part)) continue
    seen.add(part)
    repairNames(part as Record<string, unknown>)
    repairTexts(part)
    for (const member of Object.values(part)) open.push(member)
  }
}

function repairTexts(holder: object): void {
  for (const name of Object.keys(holder)) repairText(holder, name)
}

/** What is frozen stays as it is. */
function repairText(holder: object, name: string): void {
  const value: unknown = Reflect.get(holder, name)
  if (typeof value === 'string' && !isWellFormed(value)) Reflect.set(holder, name, wellFormed(value))
}

function repairNames(holder: Record<string, unknown>): void {
  for (const name of Object.keys(holder).filter((key) => !isWellFormed(key))) {
    holder[wellFormed(name)] = holder[name]
    delete holder[name]
  }
}
