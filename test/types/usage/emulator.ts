import { type Emulator, EmulatorClock, FolderError, makeTestClip, startEmulator } from 'vodflow/emulator'
import { expectType, type Is } from './is.js'

export async function use(): Promise<string> {
  await using vod = await startEmulator({
    secretId: 'id',
    secretKey: 'key',
    clock: new EmulatorClock({ frozen: true }),
  })
  expectType<Is<typeof vod, Emulator>>()
  vod.faults.add({
    kind: 'failSubTask',
    Type: 'Transcode',
    code: 'SourceFileError.ContentMalformed',
    times: 1,
  })
  // @ts-expect-error there is no such fault
  vod.faults.add({ kind: 'explode' })
  await makeTestClip('clip.mp4', { seconds: 4, width: 640, height: 360, fps: 25 })
  const { FileId } = await vod.upload('clip.mp4')
  return FileId
}

export const isFolder = (error: unknown): string => (error instanceof FolderError ? error.folder : '')
