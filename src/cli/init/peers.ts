import { createRequire } from 'node:module'

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

const { peerDependencies, peerDependenciesMeta } = createRequire(import.meta.url)(
  '../../../package.json',
) as Manifest

const entries = Object.entries(peerDependencies)

/** What vodflow wants beside it: always, and for a local VOD that really processes. */
export const peers = {
  needed: Object.fromEntries(entries.filter(([name]) => !peerDependenciesMeta[name]?.optional)),
  local: Object.fromEntries(entries.filter(([name]) => name.startsWith('@ff'))),
}
