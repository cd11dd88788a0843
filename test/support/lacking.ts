/** One value of an answer, by the names and indexes that lead to it. */
export type Path = readonly (string | number)[]

/** Each way in which a value of an answer can be incomplete. `absent` takes it out, also of a list. */
export const lacks = ['absent', 'null', 'empty', 'of another type'] as const
export type Lack = (typeof lacks)[number]

/** The same answer, in which one value is incomplete. */
export function without<T>(answer: T, path: Path, lack: Lack): T {
  const copy = structuredClone(answer)
  const last = path.at(-1) as string | number
  const parent = path.slice(0, -1).reduce((value, name) => Object(value)[name], copy as unknown)
  if (Array.isArray(parent) && lack === 'absent') parent.splice(last as number, 1)
  else if (lack === 'absent') delete Object(parent)[last]
  else Object(parent)[last] = lacking(Object(parent)[last], lack)
  return copy
}

function lacking(value: unknown, lack: Exclude<Lack, 'absent'>): unknown {
  if (lack === 'null') return null
  if (lack === 'of another type') return typeof value === 'number' ? 'seven' : 7
  if (Array.isArray(value)) return []
  return typeof value === 'object' ? {} : ''
}

/** Every value of an answer. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : []
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const below = members.flatMap(([name, member]) => pathsOf(member, [...path, name]))
  return path.length > 0 ? [path, ...below] : below
}
