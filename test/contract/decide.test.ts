import { describe, expect, it } from 'vitest'
import { decide } from '../../src/contract/decide.js'
import type { OutcomeStatus, PartStatus } from '../../src/contract/outcome.js'
import { part, procedureId, reading, reviewId, verdict } from '../support/step.js'

/**
 * What can become of the procedure task; `mixed` is one sub-task each way, `none` is no such task. A flow
 * without sub-tasks is read as failed.
 */
const procedures: Record<string, readonly PartStatus[] | undefined> = {
  none: undefined,
  succeeded: ['succeeded', 'succeeded'],
  mixed: ['succeeded', 'failed'],
  failed: ['failed', 'failed'],
  aborted: ['aborted'],
  unknown: ['succeeded', 'unknown'],
}

const reviews: Record<string, readonly PartStatus[] | undefined> = {
  none: undefined,
  succeeded: ['succeeded'],
  failed: ['failed'],
  aborted: ['aborted'],
  unknown: ['unknown'],
}

/** The decision table of docs/outcome.md: rows are the procedure, columns the review. */
const table: Record<string, Record<string, OutcomeStatus>> = {
  none: { none: 'failed', succeeded: 'succeeded', failed: 'failed', aborted: 'aborted', unknown: 'unknown' },
  succeeded: {
    none: 'succeeded',
    succeeded: 'succeeded',
    failed: 'partial',
    aborted: 'partial',
    unknown: 'unknown',
  },
  mixed: { none: 'partial', succeeded: 'partial', failed: 'partial', aborted: 'partial', unknown: 'unknown' },
  failed: { none: 'failed', succeeded: 'partial', failed: 'failed', aborted: 'failed', unknown: 'unknown' },
  aborted: {
    none: 'aborted',
    succeeded: 'partial',
    failed: 'failed',
    aborted: 'aborted',
    unknown: 'unknown',
  },
  unknown: {
    none: 'unknown',
    succeeded: 'unknown',
    failed: 'unknown',
    aborted: 'unknown',
    unknown: 'unknown',
  },
}

describe('the decision table', () => {
  for (const [procedure, row] of Object.entries(table)) {
    for (const [review, status] of Object.entries(row)) {
      it(`procedure ${procedure}, review ${review}: ${status}`, () => {
        const readings = [
          ...(procedures[procedure] ? [of(procedureId, procedures[procedure])] : []),
          ...(reviews[review] ? [of(reviewId, reviews[review])] : []),
        ]
        expect(decide(readings).status).toBe(status)
      })
    }
  }

  it('a lost task makes the outcome unknown, whatever the others say', () => {
    const lost = { TaskType: 'ReviewAudioVideo', lost: 'is not in any listing' }
    const { status, reason } = decide([of(procedureId, ['succeeded'])], [lost])
    expect(status).toBe('unknown')
    expect(reason).toContain('ReviewAudioVideo is not in any listing')
  })

  it('a blocked verdict is a success: moderation is a field of its own', () => {
    const verdicts = [verdict('Media', 'block')]
    expect(decide([reading(reviewId, { verdicts })]).status).toBe('succeeded')
  })

  it('names what went wrong, at most five', () => {
    const parts = Array.from({ length: 8 }, (_, Definition) =>
      part('failed', { Definition, ErrCodeExt: 'InternalError' }),
    )
    const { reason } = decide([reading(procedureId, { parts })])
    expect(reason).toContain('0 of 8 sub-tasks succeeded; Transcode 0 failed (InternalError)')
    expect(reason).toContain('3 more')
  })
})

function of(TaskId: string, statuses: readonly PartStatus[]) {
  return reading(TaskId, { parts: statuses.map((status) => part(status)) })
}
