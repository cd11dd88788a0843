import { startEmulator } from 'vodflow/emulator'

export async function vodWithFaults(clip: string) {
  const vod = await startEmulator({ secretId: 'test', secretKey: 'test', media: 'instant' })
  const { FileId } = await vod.upload(clip)
  vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
  vod.switches.listingLag = '20 s'
  return { vod, FileId }
}
