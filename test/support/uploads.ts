import type { UploadedMedia } from '../../src/workflows/index.js'

/** What a user does with an upload. */
export async function onUpload({ Name, FileId }: UploadedMedia): Promise<string> {
  return `${Name}: ${FileId}`
}
