import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { procedure } from '../harness/vod.js'
import type { JobEnd } from './contender.js'

export const folderOf = (rival: string): string =>
  fileURLToPath(new URL(`../rivals/${rival}/`, import.meta.url))

/** A rival's own packages: they are none of vodflow's. Before anything is measured, since nothing else happens meanwhile. */
export function install(rival: string): void {
  const flags = ['--no-audit', '--no-fund', '--no-package-lock']
  execFileSync('npm', ['install', ...flags], { cwd: folderOf(rival), stdio: 'ignore' })
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
