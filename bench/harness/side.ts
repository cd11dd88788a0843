import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Account } from './account.js'

/** What a process of ours or of a rival is told. */
export interface SideSetup {
  readonly address: string
  readonly namespace: string
  readonly account: Account
  readonly macKeys: string
  /** Of those that poll, ms. */
  readonly pollMs: number
  readonly sweep:
    | false
    | { readonly interval: number; readonly gracePeriod: number; readonly windowOverlap: number }
  readonly maxCachedWorkflows?: number
}

/** Of a whole process: worker and callback handler. */
export interface Usage {
  /** Without what is spent on being measured. */
  readonly cpuMs: number
  /** What it holds after a garbage collection: in the heaps of all its threads, and by malloc. */
  readonly usedBytes: number
  /** What V8 and glibc keep to use again. */
  readonly keptBytes: number
  /** Resident: both, and files and stacks. */
  readonly rssBytes: number
}

/** A worker and a callback handler in a process of their own, so that their processor time can be told from that of VOD. */
export interface Side {
  readonly callbacksUrl: string
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** Not TypeScript: Node loads it into worker threads too, where tsx is not. */
const collectPath = fileURLToPath(new URL('../sides/collect.cjs', import.meta.url))

export async function startSide(name: 'ours' | 'theirs', setup: SideSetup): Promise<Side> {
  const child = fork(
    fileURLToPath(new URL(`../sides/${name}.ts`, import.meta.url)),
    [JSON.stringify(setup)],
    {
      execArgv: ['--expose-gc', '--import', 'tsx', '--require', collectPath],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  process.once('exit', () => child.kill('SIGKILL'))
  const { callbacksUrl } = await answer<{ callbacksUrl: string }>(child)
  return {
    callbacksUrl,
    usage() {
      child.send('usage')
      return answer<Usage>(child)
    },
    async stop() {
      const exited = once(child, 'exit')
      child.send('stop')
      await exited
    },
  }
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const given = new AbortController()
  const message = once(child, 'message', given)
  const exit = once(child, 'exit', given).then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${code}`)
  })
  try {
    const [answered] = await Promise.race([message, exit])
    return answered as T
  } finally {
    // Else its listeners would stay.
    message.catch(() => {})
    exit.catch(() => {})
    given.abort()
  }
}
