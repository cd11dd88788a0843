import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from '@temporalio/worker'

const workflows = new URL('../workflows/', import.meta.url)

/**
 * The workflow code for a worker: the bundle made when this package was built, so that a worker starts in a
 * quarter of a second. Temporal requires it to come from the worker's own SDK version; with another one
 * installed, the code is bundled at the start instead (1 to 2 s).
 */
export function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = fileURLToPath(new URL('bundle.js', workflows))
  if (existsSync(codePath) && bundledWith() === installedSdk()) return { workflowBundle: { codePath } }
  const [built, source] = ['index.js', 'index.ts'].map((name) => fileURLToPath(new URL(name, workflows)))
  return { workflowsPath: existsSync(built as string) ? (built as string) : (source as string) }
}

function bundledWith(): string {
  const record = new URL('bundle.json', workflows)
  return existsSync(record) ? String(JSON.parse(readFileSync(record, 'utf8')).sdkVersion) : ''
}

function installedSdk(): string {
  return String(createRequire(import.meta.url)('@temporalio/worker/package.json').version)
}
