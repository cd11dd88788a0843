/** Where VOD is, and what signs its calls: keys of the local VOD only. */
export interface Account {
  readonly endpoint: string
  readonly secretId: string
  readonly secretKey: string
}
