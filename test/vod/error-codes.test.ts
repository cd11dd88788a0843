import { describe, expect, it } from 'vitest'
import { classifyError, errorCodes } from '../../src/vod/errorCodes.js'

/** The list on the API page of ProcessMediaByProcedure, 2026-05-19. */
const documented = {
  FailedOperation: 'ambiguous',
  'FailedOperation.InvalidVodUser': 'permanent',
  InternalError: 'ambiguous',
  InvalidParameter: 'permanent',
  InvalidParameterValue: 'permanent',
  'InvalidParameterValue.FileId': 'permanent',
  'InvalidParameterValue.ProcedureName': 'permanent',
  'InvalidParameterValue.SessionContextTooLong': 'permanent',
  'InvalidParameterValue.SessionId': 'duplicate',
  'InvalidParameterValue.SessionIdTooLong': 'permanent',
  'InvalidParameterValue.SubAppId': 'permanent',
  'InvalidParameterValue.UniqueIdentifier': 'duplicate',
  UnauthorizedOperation: 'permanent',
}

describe('every documented code has its class', () => {
  it.each(Object.entries(documented))('%s is %s', (code, errorClass) => {
    expect(errorCodes[code]?.class).toBe(errorClass)
  })
})

it('every code says what to do', () => {
  for (const [code, { remedy }] of Object.entries(errorCodes)) expect(remedy.length, code).toBeGreaterThan(10)
})

it('an unknown code takes its parent, and without one nobody knows', () => {
  expect(classifyError('RequestLimitExceeded.Tomorrow').class).toBe('throttled')
  expect(classifyError('AuthFailure.Something.Deeper').class).toBe('permanent')
  expect(classifyError('Brand.New').class).toBe('ambiguous')
  expect(classifyError('').class).toBe('ambiguous')
})
