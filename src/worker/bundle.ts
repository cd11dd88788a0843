import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { NativeConnection, WorkerOptions } from '@temporalio/worker'
import { refuseBundled } from '../temporal/peers.js'
import { pluginName } from './pluginOptions.js'

const workflows = '../workflows/'

/** Folder of the bundle: the same path from `dist` and, in vodflow's tests, from `src`. */
const built = '../../dist/workflows/'

/** Options of a worker that can become part of its workflow code. */
export interface CodeOptions {
  readonly traced: boolean
  readonly dataConverter: WorkerOptions['dataConverter']
  /** Plugins of the connection apply to each worker on it. */
  readonly connection: NativeConnection | undefined
}

/**
 * Returns the workflow code for a worker: the bundle that was made when this package was built, so that a worker starts in a quarter of a
 * second. Temporal requires a bundle made with the worker's own SDK version. With another version, the code is bundled when the worker
 * starts (1 to 2 s). This also happens if workflows are traced, if payloads or failures have their own converter, or if the connection has
 * plugins, because all of these become part of the code.
 */
export function workflowCode(
  options: CodeOptions,
): Pick<WorkerOptions, 'workflowBundle' | 'buildId' | 'workflowsPath' | 'interceptors' | 'bundlerOptions'> {
  const workflowsPath = pathOf('served')
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

/** Returns the module that the plugin loads into every workflow. */
export function interceptorsPath(): string {
  return pathOf('run/interceptors')
}

/** Returns the module that the plugin loads once for all workflows of a worker. */
export function preloadPath(): string {
  return pathOf('run/preload')
}

/** Returns the path of a module: JavaScript in `dist`, TypeScript in vodflow's tests. */
function pathOf(name: string): string {
  const path = ['js', 'ts'].map((ending) => inPackage(`${workflows}${name}.${ending}`)).find(existsSync)
  return path ?? refuseBundled()
}

/** Returns the path of a file in this package. @throws InvalidInputError if a bundler has moved this code to another file */
function inPackage(path: string): string {
  // A bundler that writes CommonJS makes it undefined.
  const here: string | undefined = import.meta.url
  return here === undefined ? refuseBundled() : fileURLToPath(new URL(path, here))
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
