import { describe, expect, it } from 'vitest'
import { submitActions } from '../../src/contract/actions.js'
import { classifyError, errorCodes, meaningFor } from '../../src/contract/errorCodes.js'
import { vodApi } from '../../src/vod/api.js'
import official from './official-error-codes.json' with { type: 'json' }

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

describe('Tencent lists for an action', () => {
  const listed = Object.entries(official.actions).flatMap(([action, codes]) =>
    codes.map((code) => [action, code] as const),
  )

  it('every action that is called', () => {
    expect(Object.keys(official.actions).toSorted()).toEqual(Object.keys(vodApi).toSorted())
  })

  it.each(listed)('%s: %s, which is known', (_, code) => {
    const { remedy } = classifyError(code)
    expect(remedy).not.toBe(classifyError('Brand.New').remedy)
  })

  it.each([...new Set(listed.map(([, code]) => code))].filter((code) => code.startsWith('FailedOperation.')))(
    '%s, which says more than that something failed',
    (code) => {
      // What falls back to FailedOperation is sent again for days.
      expect(errorCodes[code]).toBeDefined()
    },
  )
})

describe('what to do about an answer that leaves open whether anything was done', () => {
  const ambiguous = Object.keys(errorCodes).filter(
    (code) => classifyError(code).class === 'ambiguous' && code !== 'ClientError.Aborted',
  )

  it.each([...ambiguous, 'Brand.New'])(
    '%s: only a write is checked, and only a submit has a SessionId',
    (code) => {
      for (const action of ['CreateClass', 'CreateProcedureTemplate', 'ModifyClass', 'ApplyUpload'])
        expect(meaningFor(action, code)).toEqual({
          ...classifyError(code),
          remedy: expect.stringContaining('VOD may have done it. Check before you call it again'),
        })
      for (const action of ['DescribeMediaInfos', 'DeleteMedia', 'ResetProcedureTemplate', 'Credentials'])
        expect(meaningFor(action, code).remedy).not.toContain('SessionId')
      for (const action of submitActions) expect(meaningFor(action, code)).toEqual(classifyError(code))
    },
  )

  it.each(['PullEvents', 'ConfirmEvents'])(
    '%s is repeated by the pull loop, so nobody checks it',
    (action) => {
      for (const code of [...ambiguous, 'Brand.New'])
        expect(meaningFor(action, code).remedy).not.toContain('does not repeat')
    },
  )

  it('no other class depends on the action', () => {
    for (const code of Object.keys(errorCodes).filter((each) => !ambiguous.includes(each)))
      expect(meaningFor('CreateClass', code)).toEqual(classifyError(code))
  })
})

describe('a refusal that is final', () => {
  it.each([
    ['FailedOperation.MediaType', 'type that VOD supports'],
    ['FailedOperation.CoverType', 'type that VOD supports'],
    ['FailedOperation.TaskDuplicate', 'adopt'],
    ['FailedOperation.UserStatusInavlid', 'account'],
    ['FailedOperation.InvalidAccount', 'account'],
    ['FailedOperation.NoPrivileges', 'account'],
    ['ResourceNotFound.UserNotExist', 'account'],
    ['FailedOperation.MediaForbidedBySystem', 'banned'],
    ['InvalidParameterValue.MediaUrl', 'Check MediaUrl'],
    ['InvalidParameter.StorageRegion', 'Check StorageRegion'],
    ['MissingParameter.FileId', 'Add FileId'],
    ['UnknownParameter.Fileid', 'Remove Fileid'],
    ['UnsupportedOperation.Tomorrow', 'does not match the documentation of VOD'],
  ])('%s ends the run, and says what to do', (code, words) => {
    expect(classifyError(code)).toMatchObject({ class: 'permanent', remedy: expect.stringContaining(words) })
    expect(classifyError(code).passes).toBeUndefined()
  })
})

describe('a key that VOD does not accept', () => {
  it.each([
    'AuthFailure',
    'AuthFailure.InvalidAuthorization',
    'AuthFailure.InvalidSecretId',
    'AuthFailure.SecretIdNotFound',
    'AuthFailure.SignatureFailure',
    'AuthFailure.MFAFailure',
    'AuthFailure.Something.Deeper',
  ])('%s is final only after a few sends, because another worker may have a good key', (code) => {
    expect(classifyError(code)).toMatchObject({ class: 'permanent', passes: true, ofKey: true })
  })

  it.each([
    'AuthFailure.SignatureExpire',
    'AuthFailure.TokenFailure',
    'AuthFailure.UnauthorizedOperation',
    'UnauthorizedOperation',
  ])('%s says nothing of the key', (code) => {
    expect(classifyError(code).ofKey).toBeUndefined()
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

it.each(['constructor', 'toString', 'InvalidParameterValue.constructor', '__proto__.Field'])(
  'a code with the name of a member of every object, %s, is no other code than its own',
  (code) => {
    const { class: errorClass, remedy } = classifyError(code)
    expect(typeof remedy).toBe('string')
    expect(errorClass).toBe(code.startsWith('InvalidParameterValue') ? 'permanent' : 'ambiguous')
  },
)
