/** The classes of requests, in the order of the table. `meanwhile`: good events while slow senders are connected. */
export const kinds = [
  'good',
  'replayed',
  'other key',
  'odd shape',
  'other product',
  'malformed',
  'truncated',
  'oversized',
  'altered token',
  'altered event',
  'method',
  'header',
  'head',
  'meanwhile',
] as const
export type Kind = (typeof kinds)[number]

/** One request. */
export interface Shot {
  readonly kind: Kind
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
  /** How the end of the body is told. */
  readonly framing: 'length' | 'chunked'
  /** What no HTTP client sends: these bytes, over a connection of their own. */
  readonly raw?: Buffer
  /** The answers that docs/callbacks.md allows for this. */
  readonly statuses: readonly Status[]
}

/** `cut`: the connection ended without an answer. */
export type Status = number | 'cut'

export const post = { method: 'POST', path: '/', headers: {}, framing: 'length' } as const
