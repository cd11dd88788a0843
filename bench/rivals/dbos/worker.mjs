// A workflow as DBOS's guide writes it: each call a step with retries, sleeps that survive, a queue.
import { DBOS } from '@dbos-inc/dbos-sdk'
import tencent from 'tencentcloud-sdk-nodejs-vod'

const { account, pollMs, attempts, atOnce, database } = JSON.parse(process.argv[2])
const { host, protocol } = new URL(account.endpoint)
const client = new tencent.vod.v20180717.Client({
  credential: { secretId: account.secretId, secretKey: account.secretKey },
  region: '',
  profile: { httpProfile: { endpoint: host, protocol: `${protocol}//`, reqTimeout: 15 } },
})
const retry = { retriesAllowed: true, maxAttempts: attempts, intervalSeconds: 1 }

async function processMedia(request) {
  const TaskId = await DBOS.runStep(async () => (await client.ProcessMediaByProcedure(request)).TaskId, {
    name: 'submit',
    ...retry,
  })
  for (;;) {
    const Status = await DBOS.runStep(async () => (await client.DescribeTaskDetail({ TaskId })).Status, {
      name: 'read',
      ...retry,
    })
    if (Status === 'FINISH' || Status === 'ABORTED') return Status
    await DBOS.sleep(pollMs)
  }
}
DBOS.registerWorkflow(processMedia, { name: 'processMedia', maxRecoveryAttempts: 100 })
DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: database,
  runAdminServer: false,
  applicationVersion: '1',
  logLevel: 'error',
})
await DBOS.launch()
await DBOS.registerQueue('media', { workerConcurrency: atOnce })
console.log('ready')
process.once('SIGTERM', () => process.exit(0))
