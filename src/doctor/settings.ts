import { type MacKeys, parseMacKeys } from '../vod/macKeys.js'
import { bad, type Finding, good } from './finding.js'

const check = 'MAC keys'

export function* checkMacKeys(text: string | undefined): Generator<Finding, MacKeys | undefined, undefined> {
  try {
    const keys = parseMacKeys(text)
    const ids = keys.verify.map(({ id }) => id).join(', ')
    yield good(check, `${keys.sign.id} signs, believed: ${ids}`)
    return keys
  } catch (error) {
    const [, problem = ''] = String((error as Error).message).split('VODFLOW_MAC_KEYS: ')
    yield bad(
      check,
      `VODFLOW_MAC_KEYS: ${(problem.split(';')[0] ?? '').trim()}`,
      'export VODFLOW_MAC_KEYS="k1:$(openssl rand -hex 32)", the same for worker and callback service',
    )
    return undefined
  }
}
