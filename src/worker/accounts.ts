import { InvalidInputError } from '../contract/errors.js'
import { type ApiCall, createVodClient, type VodClient, type VodClientOptions } from '../vod/client.js'

/** Account alias to what signs its calls. Runs know the alias only; secrets stay in the worker. */
export type Accounts = Readonly<Record<string, VodClientOptions>>

/** One client, and so one keep-alive pool, for each account. `onCall` is told of every call. */
export function clientsFor(
  accounts: Accounts,
  onCall: (call: ApiCall) => void,
): (account: string) => VodClient {
  const clients = new Map(
    Object.entries(accounts).map(([account, options]) => [
      account,
      createVodClient({ ...options, onCall: told(options.onCall, onCall) }, `accounts.${account}.`),
    ]),
  )
  return (account) => {
    const client = clients.get(account)
    if (client) return client
    const remedy = `add it to the worker's accounts (it has ${[...clients.keys()].join(', ')})`
    throw new InvalidInputError([
      { field: 'account', problem: `this worker does not know "${account}"`, remedy },
    ])
  }
}

/** Whoever gives an account may want to hear of its calls too. */
function told(theirs: VodClientOptions['onCall'], ours: (call: ApiCall) => void) {
  return (call: ApiCall) => {
    ours(call)
    theirs?.(call)
  }
}
