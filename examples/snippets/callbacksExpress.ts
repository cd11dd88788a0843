import express from 'express'
import type { PushHandler } from 'vodflow/callbacks'

export function mount(app: express.Express, handler: PushHandler) {
  app.post('/vod', express.raw({ type: () => true, limit: '300kb' }), async (req, res) => {
    const { 'content-type': type = 'application/json' } = req.headers
    const headers = { 'content-type': type }
    const answer = await handler(new Request('http://vod/', { method: 'POST', headers, body: req.body }))
    res.status(answer.status).send(await answer.text())
  })
}
