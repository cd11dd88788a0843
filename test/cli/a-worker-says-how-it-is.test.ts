import { once } from 'node:events'
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import { freePort } from '../support/freePort.js'
import { start } from '../telemetry/processes.js'
import { vodflow } from './cli.js'

/** Takes connections, and does nothing with them until it is let. */
async function gate(target?: number) {
  const held: Socket[] = []
  let open = false
  let arrived: (() => void) | undefined
  const pass = (socket: Socket) => {
    const onward = connectTo(target as number, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  }
  const server = createServer((socket) => {
    if (open) return pass(socket)
    socket.on('error', () => {})
    held.push(socket)
    arrived?.()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    someone: () =>
      new Promise<void>((resolve) => {
        arrived = resolve
        if (held.length > 0) resolve()
      }),
    open() {
      open = true
      held.splice(0).forEach(pass)
    },
    close() {
      server.close()
      for (const socket of held.splice(0)) socket.destroy()
    },
  }
}

const soon = { timeout: 60_000 }

let temporal: DevServer
beforeAll(async () => {
  temporal = await startTemporalDevServer()
})
afterAll(() => temporal?.close())

const env = {
  TENCENTCLOUD_SECRET_ID: 'id',
  TENCENTCLOUD_SECRET_KEY: 'key',
  VODFLOW_MAC_KEYS: `k1:${'m'.repeat(32)}`,
}

it('is alive while it waits for Temporal, ready while it polls, and alive while it lets a call end', async () => {
  const toTemporal = await gate(Number(temporal.address.split(':')[1]))
  const vod = await gate()
  const port = await freePort()
  const worker = start(['worker', '--health', `127.0.0.1:${port}`], {
    ...env,
    TEMPORAL_ADDRESS: `127.0.0.1:${toTemporal.port}`,
    VODFLOW_VOD_ENDPOINT: `http://127.0.0.1:${vod.port}`,
  })
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return `${response.status} ${await response.text()}`
  }
  await toTemporal.someone()
  expect([await ask('/healthz'), await ask('/readyz')]).toEqual(['200 STARTING\n', '503 STARTING\n'])
  expect(await ask('/')).toBe('404 ')

  toTemporal.open()
  await expect.poll(() => ask('/readyz'), soon).toBe('200 RUNNING\n')
  expect(await ask('/healthz')).toBe('200 RUNNING\n')

  const client = await connect({ address: temporal.address })
  await client.process({ FileId: '1', ProcedureName: 'any' })
  await vod.someone()
  const stopped = worker.stop()
  await expect.poll(() => ask('/readyz'), soon).toMatch(/^503 (STOPPING|DRAINING)\n$/)
  expect(await ask('/healthz')).toMatch(/^200 (STOPPING|DRAINING)\n$/)
  vod.close()
  expect(await stopped).toBe(0)
  // The workers of VOD's calls run no workflows on purpose.
  expect(worker.said.err).not.toContain('No workflows registered')
  await client.close()
  toTemporal.close()
})

it.each([
  [['--health', 'somewhere'], /--health.*Pass an IP address/],
  [['--health', '192.0.2.1:9463'], /--health: cannot listen on this address .*EADDRNOTAVAIL/],
  [['--deployment', 'vodflow'], /--deployment and --build-id belong together/],
  [['--deployment', 'vod.flow', '--build-id', '1'], /deployment\.deploymentName: cannot be "vod\.flow"/],
  [['--deployment', 'vodflow', '--build-id', '__1'], /deployment\.buildId: cannot be "__1"/],
])('%s is refused', async (args, message) => {
  const { code, stderr } = await vodflow(['worker', ...args], { ...env, TEMPORAL_ADDRESS: temporal.address })
  expect(stderr).toMatch(message)
  expect(code).toBe(1)
})
