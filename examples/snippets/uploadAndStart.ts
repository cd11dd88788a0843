import type { Vodflow } from 'vodflow'

/** What is used of Tencent's package `vod-node-sdk`, which has no types. */
interface VodNodeSdk {
  VodUploadRequest: new () => { MediaFilePath?: string; SubAppId?: number }
  VodUploadClient: new (
    secretId?: string,
    secretKey?: string,
  ) => {
    upload(
      region: string,
      request: object,
      callback: (error: Error | null, uploaded: { FileId: string }) => void,
    ): void
  }
}

/** Uploads a file, and processes it once. `sdk` is `import sdk from 'vod-node-sdk'`. */
export async function uploadAndProcess(vodflow: Vodflow, sdk: VodNodeSdk, path: string) {
  const { TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY } = process.env
  const client = new sdk.VodUploadClient(TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY)
  const SubAppId = 1500000001
  const upload = Object.assign(new sdk.VodUploadRequest(), { MediaFilePath: path, SubAppId })
  const { FileId } = await new Promise<{ FileId: string }>((resolve, reject) => {
    client.upload('ap-singapore', upload, (error, uploaded) => (error ? reject(error) : resolve(uploaded)))
  })
  return vodflow.process({ FileId, SubAppId, ProcedureName: 'TranscodeAndSnapshot' })
}
