import { isTerminal } from '../../contract/outcome.js'
import type { OutputFile } from './caseFile.js'
import { OutputFacts, type ShownOutcome, type ShownPart, type ShownTask } from './schemas.js'

/** Returns what the sub-tasks made and should have made. Of a media file that VOD shows without its tasks, also what the file has. */
export function outputsOf(
  tasks: readonly ShownTask[],
  outcome: Pick<ShownOutcome, 'mediaOutputs'> | undefined,
): OutputFile[] {
  const made = tasks.flatMap((task) =>
    task.parts.filter((part) => isOutput(part, task)).map((part) => outputOf(part, task)),
  )
  const ofMedia = (outcome?.mediaOutputs ?? []).map((part) => outputOf(part, { Status: 'FINISH' }))
  return [...made, ...ofMedia]
}

/** Moderation makes verdicts, and recognition that succeeded may make no file. */
function isOutput({ Type, status, urls }: ShownPart, { verdicts }: ShownTask): boolean {
  if (Type === 'ReviewAudioVideo' || verdicts.some(({ of }) => of === Type)) return false
  return urls.length > 0 || status !== 'succeeded'
}

function outputOf(
  part: ShownPart,
  { TaskId, FileId, Status }: Pick<ShownTask, 'Status'> & Partial<ShownTask>,
): OutputFile {
  const { Type, Definition, Output, urls } = part
  const status = part.status === 'succeeded' ? 'made' : isTerminal(Status) ? 'missing' : 'open'
  return {
    TaskId,
    FileId,
    Type,
    ...(Definition === undefined ? {} : { Definition }),
    status,
    ...(status === 'missing' ? { why: whyOf(part) } : {}),
    facts: OutputFacts.parse(Output),
    files: urls.map((url) => ({ url })),
  }
}

/** Returns why a part has not succeeded: its status, VOD's error code and VOD's message. */
export function whyOf({ status, ErrCodeExt, Message }: ShownPart): string {
  return [status, ErrCodeExt, Message].filter(Boolean).join(': ')
}
