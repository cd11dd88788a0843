import type { Contender, Given } from './contender.js'
import { folderOf, requestOf, startClient } from './rivalFolder.js'

/** DBOS, with a database of its own in the PostgreSQL of `postgres`, e.g. `postgres://user:password@127.0.0.1:5432`. */
export async function dbos(given: Given, postgres: string, withSessionId: boolean): Promise<Contender> {
  const { account, pollMs, attempts, atOnce } = given
  const folder = folderOf('dbos')
  const url = new URL(postgres)
  url.pathname = `/bench_${Date.now()}`
  const setup = { account, pollMs, attempts, atOnce, database: String(url) }
  const client = await startClient(folder, setup)
  return {
    name: `DBOS${withSessionId ? ', SessionId = job id' : ''}`,
    worker: (number) => ({
      args: [`${folder}worker.mjs`, JSON.stringify(setup)],
      env: { DBOS__VMID: `worker-${number}` },
      ready: /^ready/m,
    }),
    doJob: (FileId, id, signal) => client.do(id, requestOf(FileId, withSessionId ? id : undefined), signal),
    close: async () => client.close(),
  }
}
