import { VodflowPlugin } from 'vodflow/worker'

export const plugin = new VodflowPlugin({
  servedElsewhere: ['default'],
  webhooks: { default: { url: 'https://app.example.com/hooks', secret: process.env.HOOK_SECRET ?? '' } },
})
