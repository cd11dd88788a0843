import { afterAll, beforeAll, expect, it } from 'vitest'
import { startAltered } from '../support/altered.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

/** An account whose VOD leaves media files out of its answers. */
const account = 'leaving'
const leavesOut = new Map<string, number>()

let system: System
let theirs: Theirs
let vod: Awaited<ReturnType<typeof startAltered>>
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const credentials = { secretId, secretKey }
  vod = await startAltered({ endpoint: system.vod.endpoint, credentials }, async (action, request, send) => {
    const answer = await send(request)
    if (action !== 'DescribeMediaInfos') return answer
    const { MediaInfoSet } = answer as { MediaInfoSet: { FileId: string }[] }
    return { ...answer, MediaInfoSet: MediaInfoSet.filter(({ FileId }) => !isLeftOut(FileId)) }
  })
  const accounts = { [account]: { endpoint: vod.endpoint, credentials } }
  theirs = await startTheirs(system, 'composed', { accounts, macKeys: system.macKeys, sweep: false })
})
afterAll(async () => {
  await theirs?.close()
  vod?.close()
  await system?.close()
})

function isLeftOut(FileId: string): boolean {
  const times = leavesOut.get(FileId) ?? 0
  leavesOut.set(FileId, times - 1)
  return times > 0
}

it('is asked for again, and reported as unknown when VOD never names it', async () => {
  const [once, always, other] = await Promise.all(
    ['once', 'always', 'other'].map((name) => system.media(name)),
  )
  leavesOut.set(String(once), 1).set(String(always), Number.POSITIVE_INFINITY)
  const FileIds = [once, always, other, '404'].map(String)
  const request = { source: { FileIds }, ProcedureName: 'one', account }
  const report = await (await system.vodflow.batches.start('leaving', request)).result()
  expect(report).toMatchObject({
    counts: { missing: 1, tasks: 2, ended: { succeeded: 2, unknown: 1 } },
    failures: [
      {
        FileId: always,
        status: 'unknown',
        reason: expect.stringContaining('VOD does not say whether it has the media file'),
      },
    ],
  })
  expect(FileIds.map((FileId) => system.tasksOf(FileId).length)).toEqual([1, 0, 1, 0])
})
