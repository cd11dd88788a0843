// A worker as BullMQ's guide writes it: what the processor throws is tried again, as often as the job says.
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import tencent from 'tencentcloud-sdk-nodejs-vod'

const { account, pollMs, redisPort, atOnce } = JSON.parse(process.argv[2])
const { host, protocol } = new URL(account.endpoint)
const client = new tencent.vod.v20180717.Client({
  credential: { secretId: account.secretId, secretKey: account.secretKey },
  region: '',
  profile: { httpProfile: { endpoint: host, protocol: `${protocol}//`, reqTimeout: 15 } },
})

// What an earlier try has submitted is in the job's data, if that got so far.
const processMedia = async (job) => {
  const { request } = job.data
  const TaskId = job.data.TaskId ?? (await client.ProcessMediaByProcedure(request)).TaskId
  if (!job.data.TaskId) await job.updateData({ request, TaskId })
  for (;;) {
    const { Status } = await client.DescribeTaskDetail({ TaskId })
    if (Status === 'FINISH' || Status === 'ABORTED') return Status
    await sleep(pollMs)
  }
}
const worker = new Worker('media', processMedia, {
  connection: new Redis(redisPort, '127.0.0.1', { maxRetriesPerRequest: null }),
  concurrency: atOnce,
})
worker.on('error', (error) => console.error(error.message))
await worker.waitUntilReady()
console.log('ready')
process.once('SIGTERM', () => process.exit(0))
