import { expect, it } from 'vitest'
import { outcomeLine } from '../../src/cli/ended.js'
import { laidOut } from '../../src/cli/layout.js'
import { moderationOf } from '../../src/contract/moderation.js'
import type { ModerationVerdict, Outcome } from '../../src/contract/outcome.js'
import type { RunProgress } from '../../src/contract/progress.js'
import { detailsOf } from '../../src/workflows/run/stepMarkdown.js'
import { part, procedureId, reading, verdict } from '../support/step.js'

const outcomeOf = (verdicts: readonly ModerationVerdict[] | undefined): Outcome => {
  const task = reading(procedureId, { parts: [part('succeeded')], ...(verdicts ? { verdicts } : {}) })
  const moderation = moderationOf([{ TaskType: task.TaskType, reading: task }])
  const outcome = { status: 'succeeded', reason: 'all is well', attempts: [], tasks: [task] }
  return { ...outcome, ...(moderation ? { moderation } : {}) } as unknown as Outcome
}
const progressOf = (outcome: Outcome) =>
  ({ phase: 'settled', tasks: [], nets: {}, outcome }) as unknown as RunProgress

it.each<[string | undefined, readonly ModerationVerdict[] | undefined]>([
  ['pass', [verdict('Media', 'pass'), verdict('Porn', 'pass')]],
  [
    'block (Porn.Asr), review Ad (Cover)',
    [verdict('Cover', 'review', { Label: 'Ad' }), verdict('Porn.Asr', 'block')],
  ],
  ['no verdict (Cover)', [verdict('Cover'), verdict('Media', 'pass')]],
  [undefined, undefined],
])('the command line and the Temporal UI say %s', (said, verdicts) => {
  const outcome = outcomeOf(verdicts)
  const moderated = (text: string) =>
    text
      .split('\n')
      .find((each) => /^ *moderation/i.test(each))
      ?.trim()
  expect(moderated(laidOut([outcomeLine(outcome, { workflowId: 'x' })], undefined).join('\n'))).toBe(
    said && `moderation ${said}`,
  )
  expect(moderated(detailsOf(progressOf(outcome)))).toBe(said && `Moderation: **${said}**`)
})
