import { spawn } from 'node:child_process'
import { binary, root } from '../support/binary.js'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The real command, with nothing of our own environment that it reads. */
export function spawnVodflow(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = root,
) {
  const { VODFLOW_MAC_KEYS: _, TEMPORAL_ADDRESS: __, ...inherited } = process.env
  return spawn(process.execPath, [binary, ...args], {
    cwd,
    env: { ...inherited, ...env },
  })
}

/** Runs it to its end. */
export function vodflow(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawnVodflow(args, env)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
}
