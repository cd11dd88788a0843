import { type ChildProcess, spawn } from 'node:child_process'
import { vi } from 'vitest'
import type { Emulator } from '../../src/emulator/index.js'
import { binary, root } from './binary.js'

export interface Deployment {
  /** Where Temporal listens. */
  readonly address: string
  readonly vod: Pick<Emulator, 'endpoint'>
  readonly keys: { readonly secretId: string; readonly secretKey: string }
}

/** Starts a real process of the real command. It is up when it says so, in a line that `ready` matches. */
export async function startCommand(
  args: readonly string[],
  ready: RegExp,
  { address, vod, keys }: Deployment,
): Promise<{ child: ChildProcess; ready: string }> {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TENCENTCLOUD_SECRET_ID: keys.secretId,
    TENCENTCLOUD_SECRET_KEY: keys.secretKey,
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}`,
  }
  const child = spawn(process.execPath, [binary, ...args], { cwd: root, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  try {
    await vi.waitUntil(() => child.exitCode !== null || ready.test(output), { timeout: 60_000 })
    const line = ready.exec(output)?.[1]
    if (line === undefined) throw new Error(`${args[0]} did not start: ${output}`)
    return { child, ready: line }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}
