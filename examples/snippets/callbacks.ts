import { Client, Connection } from '@temporalio/client'
import { Hono } from 'hono'
import { createDelivery, createPushHandler, parseMacKeys, reconnectOptions } from 'vodflow/callbacks'

const address = process.env.TEMPORAL_ADDRESS ?? 'localhost:7233'
const connection = Connection.lazy({ address, channelArgs: reconnectOptions })
export const handler = createPushHandler({
  keys: parseMacKeys(process.env.VODFLOW_MAC_KEYS),
  deliver: createDelivery({ client: new Client({ connection }) }),
  onOther: (event) => console.log(event.EventType),
})

export const app = new Hono() // or any other framework with a web Request
app.post('/vod', (context) => handler(context.req.raw))
