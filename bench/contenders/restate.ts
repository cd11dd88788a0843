import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/support/freePort.js'
import type { Contender, Given } from './contender.js'
import { folderOf, requestOf } from './rivalFolder.js'

/** Restate, its server from npm. The two workers stand behind one address, as behind a load balancer. */
export async function restate(given: Given, withSessionId: boolean): Promise<Contender> {
  const { directory, account, pollMs, attempts } = given
  const folder = folderOf('restate')
  const [ingress, admin, node, balancer, ...workers] = (await Promise.all(
    Array.from({ length: 6 }, freePort),
  )) as [number, number, number, number, number, number]
  const server = spawn(`${folder}node_modules/.bin/restate-server`, ['--no-logo', '--listen-mode', 'tcp'], {
    env: {
      ...process.env,
      RESTATE_BASE_DIR: directory,
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(node),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      RESTATE_LOG_FILTER: 'error,octocrab=off',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  process.once('exit', () => server.kill('SIGKILL'))
  const balance = createBalancer(workers)
  await new Promise<void>((resolve) => balance.listen(balancer, '127.0.0.1', resolve))
  return {
    name: `Restate${withSessionId ? ', SessionId = job id' : ''}`,
    worker: (number) => ({
      args: [`${folder}worker.mjs`, JSON.stringify({ account, pollMs, attempts, port: workers[number - 1] })],
      env: {},
      ready: /^ready/m,
    }),
    async begin() {
      const register = () =>
        fetch(`http://127.0.0.1:${admin}/deployments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ uri: `http://127.0.0.1:${balancer}` }),
        }).then(
          ({ ok }) => ok,
          () => false,
        )
      while (!(await register())) await sleep(200)
    },
    async doJob(FileId, id, signal) {
      const body = JSON.stringify(requestOf(FileId, withSessionId ? id : undefined))
      const headers = { 'content-type': 'application/json', 'idempotency-key': id }
      // The same key attaches to the invocation that is there.
      for (;;) {
        try {
          const answer = await fetch(`http://127.0.0.1:${ingress}/media/process`, {
            method: 'POST',
            headers,
            body,
            signal,
          })
          const text = await answer.text()
          return answer.ok ? { ended: true } : { problem: text }
        } catch {
          if (signal.aborted) return { problem: 'no end within the time' }
          await sleep(500)
        }
      }
    },
    async close() {
      balance.close()
      const exited = once(server, 'exit')
      server.kill()
      await exited
    },
  }
}

/** Each connection goes to the next worker that is up. */
function createBalancer(ports: readonly number[]) {
  let next = 0
  return createServer((socket) => {
    socket.on('error', () => {})
    const tryOne = (left: number) => {
      const worker = connect(ports[next++ % ports.length] as number, '127.0.0.1')
      worker.once('connect', () => {
        socket.pipe(worker).pipe(socket)
        worker.once('close', () => socket.destroy())
        socket.once('close', () => worker.destroy())
      })
      worker.once('error', () => (left > 1 ? tryOne(left - 1) : socket.destroy()))
    }
    tryOne(ports.length)
  })
}
