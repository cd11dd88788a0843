import { createRequire } from 'node:module'

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

const { peerDependencies, peerDependenciesMeta } = createRequire(import.meta.url)(
  '../../../package.json',
) as Manifest

const entries = Object.entries(peerDependencies)

/** The packages that vodflow needs next to it: always, and for a local VOD that processes media. */
export const peers = {
  needed: Object.fromEntries(entries.filter(([name]) => !peerDependenciesMeta[name]?.optional)),
  local: Object.fromEntries(entries.filter(([name]) => name.startsWith('@ff'))),
}

/** Returns the message for a missing peer package, because not every package manager installs peers. */
export function missingPeer(error: unknown): string | undefined {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const needed = Object.keys(peers.needed)
  const name = needed.find((each) => String(message).includes(`'${each}'`))
  if (name === undefined) return undefined
  return `the package ${name} is not installed; install the packages that vodflow needs next to it: npm install ${needed.join(' ')}`
}
