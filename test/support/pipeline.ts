import type { StepInput } from '../../src/contract/stepInput.js'
import {
  callVod,
  editMedia,
  type GateDecision,
  notify,
  type Outcome,
  pullUpload,
  reviewAudioVideo,
  reviewGate,
} from '../../src/workflows/index.js'

export * from '../../src/workflows/served.js'

export interface PipelineInput {
  readonly MediaUrl: string
  readonly name: string
  /** Of the gate, ms. */
  readonly deadline?: number
  readonly delays?: StepInput['delays']
  /** Waits of the webhook, ms; without them nobody is told. */
  readonly retryDelays?: readonly number[]
}

export interface PipelineResult {
  readonly outcomes: readonly Outcome[]
  /** Absent when there was nothing to decide about. */
  readonly decision?: GateDecision
  /** What was published, or deleted. */
  readonly FileId?: string
  /** Id of the webhook. */
  readonly told?: string
}

/**
 * What chaos and the simulation drive: a pull, an edit whose task flow is waited for, beside it a moderation of its own, a person
 * who decides, then publishing or deleting, and a word to another system.
 */
export async function pipeline({
  MediaUrl,
  name,
  deadline,
  delays,
  retryDelays,
}: PipelineInput): Promise<PipelineResult> {
  const pulled = await pullUpload({ request: { MediaUrl, MediaName: name }, delays, onFailure: 'return' })
  const [source] = pulled.newFileIds
  if (source === undefined) return { outcomes: [pulled] }
  const [edited, reviewed] = await Promise.all([
    editMedia({
      request: {
        InputType: 'File',
        FileInfos: [{ FileId: source }],
        ProcedureName: 'two',
        OutputConfig: { MediaName: name },
      },
      delays,
      onFailure: 'return',
    }),
    reviewAudioVideo({ request: { FileId: source }, delays, onFailure: 'return' }),
  ])
  const outcomes = [pulled, edited, reviewed]
  const [FileId] = edited.newFileIds
  if (FileId === undefined) return { outcomes }
  const decision = await reviewGate({
    moderation: reviewed.moderation,
    policy: () => 'review',
    ...(deadline === undefined ? {} : { deadline }),
  })
  if (decision.decision === 'approved') await callVod('ModifyMediaInfo', { FileId, AddTags: ['published'] })
  else await callVod('DeleteMedia', { FileId })
  if (!retryDelays) return { outcomes, decision, FileId }
  const { id } = await notify({ type: decision.decision, data: { FileId }, retryDelays })
  return { outcomes, decision, FileId, told: id }
}
