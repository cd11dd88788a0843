import type { Outcome } from '../../src/contract/outcome.js'
import type { EmulatorTask } from '../../src/emulator/model.js'

/** Who has sent a request, as the token in the SessionContext of its task says. */
export interface Send {
  readonly workflowId: string
  readonly chain: string
  readonly SessionId: string
}

/** The send that made a task; undefined for those of nobody. */
export function sendOf({ SessionContext }: Pick<EmulatorTask, 'SessionContext'>): Send | undefined {
  const [version, , payload] = SessionContext.split('.')
  if (version !== 'vf1' || payload === undefined) return undefined
  const address: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  if (!Array.isArray(address)) return undefined
  const [, , , workflowId, chain, SessionId] = address.map(String)
  return { workflowId: workflowId ?? '', chain: chain ?? '', SessionId: SessionId ?? '' }
}

/** The workflow whose step made a task; empty for those of nobody. */
export function workflowOf(task: Pick<EmulatorTask, 'SessionContext'>): string {
  return sendOf(task)?.workflowId ?? ''
}

/** The tasks that the attempts of an outcome have made. */
export function tasksOf<T extends Pick<EmulatorTask, 'SessionContext'>>(
  { attempts }: Pick<Outcome, 'attempts'>,
  tasks: readonly T[],
): T[] {
  const sent = new Set(attempts.map(({ SessionId }) => SessionId))
  return tasks.filter((task) => sent.has(sendOf(task)?.SessionId ?? ''))
}
