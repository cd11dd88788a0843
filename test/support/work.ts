import type { Tree } from './tree.js'

const delays = { listings: [200], polls: [100, 300], listingsGiveUp: 2_000 }

/** What a step with one transcode is given; it does not wait for long. */
export const inputOf = (FileId: string, more: object = {}) => ({
  request: { FileId, ProcedureName: 'one' },
  delays,
  ...more,
})

/** A run that awaits the step itself. */
export const step = (FileId: string, more: object = {}): Tree => ({
  do: 'step',
  step: 'processMediaByProcedure',
  input: inputOf(FileId, more),
})

/** A run that has the step as its child. */
export const inChild = (FileId: string, id?: string): Tree => ({
  do: 'stepInChild',
  step: 'processMediaByProcedure',
  input: inputOf(FileId),
  ...(id === undefined ? {} : { id }),
})

export const row = (...trees: Tree[]): Tree => ({ do: 'row', trees })
export const next = (tree: Tree): Tree => ({ do: 'next', tree })
export const failBefore = (attempt: number): Tree => ({ do: 'failBefore', attempt })

/** The innermost message: what a person reads. */
export async function problemOf(result: Promise<unknown>): Promise<string> {
  let error = await result.then(
    () => undefined,
    (error: unknown) => error,
  )
  while (error instanceof Error && error.cause) error = error.cause
  return String(error)
}
