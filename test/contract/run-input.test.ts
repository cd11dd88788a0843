import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidInputError } from '../../src/contract/errors.js'
import { parseStepInput, withoutDefaults } from '../../src/contract/parse/step.js'

const request = { ProcedureName: 'one', FileId: '528' }
const problemsOf = (value: unknown) => {
  try {
    parseStepInput('ProcessMediaByProcedure', value)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return (error as InvalidInputError).problems
  }
}

describe('each input out of its limits is named, with a remedy', () => {
  it.each([
    ['request.ProcedureName', { ...request, ProcedureName: '' }],
    ['request.ProcedureName', { FileId: '528' }],
    ['request.FileId', { ProcedureName: 'one' }],
    ['request.FileId', { ProcedureName: 'one', FileId: 5285485487985271 }],
    ['request.FileId', { ProcedureName: 'one', FileId: '"528"' }],
    ['request.MediaStoragePath', { ...request, MediaStoragePath: '/dir/video.mp4' }],
    ['request.SubAppId', { ...request, SubAppId: -1 }],
    ['request.SubAppId', { ...request, SubAppId: '1500000001' }],
    ['request.TasksPriority', { ...request, TasksPriority: 11 }],
    ['request.TasksPriority', { ...request, TasksPriority: -11 }],
    ['request.TasksPriority', { ...request, TasksPriority: 0.5 }],
    ['request.TasksNotifyMode', { ...request, TasksNotifyMode: 'Never' }],
    ['request.SessionContext', { ...request, SessionContext: 'x'.repeat(1_001) }],
    ['request.SessionContext', { ...request, SessionContext: { order: 1 } }],
    ['request.SessionId', { ...request, SessionId: 'mine' }],
    ['request.ExtInfo', { ...request, ExtInfo: 1 }],
    ['request.Prioritiy', { ...request, Prioritiy: 1 }],
  ])('%s', (field, given) => {
    const problem = problemsOf({ request: given }).find((problem) => problem.field === field)
    expect(problem?.problem).toBeTruthy()
    expect(problem?.remedy).toBeTruthy()
  })

  it.each([
    ['account', { account: 'No Such' }],
    ['key', { key: 'with space' }],
    ['callbacks', { callbacks: 'yes' }],
    ['delays.looks.0', { delays: { looks: [-1] } }],
    ['delays.polls', { delays: { polls: [] } }],
    ['delays.deadline', { delays: { deadline: 1 } }],
  ])('%s', (field, given) => {
    expect(problemsOf({ request, ...given }).map((problem) => problem.field)).toContain(field)
  })

  it('all at once, not one after the other', () => {
    expect(
      problemsOf({ request: { TasksPriority: 99, TasksNotifyMode: 'x' }, account: '' }).length,
    ).toBeGreaterThanOrEqual(4)
  })

  it.each([undefined, null, 7, 'x', [], {}])('not an input at all: %j', (value) => {
    expect(problemsOf(value).length).toBeGreaterThan(0)
  })
})

it('what is right comes back as it was, with its defaults', () => {
  const right = fc.record({
    ProcedureName: fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/),
    FileId: fc.stringMatching(/^[!#-&(-~]{1,64}$/).filter((id) => !['null', 'undefined'].includes(id)),
    TasksPriority: fc.integer({ min: -10, max: 10 }),
    TasksNotifyMode: fc.constantFrom('Finish', 'Change', 'None', ''),
    SessionContext: fc.string({ maxLength: 500 }),
  })
  fc.assert(
    fc.property(right, (given) => {
      expect(parseStepInput('ProcessMediaByProcedure', { request: given })).toEqual({
        request: given,
        account: 'default',
        callbacks: true,
      })
    }),
  )
})

it('is sent without its defaults, and is the same to its reader', () => {
  const bare = { request }
  expect(withoutDefaults(parseStepInput('ProcessMediaByProcedure', bare))).toEqual(bare)
  const own = { request, account: 'eu', callbacks: false, key: 'a' }
  expect(withoutDefaults(parseStepInput('ProcessMediaByProcedure', own))).toEqual(own)
})

it('never throws anything but InvalidInputError', () => {
  fc.assert(fc.property(fc.anything(), (value) => void problemsOf(value)))
})
