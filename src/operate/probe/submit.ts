import { VodError } from '../../contract/errors.js'
import type { Scene } from './question.js'

interface Changes {
  readonly ProcedureName?: string
  readonly SessionId?: string
  readonly SessionContext?: string
}

/** The one submission, as it is sent and sent again. */
export function submissionOf(scene: Scene) {
  const { FileId, ProcedureName, SessionId } = scene
  return { ...app(scene), FileId, ProcedureName, SessionId }
}

/**
 * Submits. Whatever comes of it is written down: what VOD accepts is billed, also where it should have refused.
 *
 * @returns the code of a refusal, else an empty text
 */
export async function take(scene: Scene, changes: Changes): Promise<string> {
  const sentAt = Date.now()
  const request = { ...submissionOf(scene), ...changes }
  scene.sent.add(request.SessionId)
  try {
    const { TaskId, ReviewAudioVideoTaskId, ImportMediaKnowledgeTaskIdSet } = await scene.vod.call(
      'ProcessMediaByProcedure',
      request,
    )
    for (const id of [TaskId, ReviewAudioVideoTaskId, ...ImportMediaKnowledgeTaskIdSet])
      if (id) scene.made.add(id)
    scene.submitted ??= { sentAt, TaskId, ReviewAudioVideoTaskId: ReviewAudioVideoTaskId ?? '' }
    return ''
  } catch (error) {
    if (!(error instanceof VodError) || error.class === 'ambiguous') scene.doubtful = true
    return codeOf(Promise.reject(error))
  }
}

export function app({ SubAppId }: Pick<Scene, 'SubAppId'>) {
  return SubAppId === undefined ? {} : { SubAppId }
}

/** An answer that did not come is no answer of VOD's: such an error goes on. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return ''
  } catch (error) {
    if (error instanceof VodError && !error.code.startsWith('ClientError.')) return error.code
    throw error
  }
}
