import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tencent from 'tencentcloud-sdk-nodejs-vod'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'
import { keys } from './commandLine.js'

// biome-ignore lint/suspicious/noExplicitAny: the point is what the official SDK gives back, whatever its types say
export type Answer = any

export type Call = (action: string, request?: Record<string, unknown>) => Promise<Answer>

/** Tencent's own client on a local VOD. */
export function sdkClient(endpoint: string, given: { secretId: string; secretKey: string } = keys) {
  return new tencent.vod.v20180717.Client({
    credential: given,
    profile: { httpProfile: { endpoint: new URL(endpoint).host, protocol: 'http://' } },
  })
}

export function sdkCall(endpoint: string, given?: { secretId: string; secretKey: string }): Call {
  const client = sdkClient(endpoint, given)
  return (action, request = {}) => client.request(action, request)
}

export interface Rig extends Emulator {
  readonly call: Call
  /** A media file of nothing, for tests without ffmpeg. */
  empty(name?: string): Promise<string>
}

/** A local VOD with Tencent's SDK in front; without ffmpeg unless asked for. */
export async function startRig(options: Partial<EmulatorOptions> = {}): Promise<Rig> {
  const emulator = await startEmulator({ ...keys, media: 'instant', ...options })
  const nothing = join(tmpdir(), `vodflow-nothing-${process.pid}.mp4`)
  writeFileSync(nothing, '')
  const call = sdkCall(emulator.endpoint)
  await call('CreateProcedureTemplate', {
    Name: 'flow',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
    ReviewAudioVideoTask: { Definition: 10 },
  })
  return {
    ...emulator,
    call,
    empty: async (name = 'clip') => (await emulator.upload(nothing, { name })).FileId,
  }
}

export async function codeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer
    return 'no error'
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

/** Polls as a client would. */
export async function finished(call: Call, TaskId: string): Promise<Answer> {
  for (;;) {
    const detail = await call('DescribeTaskDetail', { TaskId })
    if (detail.Status === 'FINISH') return detail
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
