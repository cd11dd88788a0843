import { expect, it } from 'vitest'
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'

const keys = { secretId: 'id', secretKey: 'a-secret' }
const notMs = 'is not a duration; give milliseconds, or a text such as "5 s"'

it.each<[object, string]>([
  [{ secretId: '' }, 'secretId: is empty; give the SecretId that calls are signed with'],
  [{ secretKey: undefined }, 'secretKey: is missing; give a string'],
  [{ port: 70_000 }, 'port: is above 65535; give 65535 or less'],
  [{ port: '80' }, 'port: is a string; give a number'],
  [{ media: 'real' }, 'media: is not known; give ffmpeg or instant'],
  [{ seed: Number.NaN }, 'seed: is not a whole number; give one'],
  [{ concurrency: 0 }, 'concurrency: is below 1; give 1 or more'],
  [{ taskTime: '5 lightyears' }, `taskTime: ${notMs}`],
  [{ waitingTime: '5' }, `waitingTime: ${notMs}`],
  [{ pushTimeout: -1 }, 'pushTimeout: is below 0; give 0 or more'],
  [{ clock: {} }, 'clock: is no EmulatorClock; give a new EmulatorClock()'],
  [{ log: true }, 'log: is no function; give one'],
  [{ taskTimes: 5 }, 'taskTimes: is not known; check its spelling'],
  [{ switches: { signPlace: 'cookie' } }, 'switches.signPlace: is not known; give body, query or header'],
  [{ switches: { listingLags: 5 } }, 'switches.listingLags: is not known; check its spelling'],
  [{ switches: { listingLag: '2 minutes' } }, 'switches.listingLag: is above 60000; give 60000 or less'],
])('startEmulator refuses %o', async (given, problem) => {
  const options = { ...keys, media: 'instant', ...given } as EmulatorOptions
  const error = await startEmulator(options).then(
    (vod) => vod.close(),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'VODFLOW_INVALID_EMULATOR_OPTIONS', message: problem })
  expect(String(error)).not.toContain(keys.secretKey)
})

it('startEmulator names every wrong option, each on its line', async () => {
  const options = { ...keys, port: -1, seed: 'x' } as unknown as EmulatorOptions
  await expect(startEmulator(options)).rejects.toThrow(
    'port: is below 0; give 0 or more\nseed: is a string; give a number',
  )
})

it('startEmulator takes every option as undefined', async () => {
  const names = ['port', 'clock', 'switches', 'seed', 'taskTime', 'reviewTime', 'waitingTime', 'concurrency']
  const absent = Object.fromEntries([...names, 'log', 'pullHold'].map((name) => [name, undefined]))
  const vod = await startEmulator({
    ...keys,
    media: 'instant',
    ...absent,
    switches: { listingLag: undefined },
  })
  await vod.close()
})
