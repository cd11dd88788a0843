import { shown } from '../contract/check.js'
import { InvalidInputError } from '../contract/errors.js'
import { type ApiCall, createVodClient, type VodClient, type VodClientOptions } from '../vod/client.js'

/** Options of the VOD client for each account alias. Runs have only the alias; secrets stay in the worker. */
export type VodAccounts = Readonly<Record<string, VodClientOptions>>

/** Returns the client of an account. Each account has one, and so one keep-alive pool. `onCall` gets every call. */
export function clientsFor(
  accounts: VodAccounts,
  onCall: (call: ApiCall) => void,
): (account: string) => VodClient {
  const clients = new Map(
    Object.entries(accounts).map(([account, options]) => [
      account,
      createVodClient({ ...options, onCall: bothOf(options.onCall, onCall) }, `accounts.${account}.`),
    ]),
  )
  return (account) => {
    const client = clients.get(account)
    if (client) return client
    const remedy = `add it to the worker's accounts (it has ${[...clients.keys()].join(', ')})`
    throw new InvalidInputError([
      { field: 'account', problem: `this worker does not know "${shown(account)}"`, remedy },
    ])
  }
}

/** Also calls the `onCall` of the account's own options. */
function bothOf(theirs: VodClientOptions['onCall'], ours: (call: ApiCall) => void) {
  return (call: ApiCall) => {
    ours(call)
    theirs?.(call)
  }
}
