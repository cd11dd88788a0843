import { VodError } from '../../contract/errors.js'
import type { Scene } from './question.js'

interface Changes {
  readonly ProcedureName?: string
  readonly SessionId?: string
  readonly SessionContext?: string
}

/** Returns the request of the one submission, which is sent more than once. */
export function submissionOf(scene: Scene) {
  const { FileId, ProcedureName, SessionId } = scene
  return { ...app(scene), FileId, ProcedureName, SessionId }
}

/**
 * Submits, and records all tasks that VOD makes, because they are billed even if VOD should have refused.
 *
 * @returns the code of a refusal, or an empty string
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

/** Returns the code of VOD's error, or an empty string. Rethrows an error that is not an answer of VOD. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return ''
  } catch (error) {
    if (error instanceof VodError && !error.vodCode.startsWith('ClientError.')) return error.vodCode
    throw error
  }
}
