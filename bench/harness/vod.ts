import { randomBytes } from 'node:crypto'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import type { Account } from './account.js'

/** The template that every job names: one transcode. */
export const procedure = 'one'

export type VodOptions = Omit<EmulatorOptions, 'secretId' | 'secretKey' | 'media'>

/** A local VOD whose tasks take a time and no work. */
export interface Vod {
  readonly emulator: Emulator
  readonly account: Account
  readonly client: VodClient
  /** From now on it posts its events there. */
  callbacksTo(url: string): Promise<void>
}

export async function startVod(options: VodOptions): Promise<Vod> {
  const keys = { secretId: 'bench', secretKey: randomBytes(16).toString('hex') }
  const emulator = await startEmulator({ ...keys, media: 'instant', ...options })
  const client = createVodClient({ endpoint: emulator.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', {
    Name: procedure,
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  return {
    emulator,
    account: { endpoint: emulator.endpoint, ...keys },
    client,
    async callbacksTo(NotificationUrl) {
      await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })
    },
  }
}
