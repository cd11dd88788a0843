import { randomUUID } from 'node:crypto'
import { minute } from '../../contract/time.js'
import { maxSessionContext } from '../../vod/schemas/submission.js'
import type { ProbeQuestion } from './question.js'
import { app, codeOf, submissionOf, take } from './submit.js'
import { ended, isOurs, listed, searchMs, tasksOf } from './watch.js'

const duplicate = 'InvalidParameterValue.SessionId'
const noSuchProcedure = 'InvalidParameterValue.ProcedureName'
const contextTooLong = 'InvalidParameterValue.SessionContextTooLong'
/** A name that no template has. */
const nowhere = 'vodflow-probe-none'

/** The questions in their order: first the free ones, then the one submission and the questions about it. */
export const questions: readonly ProbeQuestion[] = [
  {
    id: 'unknown-task',
    asks: 'Which error code does VOD return for an unknown task?',
    assumed: 'InvalidParameterValue.TaskId or ResourceNotFound',
    matters: 'A run uses it to distinguish "gone" from "try again" (src/activities/describeTaskDetail.ts).',
    needs: 'nothing',
    async ask(scene) {
      const TaskId = `${scene.SubAppId ?? 1}-procedurev2-00000000000000000000000000000000t0`
      const code = await codeOf(scene.vod.call('DescribeTaskDetail', { TaskId, ...app(scene) }))
      return {
        asAssumed: ['InvalidParameterValue.TaskId', 'ResourceNotFound'].includes(code),
        saw: said(code),
      }
    },
  },
  {
    id: 'event-config',
    asks: 'Does DescribeEventConfig say how events are delivered?',
    assumed: 'Mode is PUSH or PULL',
    matters: 'vodflow doctor reads the event mode from it (src/operate/doctor/callbacks.ts).',
    needs: 'nothing',
    async ask({ vod, SubAppId }) {
      const { Mode } = await vod.call('DescribeEventConfig', { SubAppId })
      return { asAssumed: Mode === 'PUSH' || Mode === 'PULL', saw: `Mode ${JSON.stringify(Mode)}` }
    },
  },
  {
    id: 'context-characters',
    asks: `Is the limit of ${maxSessionContext} for SessionContext in characters or in bytes?`,
    assumed: 'characters',
    matters:
      "It limits the caller's own context (src/contract/seal/token.ts). If it is in bytes, VOD refuses a longer submit, and nothing is lost.",
    needs: 'nothing',
    async ask(scene) {
      const refusedFor = (SessionContext: string) =>
        take(scene, { ProcedureName: nowhere, SessionId: randomUUID(), SessionContext })
      // `send` bypasses the client's own check of the same limit.
      const tooLong = await codeOf(
        scene.vod.send('ProcessMediaByProcedure', {
          ...submissionOf(scene),
          ProcedureName: nowhere,
          SessionId: randomUUID(),
          SessionContext: 'x'.repeat(maxSessionContext + 1),
        }),
      )
      const twoBytes = await refusedFor('é'.repeat(maxSessionContext))
      const saw = `${maxSessionContext + 1} ASCII characters: ${said(tooLong)}; ${maxSessionContext} characters of two bytes: ${said(twoBytes)}`
      // If VOD checks the template first, its error says nothing about the length.
      return { asAssumed: tooLong === contextTooLong ? twoBytes !== contextTooLong : undefined, saw }
    },
  },
  {
    id: 'refused-session',
    asks: 'Does a submission that VOD refuses use up its SessionId?',
    assumed: 'no: the same SessionId is accepted afterwards',
    matters:
      'If it does, a wrong template costs a new attempt. In either case, nothing is billed twice (src/activities/submit.ts).',
    needs: 'task',
    async ask(scene) {
      const refusal = await take(scene, { ProcedureName: nowhere })
      const { SessionContext } = scene
      const after = await take(scene, { SessionContext })
      if (after === duplicate) {
        scene.SessionId = randomUUID()
        await take(scene, { SessionContext })
      }
      const asAssumed =
        refusal === noSuchProcedure && ['', duplicate].includes(after) ? after === '' : undefined
      return { asAssumed, saw: `${said(refusal)}, then ${said(after)}` }
    },
  },
  {
    id: 'duplicate',
    asks: 'What does VOD answer to a second request with the same SessionId?',
    assumed: `${duplicate}, without a TaskId`,
    matters: 'The guarantee that nothing is billed twice relies on it (src/activities/submit.ts).',
    needs: 'task',
    async ask(scene) {
      const code = await take(scene, {})
      return {
        asAssumed: code === duplicate,
        saw: code === '' ? 'VOD ACCEPTED it, and bills it twice' : code,
      }
    },
  },
  {
    id: 'duplicate-first',
    asks: 'Does VOD refuse a known SessionId before it checks the rest of the request?',
    assumed: 'no: a wrong template is named',
    matters:
      'vodflow works in either case, because a permanent code after a lost answer proves nothing (src/activities/submit.ts).',
    needs: 'task',
    async ask(scene) {
      const code = await take(scene, { ProcedureName: nowhere })
      return { asAssumed: code === noSuchProcedure, saw: said(code) }
    },
  },
  {
    id: 'listed',
    asks: 'How long does it take until DescribeTasks shows a new task with its SessionId?',
    assumed: `at most ${searchMs / minute} minutes`,
    matters: 'After a lost answer, the listing shows the task (src/activities/describeTasks.ts).',
    needs: 'task',
    async ask(scene) {
      const task = await listed(
        scene,
        ({ TaskId, SessionId }) => isOurs(scene, TaskId) && SessionId === scene.SessionId,
      )
      if (!task) return { asAssumed: false, saw: 'not within that time' }
      return {
        asAssumed: true,
        saw: `${Math.round((Date.now() - (scene.submitted?.sentAt ?? 0)) / 1_000)} s after the submit`,
      }
    },
  },
  {
    id: 'context-echoed',
    asks: 'Does DescribeTasks return the SessionContext as it was sent?',
    assumed: 'yes, every character',
    matters: 'It contains the address of the waiting step (src/contract/seal/token.ts).',
    needs: 'task',
    async ask(scene) {
      const task = await listed(scene, ({ TaskId }) => isOurs(scene, TaskId))
      if (!task) return { asAssumed: undefined, saw: 'the task was not listed' }
      const { SessionContext } = task
      const sent = SessionContext === scene.SessionContext
      return {
        asAssumed: sent,
        saw: `${SessionContext.length} characters${sent ? ', as sent' : ', different from those sent'}`,
      }
    },
  },
  {
    id: 'review-session',
    asks: 'Does the review task of the template have the SessionId?',
    assumed: 'yes',
    matters:
      'Recovery waits for every kind of task. Without the review task, a blocked film could look clean, so vodflow returns unknown (src/activities/describeTasks.ts).',
    needs: 'review',
    async ask(scene) {
      const id = scene.submitted?.ReviewAudioVideoTaskId
      const task = await listed(scene, ({ TaskId }) => TaskId === id)
      if (!task) return { asAssumed: undefined, saw: 'the review task was not listed' }
      return { asAssumed: task.SessionId !== '', saw: task.SessionId === '' ? 'it has none' : 'it has it' }
    },
  },
  {
    id: 'ended',
    asks: 'How does VOD describe a task that has ended?',
    assumed: 'Status FINISH, FinishTime in ISO 8601',
    matters: 'Every outcome is read from it (src/vod/reading.ts).',
    needs: 'task',
    async ask(scene) {
      const tasks = await ended(scene)
      const fine = tasks.every(
        ({ Status, FinishTime }) => Status === 'FINISH' && !Number.isNaN(Date.parse(FinishTime)),
      )
      return {
        asAssumed: fine,
        saw: tasks
          .map(({ TaskType, Status, FinishTime }) => `${TaskType} ${Status} ${FinishTime}`)
          .join('; '),
      }
    },
  },
  {
    id: 'abort-ended',
    asks: 'Which error code does VOD return if a task to abort is not WAITING?',
    assumed: 'FailedOperation, or another code that is not an internal error',
    matters: 'A cancel then reads the task instead (src/activities/manageTask.ts).',
    needs: 'task',
    async ask(scene) {
      const [TaskId = ''] = tasksOf(scene)
      const code = await codeOf(
        scene.vod.call('ManageTask', { TaskId, OperationType: 'Abort', ...app(scene) }),
      )
      return {
        asAssumed: code !== '' && code !== 'InternalError',
        saw: code === '' ? 'VOD answered with success' : code,
      }
    },
  },
]

function said(code: string): string {
  return code === '' ? 'it was accepted' : code
}
