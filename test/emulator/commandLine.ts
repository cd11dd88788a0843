import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { binary } from '../support/binary.js'

export interface Running {
  readonly child: ChildProcess
  /** From the one line that says it is ready. */
  readonly endpoint: string
  /** All of standard output, so far. */
  output(): string
  /** Sends the signal and resolves with the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

export const keys = { secretId: 'AKIDlocal', secretKey: 'local-secret' }
const keyFlags = ['--secret-id', keys.secretId, '--secret-key', keys.secretKey]

function start(flags: readonly string[]): ChildProcess {
  return spawn(process.execPath, [binary, 'emulator', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** `vodflow emulator` in a process of its own; resolves when it is ready. */
export async function runEmulatorCommand(flags: readonly string[]): Promise<Running> {
  const child = start([...keyFlags, ...flags])
  let output = ''
  let problem = ''
  child.stderr?.on('data', (chunk) => {
    problem += chunk
  })
  const exited = once(child, 'exit')
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (found) resolve(found)
    })
    void exited.then(() => reject(new Error(`it ended before it was ready: ${problem}`)))
  })
  return {
    child,
    endpoint,
    output: () => output,
    async stop(signal) {
      child.kill(signal)
      const [code] = await exited
      return code as number | null
    },
  }
}

/** What it says when it refuses to start. */
export async function refusal(flags: readonly string[]): Promise<{ code: number | null; problem: string }> {
  const child = start(flags)
  let problem = ''
  child.stderr?.on('data', (chunk) => {
    problem += chunk
  })
  const [code] = await once(child, 'close')
  return { code, problem }
}

export { keyFlags }
