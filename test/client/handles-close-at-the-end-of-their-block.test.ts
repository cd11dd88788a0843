import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCallbackServer, startPullLoop } from '../../src/callbacks/index.js'
import { ClosedError, connect } from '../../src/client/index.js'
import { startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { keys } from '../callbacks/rig.js'
import { openRig, type Rig } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const credentials = { secretId: 'id', secretKey: 'key' }
const handler = async () => new Response('ok')

describe('await using closes', () => {
  it('a client', async () => {
    const vodflow = await (async () => {
      await using connected = await connect({ address: rig.address })
      await expect(connected.attach('nobody')).rejects.toThrow(/no run/)
      return connected
    })()
    await expect(vodflow.attach('nobody')).rejects.toThrow(ClosedError)
  })

  it('a local VOD and a pull loop, the latter first', async () => {
    const closed: string[] = []
    let endpoint = ''
    {
      await using vod = await startEmulator({ ...credentials, media: 'instant' })
      endpoint = vod.endpoint
      const client = createVodClient({ endpoint, credentials })
      await using loop = startPullLoop({ vod: client, keys, deliver: async () => 'delivered' })
      void loop.ended.then(() => closed.push('loop'))
    }
    expect(closed).toEqual(['loop'])
    await expect(fetch(endpoint)).rejects.toThrow()
  })

  it('a callback server', async () => {
    let url = ''
    {
      await using server = await startCallbackServer({ handler, port: 0 })
      url = server.url
      expect((await fetch(url)).status).toBe(200)
    }
    await expect(fetch(url)).rejects.toThrow()
  })

  it('what its block has closed already', async () => {
    await using vodflow = await connect({ address: rig.address })
    await using vod = await startEmulator({ ...credentials, media: 'instant' })
    const client = createVodClient({ endpoint: vod.endpoint, credentials })
    await using loop = startPullLoop({ vod: client, keys, deliver: async () => 'delivered' })
    await using server = await startCallbackServer({ handler, port: 0 })
    for (const each of [server, loop, vod, vodflow]) await each.close()
  })
})
