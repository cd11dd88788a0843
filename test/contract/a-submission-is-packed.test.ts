import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type SubmitAction, submitActions } from '../../src/contract/actions.js'
import type { PackedSubmission, Submission } from '../../src/contract/activities.js'
import { keyOfStep } from '../../src/contract/defaultKey.js'
import { sessionIdFor } from '../../src/contract/identity.js'
import { packed, unpacked } from '../../src/contract/submission.js'

const runId = '01a22ac8-c851-7226-85b6-68c66b01eb85'
const request = { FileId: '528', ProcedureName: 'one' }
const plain: Submission<'ProcessMediaByProcedure'> = {
  input: { request },
  runId,
  chain: runId,
  identity: { name: runId, fresh: true, since: 1 },
  key: '0/528/one',
  attempt: 1,
}

it('of a run that nobody has touched it is the input and the run', () => {
  expect(packed('ProcessMediaByProcedure', plain)).toEqual({ input: { request }, runId })
})

const optionalText = fc.option(fc.constantFrom('a', 'b', '0/528/one'), { nil: undefined })
const submissions = fc.record({
  action: fc.constantFrom(...submitActions),
  // A workflow has checked the members that name the work.
  request: fc.record(
    { FileId: fc.string(), ProcedureName: fc.string(), SubAppId: fc.nat(), Segments: fc.jsonValue() },
    { requiredKeys: [] },
  ),
  key: optionalText,
  idempotencyKey: optionalText,
  chain: fc.constantFrom(runId, 'another'),
  name: fc.constantFrom(runId, 'another', undefined),
  fresh: fc.boolean(),
  since: fc.option(fc.nat(), { nil: undefined }),
  doubtUntil: fc.option(fc.nat(), { nil: undefined }),
  attempt: fc.integer({ min: 1, max: 3 }),
  sent: fc.option(fc.nat(), { nil: undefined }),
  ownKey: fc.boolean(),
})

/** As Temporal gives it to the activity. */
const sentOver = <T>(value: T): T => JSON.parse(JSON.stringify(value))

function submissionOf(
  given: typeof submissions extends fc.Arbitrary<infer T> ? T : never,
): [SubmitAction, Submission] {
  const { action, request, key, idempotencyKey, name, fresh, since, doubtUntil, ownKey, ...rest } = given
  const input = sentOver({ request, key, idempotencyKey }) as Submission['input']
  const identity = sentOver({ name, fresh, since, doubtUntil }) as Submission['identity']
  const usual = keyOfStep(action, { key, idempotencyKey, request: { ...input.request } })
  return [action, { ...rest, runId, input, identity, key: ownKey ? usual : 'its own' }]
}

it('has what was packed, and so the same SessionId, whatever it is', () => {
  fc.assert(
    fc.property(submissions, (given) => {
      const [action, submission] = submissionOf(given)
      const again = unpacked(action, sentOver(packed(action, submission)))
      expect(sessionIdFor(action, again)).toBe(sessionIdFor(action, submission))
      const { identity, ...rest } = submission
      expect(again).toMatchObject(sentOver(rest))
      expect(again.identity.fresh).toBe(identity.fresh)
      if (!identity.fresh) expect(again.identity).toEqual(identity)
    }),
  )
})

it('keeps a key that is the hash of a request: a data converter may give back another request than it took', () => {
  const input = { request: { MediaUrl: 'https://a.example/v.mp4' } }
  const key = keyOfStep('PullUpload', input)
  expect(packed('PullUpload', { ...plain, input, key })).toEqual({ input, runId, key })
})

it('is read where nothing is left out, as earlier versions wrote it', () => {
  const whole = { ...plain, namespace: 'default', workflowId: 'w' } as PackedSubmission
  expect(unpacked('ProcessMediaByProcedure', whole)).toEqual({ ...plain, sent: undefined })
})
