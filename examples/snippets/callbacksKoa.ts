import type Koa from 'koa'
import { type PushHandler, toNodeListener } from 'vodflow/callbacks'

export function mount(app: Koa, handler: PushHandler) {
  const listener = toNodeListener(handler)
  app.use(async (context, next) => {
    if (context.path !== '/vod') return next()
    context.respond = false
    await listener(context.req, context.res)
  }) // before app.use(bodyParser())
}
