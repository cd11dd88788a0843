/** The owner of tasks. `account` is an alias that only activities can turn into credentials. */
export interface AppAddress {
  readonly account: string
  readonly SubAppId?: number | undefined
}

/** Returns an application for a person. */
export function appText(SubAppId: number | undefined): string {
  return SubAppId === undefined ? "the account's default application" : `the sub-app ${SubAppId}`
}
