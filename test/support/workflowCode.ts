import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { root } from './binary.js'

/** vodflow's own workflows, as the build bundles them before the tests. */
export const ownWorkflows: { readonly workflowBundle: { readonly codePath: string } } = {
  workflowBundle: { codePath: join(root, 'dist/workflows/bundle.js') },
}

const interceptors = fileURLToPath(new URL('../../src/workflows/run/interceptors.ts', import.meta.url))
const folder = join(root, '.cache/workflows')

/** Workflows of a test, bundled as a user's are: with what the plugin loads into every workflow. */
export function bundleOf(workflowsPath: string): Promise<Bundle> {
  return bundled(workflowsPath, [interceptors])
}

/** Workflows of a worker that has no plugin of vodflow. */
export function plainBundleOf(workflowsPath: string): Promise<Bundle> {
  return bundled(workflowsPath, [])
}

interface Bundle {
  readonly codePath: string
}

/** webpack takes seconds, and a dozen files share the same workflows: a bundle is kept until its sources change. */
async function bundled(workflowsPath: string, workflowInterceptorModules: string[]): Promise<Bundle> {
  const codePath = join(folder, `${await versionOf([workflowsPath, ...workflowInterceptorModules])}.js`)
  if (existsSync(codePath)) return { codePath }
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    logger: new DefaultLogger('ERROR'),
  })
  await mkdir(folder, { recursive: true })
  // Two files may bundle the same at once: each sees a whole bundle.
  const own = `${codePath}.${process.pid}`
  await writeFile(own, code)
  await rename(own, codePath)
  return { codePath }
}

/** Changes with every file that a bundle can contain. */
async function versionOf(entries: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(entries.join('\n'))
  for (const path of [
    ...(await sourcesIn('src')),
    ...(await sourcesIn('test/support')),
    'package-lock.json',
  ]) {
    const { mtimeMs, size } = await stat(join(root, path))
    hash.update(`\n${path} ${mtimeMs} ${size}`)
  }
  return hash.digest('hex').slice(0, 16)
}

async function sourcesIn(where: string): Promise<string[]> {
  const names = await readdir(join(root, where), { recursive: true })
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(where, name))
    .sort()
}
