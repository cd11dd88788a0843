import { Client, Connection } from '@temporalio/client'
import { createDelivery, createPushHandler, createUploadRule, parseMacKeys } from 'vodflow/callbacks'

const address = process.env.TEMPORAL_ADDRESS ?? 'localhost:7233'
const client = new Client({ connection: Connection.lazy({ address }) })
const work = { ProcedureName: 'episode' }
const match = { namePrefix: 'ep-' }

export const handler = createPushHandler({
  keys: parseMacKeys(process.env.VODFLOW_MAC_KEYS),
  deliver: createDelivery({ client }),
  onOther: createUploadRule({ client, rule: { SubAppId: 1500000001, work, match } }),
})
