// Adds jobs that it is told of, and tells how they end.
import { Queue, QueueEvents } from 'bullmq'
import { Redis } from 'ioredis'

const { redisPort, attempts } = JSON.parse(process.argv[2])
const connect = () => new Redis(redisPort, '127.0.0.1', { maxRetriesPerRequest: null })
const queue = new Queue('media', { connection: connect() })
const events = new QueueEvents('media', { connection: connect() })
events.on('completed', ({ jobId, returnvalue }) => process.send({ id: jobId, ended: returnvalue }))
events.on('failed', ({ jobId, failedReason }) => process.send({ id: jobId, failed: failedReason }))
await events.waitUntilReady()
process.on('message', ({ id, request }) =>
  queue.add('process', { request }, { jobId: id, attempts, backoff: { type: 'exponential', delay: 1_000 } }),
)
process.send({ ready: true })
