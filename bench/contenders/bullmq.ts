import { execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/support/freePort.js'
import type { Account } from '../harness/account.js'
import { procedure } from '../harness/world.js'
import type { Contender, JobEnd } from './contender.js'

const folder = fileURLToPath(new URL('../rivals/bullmq/', import.meta.url))

/** BullMQ on a Redis that keeps every command (`redis-server`, e.g. Debian's package). */
export async function bullmq(
  { account, directory }: { account: Account; directory: string },
  given: { pollMs: number; attempts: number; atOnce: number; withSessionId: boolean },
): Promise<Contender> {
  const { pollMs, attempts, atOnce, withSessionId } = given
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const redisPort = await freePort()
  const flags = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(redisPort),
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
  ]
  const redis = spawn('redis-server', [...flags, '--dir', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => redis.kill('SIGKILL'))
  for await (const line of redis.stdout) if (String(line).includes('Ready to accept connections')) break
  redis.stdout.resume()
  const client = fork(`${folder}client.mjs`, [JSON.stringify({ redisPort, attempts })])
  const broken = once(client, 'exit').then(() => {
    throw new Error('the client of BullMQ ended')
  })
  broken.catch(() => {})
  await Promise.race([once(client, 'message'), broken])
  const waiting = new Map<string, (end: JobEnd) => void>()
  client.on('message', ({ id, failed }: { id: string; failed?: string }) =>
    waiting.get(id)?.(failed === undefined ? { ended: true } : { problem: failed }),
  )
  return {
    name: `BullMQ${withSessionId ? ', SessionId = job id' : ''}`,
    worker: () => ({
      args: [`${folder}worker.mjs`, JSON.stringify({ account, pollMs, redisPort, atOnce })],
      env: {},
      ready: /ready/,
    }),
    doJob: (FileId, id, signal) =>
      new Promise((resolve) => {
        waiting.set(id, resolve)
        signal.addEventListener('abort', () => resolve({ problem: 'no end within the time' }))
        const request = { FileId, ProcedureName: procedure, ...(withSessionId ? { SessionId: id } : {}) }
        client.send({ id, request })
      }),
    async close() {
      client.kill()
      const exited = once(redis, 'exit')
      redis.kill()
      await exited
    },
  }
}
