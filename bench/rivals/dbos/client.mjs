// Enqueues jobs that it is told of, and tells how they end.
import { DBOSClient } from '@dbos-inc/dbos-sdk'

const { database } = JSON.parse(process.argv[2])
let client
process.on('message', async ({ id, request }) => {
  try {
    client ??= DBOSClient.create({ systemDatabaseUrl: database })
    const options = { workflowName: 'processMedia', queueName: 'media', workflowID: id, appVersion: '1' }
    const handle = await (await client).enqueue(options, request)
    process.send({ id, ended: await handle.getResult() })
  } catch (error) {
    process.send({ id, failed: error.message })
  }
})
process.send({ ready: true })
