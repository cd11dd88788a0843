import type express from 'express'
import { type PushHandler, toNodeListener } from 'vodflow/callbacks'

export function mount(app: express.Express, handler: PushHandler) {
  app.post('/vod', toNodeListener(handler)) // before app.use(express.json())
}
