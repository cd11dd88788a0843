import { type Json, textOf } from './json.js'

/** Procedures that a request asks for on the media that its task makes, and on how many of them. */
export type AskedProcedures = Readonly<Record<string, number>>

/** Undefined where the request asks for none. */
export function proceduresOf({
  Procedure,
  ProcedureName,
  InputType,
  Segments,
}: Json): AskedProcedures | undefined {
  const segments = Array.isArray(Segments) ? Segments : []
  const names = [
    Procedure,
    // A request without InputType is no edit: its procedure is for the media that it names.
    ...(InputType === undefined ? [] : [ProcedureName]),
    ...segments.map((segment) => Object(segment).ProcedureName),
  ]
    .map(textOf)
    .filter((name) => name !== '')
  if (names.length === 0) return undefined
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}
