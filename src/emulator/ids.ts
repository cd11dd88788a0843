import { randomBytes, randomInt } from 'node:crypto'

/** Returns 19 digits as a string, because VOD's FileIds do not fit into a number. */
export function newFileId(): string {
  return `52858${String(randomInt(10 ** 7)).padStart(7, '0')}${String(randomInt(10 ** 7)).padStart(7, '0')}`
}

const words = {
  Procedure: 'procedurev2',
  ReviewAudioVideo: 'ReviewAudioVideo',
  PullUpload: 'pull',
  EditMedia: 'EditMedia',
  SplitMedia: 'SplitMedia',
  ComposeMedia: 'ComposeMedia',
} as const

/** Returns `<SubAppId>-<word of the type>-<32 hex>t0`, which is opaque to clients. */
export function newTaskId(SubAppId: number, TaskType: keyof typeof words): string {
  return `${SubAppId}-${words[TaskType]}-${randomBytes(16).toString('hex')}t0`
}
