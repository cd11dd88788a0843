import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './binary.js'

/** A project of a user's in which vodflow is installed. */
export interface Installed {
  readonly path: string
  /** Links every package that vodflow names, but for these. */
  without(absent: readonly string[]): Promise<void>
  /** Runs Node in the project. Its output is a pipe. */
  node(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>
  /** Imports an entry point, and returns what the expression, of `loaded` or `error`, makes of it. */
  import(entry: string, expression: string): Promise<unknown>
  vodflow(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>
  remove(): Promise<void>
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Sets the project up without a registry. vodflow is a copy, because Node looks for its packages from where its files really are. */
export async function install(): Promise<Installed> {
  const path = await mkdtemp(join(tmpdir(), 'vodflow-installed-'))
  const ours = join(path, 'node_modules/vodflow')
  const packages = join(path, 'node_modules')
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const names = Object.keys({ ...dependencies, ...peerDependencies })
  for (const part of ['dist', 'package.json'])
    await cp(join(root, part), join(ours, part), { recursive: true })
  const installed: Installed = {
    path,
    async without(absent) {
      for (const name of names) {
        const link = join(packages, name)
        await mkdir(dirname(link), { recursive: true })
        await rm(link, { force: true })
        if (!absent.includes(name)) await symlink(join(root, 'node_modules', name), link)
      }
    },
    node(args, env = process.env) {
      const child = spawn(process.execPath, args, { cwd: path, env })
      const printed = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', (text: string) => {
          printed[name] += text
        })
      return new Promise((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code) => resolve({ code, ...printed }))
      })
    },
    async import(entry, expression) {
      const script = `const [loaded, error] = await import('${entry}').then((all) => [all], (why) => [undefined, why])
        console.log(JSON.stringify(${expression}))`
      const { stdout } = await installed.node(['--input-type=module', '-e', script])
      return JSON.parse(stdout)
    },
    vodflow: (args, env) => installed.node([join(ours, 'dist/cli/main.js'), ...args], env),
    remove: () => rm(path, { recursive: true, force: true }),
  }
  return installed
}
