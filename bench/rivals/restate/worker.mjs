// A service as Restate's guide writes it: each side effect in ctx.run, sleeps that survive, a bounded number of tries.
import * as restate from '@restatedev/restate-sdk'
import tencent from 'tencentcloud-sdk-nodejs-vod'

// Restate's SDK uses what Node has from 22 on.
Promise.withResolvers ??= () => {
  const made = {}
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}

const { account, pollMs, attempts, port } = JSON.parse(process.argv[2])
const { host, protocol } = new URL(account.endpoint)
const client = new tencent.vod.v20180717.Client({
  credential: { secretId: account.secretId, secretKey: account.secretKey },
  region: '',
  profile: { httpProfile: { endpoint: host, protocol: `${protocol}//`, reqTimeout: 15 } },
})
const retry = { maxRetryAttempts: attempts, initialRetryInterval: { seconds: 1 } }

const media = restate.service({
  name: 'media',
  handlers: {
    process: async (ctx, request) => {
      const { TaskId } = await ctx.run('submit', () => client.ProcessMediaByProcedure(request), retry)
      for (;;) {
        const Status = await ctx.run(
          'read',
          async () => (await client.DescribeTaskDetail({ TaskId })).Status,
          retry,
        )
        if (Status === 'FINISH' || Status === 'ABORTED') return Status
        await ctx.sleep({ milliseconds: pollMs })
      }
    },
  },
})
await restate.serve({ services: [media], port })
console.log('ready')
process.once('SIGTERM', () => process.exit(0))
