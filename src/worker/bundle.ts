import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { NativeConnection, WorkerOptions } from '@temporalio/worker'
import { InvalidInputError } from '../contract/errors.js'
import { pluginName } from './pluginOptions.js'

const workflows = '../workflows/'

/** Where the build puts the bundle: the same from `dist` and, in our own tests, from `src`. */
const built = '../../dist/workflows/'

/** What a worker has that may be part of its workflow code. */
export interface CodeOptions {
  readonly traced: boolean
  readonly dataConverter: WorkerOptions['dataConverter']
  /** Its plugins are those of each worker on it. */
  readonly connection: NativeConnection | undefined
}

/**
 * The workflow code for a worker: the bundle made when this package was built, so that a worker starts in a
 * quarter of a second. Temporal requires it to come from the worker's own SDK version; with another one
 * installed, the code is bundled at the start instead (1 to 2 s). So it is where workflows are traced, where payloads or failures have a
 * converter of their own, and where the connection has plugins: all of these become part of the code.
 */
export function workflowCode(
  options: CodeOptions,
): Pick<WorkerOptions, 'workflowBundle' | 'buildId' | 'workflowsPath' | 'interceptors' | 'bundlerOptions'> {
  const workflowsPath = pathOf('index')
  const codePath = inPackage(`${built}bundle.js`)
  const { sdkVersion, buildId } = builtRecord()
  if (!hasCodeOfOthers(options) && existsSync(codePath) && sdkVersion === installedSdk())
    return { workflowBundle: { codePath }, buildId }
  return {
    workflowsPath,
    interceptors: { workflowModules: [interceptorsPath()] },
    bundlerOptions: { preloadModules: [preloadPath()] },
  }
}

function hasCodeOfOthers({ traced, dataConverter, connection }: CodeOptions): boolean {
  const { payloadConverterPath, failureConverterPath } = dataConverter ?? {}
  const plugins = connection?.plugins ?? []
  return (
    traced ||
    payloadConverterPath !== undefined ||
    failureConverterPath !== undefined ||
    plugins.some((plugin) => plugin.name !== pluginName)
  )
}

/** What the plugin loads into every workflow. */
export function interceptorsPath(): string {
  return pathOf('run/interceptors')
}

/** What the plugin loads once for all workflows of a worker. */
export function preloadPath(): string {
  return pathOf('run/preload')
}

/** JavaScript in `dist`, TypeScript in our own tests. */
function pathOf(name: string): string {
  const path = ['js', 'ts'].map((ending) => inPackage(`${workflows}${name}.${ending}`)).find(existsSync)
  return path ?? refuseBundled()
}

/** A file of this package. @throws InvalidInputError where a bundler has put this code elsewhere */
function inPackage(path: string): string {
  // A bundler that writes CommonJS leaves nothing of it.
  const here: string | undefined = import.meta.url
  return here === undefined ? refuseBundled() : fileURLToPath(new URL(path, here))
}

function refuseBundled(): never {
  const problem = 'a bundler has put its code into another file, which has no workflows next to it'
  const remedy =
    'mark vodflow and @temporalio/* as external (esbuild: --packages=external), and install them where the worker runs'
  throw new InvalidInputError([{ field: 'vodflow', problem, remedy }])
}

/** What the build says of its bundle. */
function builtRecord(): { readonly sdkVersion: string; readonly buildId: string } {
  const path = inPackage(`${built}bundle.json`)
  const { sdkVersion = '', buildId = '' } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  return { sdkVersion, buildId }
}

function installedSdk(): string {
  return String(createRequire(import.meta.url)('@temporalio/worker/package.json').version)
}
