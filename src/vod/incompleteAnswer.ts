import { VodError } from '../contract/errors.js'

/** Returns the error for an answer that contradicts itself or lacks a member. */
export function incompleteAnswer(action: string, problem: string): VodError {
  return new VodError({ action, code: 'ClientError.BadResponse', problem })
}
