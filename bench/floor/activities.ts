import tencent from 'tencentcloud-sdk-nodejs-vod'
import type { Account } from '../harness/account.js'

type Client = InstanceType<typeof tencent.vod.v20180717.Client>
type Submission = Parameters<Client['ProcessMediaByProcedure']>[0]

/** Tencent's own SDK, as its README sets it up. */
export function clientOf({ endpoint, secretId, secretKey }: Account): Client {
  const { host, protocol } = new URL(endpoint)
  return new tencent.vod.v20180717.Client({
    credential: { secretId, secretKey },
    region: '',
    profile: { httpProfile: { endpoint: host, protocol: `${protocol}//`, reqTimeout: 15 } },
  })
}

export function createFloorActivities(account: Account) {
  const client = clientOf(account)
  return {
    async ProcessMediaByProcedure(request: Submission): Promise<string> {
      return String((await client.ProcessMediaByProcedure(request)).TaskId)
    },
    async DescribeTaskDetail(TaskId: string): Promise<string> {
      return String((await client.DescribeTaskDetail({ TaskId })).Status)
    },
  }
}

export type FloorActivities = ReturnType<typeof createFloorActivities>
