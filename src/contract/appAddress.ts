/** The owner of tasks. `account` is an alias that only activities can turn into credentials. */
export interface AppAddress {
  readonly account: string
  readonly SubAppId?: number | undefined
}
