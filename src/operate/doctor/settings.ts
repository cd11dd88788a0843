import { InvalidInputError } from '../../contract/errors.js'
import { type MacKeys, parseMacKeys } from '../../contract/seal/macKeys.js'
import { secretIn } from '../../contract/secret.js'
import { unknownFix, unknownVariables } from '../variables.js'
import { bad, type DoctorFinding, doubtful, good, whatHappened } from './finding.js'

const macKeys = 'MAC keys'

export function* checkMacKeys(
  text: string | undefined,
): Generator<DoctorFinding, MacKeys | undefined, undefined> {
  try {
    const keys = parseMacKeys(text)
    const ids = keys.verify.map(({ id }) => id).join(', ')
    yield good(macKeys, `${keys.sign.id} signs, accepted: ${ids}`)
    return keys
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    yield bad(
      macKeys,
      whatHappened(error),
      'export VODFLOW_MAC_KEYS="k1:$(openssl rand -hex 32)", the same for worker and callback service',
    )
    return undefined
  }
}

/** Reports variables that nothing reads. */
export function* checkVariables(): Generator<DoctorFinding> {
  for (const name of unknownVariables(process.env))
    yield doubtful('environment', `${name} is not a variable of vodflow, so nothing reads it`, unknownFix)
}

/** Reports a SignKey that cannot be used. The check of the callback address shows whether it is the right one. */
export function* checkSignKey(
  given: string | undefined,
): Generator<DoctorFinding, string | undefined, undefined> {
  try {
    return secretIn({ VODFLOW_SIGN_KEY: given }, 'VODFLOW_SIGN_KEY')
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    yield bad('SignKey', whatHappened(error), 'set VODFLOW_SIGN_KEY to the SignKey of ModifyEventConfig')
    return undefined
  }
}
