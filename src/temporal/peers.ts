import { createRequire } from 'node:module'
import { InvalidInputError } from '../contract/errors.js'

/** The packages that an entry point or a command loads and that are not installed along with vodflow: optional peers. */
export const peersOf = {
  'vodflow/worker': ['@temporalio/worker', '@temporalio/activity', '@temporalio/plugin'],
  'vodflow dev': ['@temporalio/testing'],
  'vodflow/telemetry': ['@opentelemetry/api', '@temporalio/interceptors-opentelemetry'],
} as const

type EntryPoint = keyof typeof peersOf

const bundled = {
  field: 'vodflow',
  problem: 'a bundler has put its code into another file, which has no workflows and packages next to it',
  remedy:
    'mark vodflow and @temporalio/* as external (esbuild: --packages=external), and install them where the worker runs',
}

/**
 * Loads an optional peer. A static import of a package that is not installed fails before any code could say what to install.
 *
 * @throws InvalidInputError with the command that installs what is missing
 */
export function loadPeer<Package>(entry: EntryPoint, name: (typeof peersOf)[EntryPoint][number]): Package {
  const require = requireHere()
  if (!isInstalled(name, require)) throw lackOf(entry, require)
  return require(name)
}

/** @throws InvalidInputError if a bundler has moved this code to another file */
function requireHere(): NodeJS.Require {
  // A bundler that writes CommonJS makes it undefined.
  const here: string | undefined = import.meta.url
  return here === undefined ? refuseBundled() : createRequire(here)
}

/** @throws InvalidInputError that says how to bundle a worker */
export function refuseBundled(): never {
  throw new InvalidInputError([bundled])
}

function isInstalled(name: string, require: NodeJS.Require): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

function lackOf(entry: EntryPoint, require: NodeJS.Require): InvalidInputError {
  const lacking = peersOf[entry].filter((name) => !isInstalled(name, require))
  const them = lacking.length === 1 ? 'it, and it is' : 'them, and they are'
  return new InvalidInputError([
    {
      field: lacking.join(', '),
      problem: `${entry} needs ${them} not installed`,
      remedy: `run npm install ${lacking.map((name) => withVersion(name, require)).join(' ')}`,
    },
  ])
}

/** All packages of Temporal must have one version: that of the client, which every app has. */
function withVersion(name: string, require: NodeJS.Require): string {
  const client = '@temporalio/client/package.json'
  if (!name.startsWith('@temporalio/') || !isInstalled(client, require)) return name
  return `${name}@${require(client).version}`
}
