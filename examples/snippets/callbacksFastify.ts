import type { FastifyInstance } from 'fastify'
import { type PushHandler, toNodeListener } from 'vodflow/callbacks'

export function mount(app: FastifyInstance, handler: PushHandler) {
  const listener = toNodeListener(handler)
  app.register(async (vod) => {
    vod.removeAllContentTypeParsers() // only those of this route
    vod.addContentTypeParser('*', (_request, _payload, done) => done(null))
    vod.post('/vod', async (request, reply) => {
      reply.hijack()
      await listener(request.raw, reply.raw)
    })
  })
}
