/** What a key is made of. */
interface Named {
  readonly SubAppId?: number | undefined
  readonly FileId?: string | undefined
  readonly MediaStoragePath?: string | undefined
  readonly ProcedureName: string
}

/** The key of a step that was given none. It goes into the SessionId: it never changes. No zod here: workflows import this file. */
export function defaultKey({ SubAppId, FileId, MediaStoragePath, ProcedureName }: Named): string {
  return [SubAppId ?? 0, FileId || MediaStoragePath, ProcedureName].join('/')
}
