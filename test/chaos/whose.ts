import type { EmulatorTask } from '../../src/emulator/model.js'

/** The workflow whose step made a task, as the token in its SessionContext says; empty for those of nobody. */
export function workflowOf({ SessionContext }: Pick<EmulatorTask, 'SessionContext'>): string {
  const [version, , payload] = SessionContext.split('.')
  if (version !== 'vf1' || payload === undefined) return ''
  const address: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return Array.isArray(address) ? String(address[3]) : ''
}
