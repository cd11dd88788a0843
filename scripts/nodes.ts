import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The major versions of Node that vodflow supports. docs/support.md names them. */
export const nodes = ['20', '22', '24']

/** Installs a Node from npm into a folder. Returns the folder of its `node` program, for `PATH`. */
export async function installNode(version: string, folder: string): Promise<string> {
  const platform = `node-${process.platform}-${process.arch}`
  await npmInstall(folder, `${platform}@${version}`)
  return join(folder, 'node_modules', platform, 'bin')
}

export async function npmInstall(folder: string, ...packages: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const flags = ['--no-audit', '--no-fund', '--prefix', folder]
  await promisify(execFile)('npm', ['install', ...flags, ...packages])
}
