import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from '@temporalio/worker'

const workflows = new URL('../workflows/', import.meta.url)

/** Where the build puts the bundle: the same from `dist` and, in our own tests, from `src`. */
const built = new URL('../../dist/workflows/', import.meta.url)

/**
 * The workflow code for a worker: the bundle made when this package was built, so that a worker starts in a
 * quarter of a second. Temporal requires it to come from the worker's own SDK version; with another one
 * installed, the code is bundled at the start instead (1 to 2 s): so it is where workflows are traced, which takes interceptors of others.
 */
export function workflowCode({
  traced,
}: {
  readonly traced: boolean
}): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors' | 'bundlerOptions'> {
  const codePath = fileURLToPath(new URL('bundle.js', built))
  if (!traced && existsSync(codePath) && bundledWith() === installedSdk())
    return { workflowBundle: { codePath } }
  return {
    workflowsPath: pathOf('index'),
    interceptors: { workflowModules: [interceptorsPath()] },
    bundlerOptions: { preloadModules: [preloadPath()] },
  }
}

/** What the plugin loads into every workflow. */
export function interceptorsPath(): string {
  return pathOf('interceptors')
}

/** What the plugin loads once for all workflows of a worker. */
export function preloadPath(): string {
  return pathOf('preload')
}

/** JavaScript in `dist`, TypeScript in our own tests. */
function pathOf(name: string): string {
  const [script, source] = ['js', 'ts'].map((ending) =>
    fileURLToPath(new URL(`${name}.${ending}`, workflows)),
  ) as [string, string]
  return existsSync(script) ? script : source
}

function bundledWith(): string {
  const record = new URL('bundle.json', built)
  return existsSync(record) ? String(JSON.parse(readFileSync(record, 'utf8')).sdkVersion) : ''
}

function installedSdk(): string {
  return String(createRequire(import.meta.url)('@temporalio/worker/package.json').version)
}
