import { describe, expect, it } from 'vitest'
import type { Advice } from '../../src/base/vodflowError.js'
import { messageOf } from '../../src/cli/messageOf.js'
import {
  NoWorkerError,
  RequestMismatchError,
  RunPausedError,
  RunStillOpenError,
} from '../../src/client/errors.js'
import { remedies } from '../../src/client/remedies.js'
import { RefusedError, RunCanceledError, RunTerminatedError } from '../../src/client/runErrors.js'
import { errorCodes } from '../../src/contract/errorCodes.js'
import { InvalidInputError, VodError } from '../../src/contract/errors.js'
import { commandText } from '../../src/operate/report/commandText.js'

const difference = { field: 'ProcedureName', was: '"a"', is: '"b"' }
const problem = { field: 'skipDone', problem: 'is true', remedy: 'pass skipDone: false' }
const refusal = { code: 'InvalidInput', class: 'permanent', requestId: '', action: '' } as const

/** Every piece of advice in both wordings. */
const all: [name: string, Partial<Advice>][] = [
  ...Object.entries(remedies).map(([name, advice]): [string, Partial<Advice>] => [
    name,
    typeof advice === 'string' ? { command: advice } : advice,
  ]),
  ...Object.entries(errorCodes).filter(([, { command }]) => command !== undefined),
]

it.each(all)('%s names no method and no option of the API', (_, { command }) => {
  expect(command).not.toMatch(/\w\(|: '|rerun with a reason|another workflowId|skipDone|ProcedureTemplate/)
})

it('errors advise with methods and options, and in the command line with commands and flags', () => {
  const errors: [error: Error, api: RegExp, command: RegExp][] = [
    [
      new RequestMismatchError('x', [difference]),
      /another workflowId .* use rerun with a reason/,
      /--workflow-id .* vodflow rerun x --reason/,
    ],
    [new RunStillOpenError('x'), /attach/, /vodflow watch x.*vodflow cancel x/],
    [new RunTerminatedError('x', 'r', { isStep: true }), /use retry/, /vodflow retry x/],
    [new RunTerminatedError('x', 'r', { isStep: false }), /Prefer cancel/, /Prefer vodflow cancel/],
    [new RunCanceledError('x', undefined), /use retry/, /vodflow retry x --reason/],
    [
      new RefusedError('x', { ...refusal, what: 'w', remedy: 'do it', again: remedies.rerun }),
      /^The request was refused: w\nThen use rerun/,
      /^The request was refused: w\nTo process it again: vodflow rerun x --reason/,
    ],
    [
      new VodError({
        action: 'CreateProcedureTemplate',
        code: 'InvalidParameter.ExistedProcedureName',
        problem: 'p',
      }),
      /with ResetProcedureTemplate\.$/,
      /with --replace\.$/,
    ],
    [
      new InvalidInputError([{ ...problem, command: 'pass --no-skip-done' }]),
      /^skipDone: is true; pass skipDone: false$/,
      /^skipDone: is true; pass --no-skip-done$/,
    ],
  ]
  for (const [error, api, command] of errors) {
    expect(error.message).toMatch(api)
    expect(messageOf(error)).toMatch(command)
  }
})

it.each(['x', '-x', "a'b", 'a b'])('the id %s is in the command, ready to paste', (id) => {
  for (const error of [
    new RunStillOpenError(id),
    new RunTerminatedError(id, 'r', { isStep: true }),
    new RequestMismatchError(id, [difference]),
    new RefusedError(id, { ...refusal, what: 'w', remedy: 'do it', again: remedies.rerun }),
  ])
    expect(messageOf(error)).not.toContain('<id>')
  const rerun = messageOf(new RefusedError(id, { ...refusal, what: 'w', remedy: 'r', again: remedies.rerun }))
  expect(rerun).toContain(commandText('rerun', id, '--reason "..."'))
})

it('of a pause: a command without a full stop', () => {
  const activity = { id: '1', type: 'submit' }
  expect(messageOf(new RunPausedError('t1', { activity, queue: 'q' } as never))).toMatch(
    /temporal activity unpause --workflow-id t1 --activity-id 1$/,
  )
})

describe('an error that reads the same everywhere', () => {
  it('is printed as it is', () => {
    expect(messageOf(new NoWorkerError(['q'], 'Start it.'))).toBe('No worker polls "q". Start it.')
    expect(messageOf(new InvalidInputError([problem]))).toBe('skipDone: is true; pass skipDone: false')
    expect(messageOf(new Error('x; use rerun'))).toBe('x; use rerun')
    expect(messageOf('x')).toBe('x')
  })
})
