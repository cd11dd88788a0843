import { createRequire } from 'node:module'
import { peersOf } from '../../temporal/peers.js'

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

const { peerDependencies, peerDependenciesMeta } = createRequire(import.meta.url)(
  '../../../package.json',
) as Manifest

const forWorker: readonly string[] = peersOf['vodflow/worker']
/** The packages of `vodflow dev` in addition to those of its worker: ffmpeg, and the download of the Temporal CLI. */
const forDev: readonly string[] = [
  '@ffmpeg-installer/ffmpeg',
  '@ffprobe-installer/ffprobe',
  ...peersOf['vodflow dev'],
]

/** The packages that vodflow needs next to it: always, for a worker, and for `vodflow dev`. */
export const peers = {
  needed: chosen((name) => !peerDependenciesMeta[name]?.optional),
  worker: chosen((name) => forWorker.includes(name)),
  dev: chosen((name) => forDev.includes(name)),
}

function chosen(isChosen: (name: string) => boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(peerDependencies).filter(([name]) => isChosen(name)))
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
