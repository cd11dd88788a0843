import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, outsideQueues } from '../../src/vod/client.js'

const credentials = { secretId: 'test', secretKey: 'test-key' }
let vod: Emulator
beforeAll(async () => {
  vod = await startEmulator({ ...credentials, media: 'instant' })
})
afterAll(() => vod?.close())

it('a client beside the queues takes ten calls a second, whatever it is asked for', async () => {
  const client = createVodClient({ endpoint: vod.endpoint, credentials, callsPerSecond: outsideQueues })
  const begun = Date.now()
  await Promise.all(Array.from({ length: 35 }, () => client.call('DescribeEventConfig', {})))
  const times = vod.books().calls.map(({ at }) => at)
  expect(times).toHaveLength(35)
  // Three whole seconds lie between the first and the last, however slow the machine.
  expect((times.at(-1) ?? 0) - begun).toBeGreaterThan(2_900)
})
