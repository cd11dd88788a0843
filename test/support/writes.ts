import { callVod } from '../../src/workflows/index.js'

export async function write(action: string, request: object, account: string): Promise<unknown> {
  return callVod(action as 'SearchMedia', request as { SubAppId?: number }, { account })
}
