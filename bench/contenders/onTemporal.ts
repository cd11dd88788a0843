import { fileURLToPath } from 'node:url'
import { type Client, WorkflowFailedError } from '@temporalio/client'
import { connect } from 'vodflow'
import { freePort } from '../../test/support/freePort.js'
import { procedure } from '../harness/vod.js'
import type { Contender, Given, JobEnd } from './contender.js'
import { requestOf } from './rivalFolder.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cli = `${root}dist/cli/main.js`
/** Sooner than after hours, as polling is sooner than every 30 s. */
const looks = [45, 90, 120, 180, 240, 300].map((seconds) => seconds * 1_000)

/** Ours, as it is installed: `vodflow worker` and `vodflow callbacks`. */
export async function vodflowItself({ address, account }: Given): Promise<Contender> {
  const vodflow = await connect({ address })
  const port = await freePort()
  const env = {
    TEMPORAL_ADDRESS: address,
    TENCENTCLOUD_SECRET_ID: account.secretId,
    TENCENTCLOUD_SECRET_KEY: account.secretKey,
    VODFLOW_VOD_ENDPOINT: account.endpoint,
    VODFLOW_MAC_KEYS: `bench:${'0123456789abcdef'.repeat(2)}`,
  }
  return {
    name: 'vodflow',
    worker: () => ({ args: [cli, 'worker'], env, ready: /vodflow worker/ }),
    callbacks: {
      args: [cli, 'callbacks', '--port', String(port)],
      env,
      ready: /vodflow callbacks/,
      url: `http://127.0.0.1:${port}/`,
    },
    async doJob(FileId, workflowId, signal) {
      try {
        const options = {
          workflowId,
          delays: { looks, listings: [1_000, 2_000, 5_000] },
          requireWorker: false,
        }
        const run = await vodflow.process({ FileId, ProcedureName: procedure }, options)
        const { status, reason } = await run.result({ signal })
        return status === 'succeeded' ? { ended: true } : { problem: `${status}: ${reason}` }
      } catch (error) {
        return { problem: String(error) }
      }
    },
    close: () => vodflow.close(),
  }
}

/** What people write on Temporal: an activity that submits and polls, or a workflow that polls on a timer. */
export const pollingOnTemporal =
  (type: 'pollingActivity' | 'pollingWorkflow') =>
  async ({ address, account, pollMs, attempts }: Given, withSessionId: boolean): Promise<Contender> => {
    const vodflow = await connect({ address })
    const client = vodflow.client as Client
    const setup = { address, namespace: 'default', account, macKeys: '', pollMs, sweep: false }
    const what = type === 'pollingActivity' ? 'an activity that polls' : 'a workflow that polls'
    return {
      name: `Temporal, ${what}${withSessionId ? ', SessionId = job id' : ''}`,
      worker: () => ({
        args: ['--import', 'tsx', `${root}bench/sides/theirs.ts`, JSON.stringify(setup)],
        env: {},
        ready: /ready/,
      }),
      async doJob(FileId, workflowId, signal): Promise<JobEnd> {
        const job = requestOf(FileId, withSessionId ? workflowId : undefined)
        const args = type === 'pollingActivity' ? [job, attempts] : [job, pollMs, attempts]
        try {
          await client.workflow.start(type, { taskQueue: 'theirs', workflowId, args })
          await client.withAbortSignal(signal, () => client.workflow.getHandle(workflowId).result())
          return { ended: true }
        } catch (error) {
          const cause = error instanceof WorkflowFailedError ? (error.cause?.cause ?? error.cause) : error
          return { problem: cause instanceof Error ? cause.message : String(cause) }
        }
      },
      close: () => vodflow.close(),
    }
  }
