import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../test/support/freePort.js'
import type { Contender, Given } from './contender.js'
import { folderOf, requestOf, startClient } from './rivalFolder.js'

/** BullMQ on a Redis that keeps every command (`redis-server`, e.g. Debian's package). */
export async function bullmq(given: Given, withSessionId: boolean): Promise<Contender> {
  const { directory, account, pollMs, attempts, atOnce } = given
  const folder = folderOf('bullmq')
  const redisPort = await freePort()
  const keepAll = ['--appendonly', 'yes', '--appendfsync', 'always']
  const flags = ['--bind', '127.0.0.1', '--port', String(redisPort), '--dir', directory, ...keepAll]
  const redis = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => redis.kill('SIGKILL'))
  for await (const line of redis.stdout) if (String(line).includes('Ready to accept connections')) break
  redis.stdout.resume()
  const client = await startClient(folder, { redisPort, attempts })
  return {
    name: `BullMQ${withSessionId ? ', SessionId = job id' : ''}`,
    worker: () => ({
      args: [`${folder}worker.mjs`, JSON.stringify({ account, pollMs, redisPort, atOnce })],
      env: {},
      ready: /ready/,
    }),
    doJob: (FileId, id, signal) => client.do(id, requestOf(FileId, withSessionId ? id : undefined), signal),
    async close() {
      client.close()
      const exited = once(redis, 'exit')
      redis.kill()
      await exited
    },
  }
}
