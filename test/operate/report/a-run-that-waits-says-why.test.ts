import { expect, it } from 'vitest'
import type { RunFile } from '../../../src/operate/report/caseFile.js'
import { outputsSection } from '../../../src/operate/report/page/outputs.js'
import { problemsOf } from '../../../src/operate/report/problems.js'

const run: RunFile = {
  workflowId: 'film',
  runId: 'r',
  type: 'publish',
  status: 'running',
  startedAt: '2026-01-01T00:00:00Z',
  startedBy: 'ada',
  input: [],
  problems: [],
  submissions: [],
  tasks: [],
  outputs: [],
  verdicts: [],
  moments: [],
  events: 7,
}

it('a submit that VOD throttles is a problem while it waits, and none after it', () => {
  const call = {
    kind: 'call',
    at: run.startedAt,
    eventId: 5,
    what: '',
    why: '',
    activity: 'ProcessMediaByProcedure',
    attempts: 7,
    failure: { message: 'too many requests', type: 'throttled', code: 'RequestLimitExceeded', benign: true },
  } as const
  expect(problemsOf({ ...run, moments: [{ ...call, state: 'open' }] })).toEqual([
    {
      what: 'ProcessMediaByProcedure waits because VOD throttles it',
      why: 'RequestLimitExceeded: too many requests (tried 7 times)',
    },
  ])
  expect(problemsOf({ ...run, moments: [{ ...call, state: 'answered' }] })).toEqual([])
})

it('the card of an output has only the facts that VOD gives', () => {
  const output = { Type: 'AdaptiveDynamicStreaming', Definition: 10, status: 'made' } as const
  const files = [{ url: 'http://vod.example/a.m3u8' }]
  const html = (facts: object) =>
    outputsSection({ ...run, outputs: [{ ...output, facts, files }] }, 1)?.text ?? ''
  expect(html({})).not.toMatch(/<dt>|–/)
  expect(html({ Width: 640, Height: 360 })).toContain('<dt>Dimensions<dd>640 × 360')
})
