import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { procedure } from '../harness/vod.js'
import type { JobEnd } from './contender.js'

/** Folder of a rival, with its own packages installed: they are none of vodflow's. */
export function installed(name: string): string {
  const folder = fileURLToPath(new URL(`../rivals/${name}/`, import.meta.url))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    stdio: 'ignore',
  })
  return folder
}

/** What a rival's worker sends to VOD for a job. */
export function requestOf(FileId: string, SessionId: string | undefined): Record<string, string> {
  return { FileId, ProcedureName: procedure, ...(SessionId === undefined ? {} : { SessionId }) }
}

/** The process `client.mjs` of a rival: takes `{ id, request }`, answers `{ id }` or `{ id, failed }`. */
export interface RivalClient {
  do(id: string, request: object, signal: AbortSignal): Promise<JobEnd>
  close(): void
}

export async function startClient(folder: string, setup: object): Promise<RivalClient> {
  const client = fork(`${folder}client.mjs`, [JSON.stringify(setup)])
  process.once('exit', () => client.kill())
  const broken = once(client, 'exit').then(() => {
    throw new Error(`${folder}client.mjs has ended`)
  })
  broken.catch(() => {})
  await Promise.race([once(client, 'message'), broken])
  const waiting = new Map<string, (end: JobEnd) => void>()
  client.on('message', ({ id, failed }: { id: string; failed?: string }) =>
    waiting.get(id)?.(failed === undefined ? { ended: true } : { problem: failed }),
  )
  return {
    do: (id, request, signal) =>
      new Promise((resolve) => {
        waiting.set(id, resolve)
        signal.addEventListener('abort', () => resolve({ problem: 'no end within the time' }))
        client.send({ id, request })
      }),
    close: () => void client.kill(),
  }
}
