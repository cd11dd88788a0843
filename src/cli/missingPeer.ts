import { peers } from './init/peers.js'

/** What to say where a package is not there that vodflow wants next to it: package managers differ in whether they install those. */
export function missingPeer(error: unknown): string | undefined {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const needed = Object.keys(peers.needed)
  const name = needed.find((each) => String(message).includes(`'${each}'`))
  if (name === undefined) return undefined
  return `the package ${name} is not installed; install the packages that vodflow needs next to it: npm install ${needed.join(' ')}`
}
