import type { Emulator } from '../../src/emulator/index.js'

type Task = ReturnType<Emulator['books']>['tasks'][number] & { readonly isRepaired?: boolean }

/** The worst verdict of tasks, by the local VOD's books; undefined where there is none, or one is missing and the others pass. */
export function worstInBooks(tasks: readonly Task[]): string | undefined {
  const verdicts = tasks.flatMap(verdictsOf)
  const missing = ''
  return ['block', 'review', missing, 'pass'].find((word) => verdicts.includes(word)) || undefined
}

/** Each verdict that a task was asked for, or may have been; empty where there is none. */
function verdictsOf({ TaskType, Status, ErrCodeExt, Input, Output, subTasks, isRepaired }: Task): string[] {
  if (TaskType === 'ReviewAudioVideo') {
    if (Status !== 'FINISH' || ErrCodeExt !== '') return ['']
    const contents = (Input.ReviewContents ?? []) as string[]
    return [
      suggestionOf(Output),
      ...(contents.includes('Cover') ? [suggestionOf(Output?.CoverReviewResult)] : []),
    ]
  }
  if (TaskType !== 'Procedure') return []
  if (Status !== 'FINISH' || (subTasks.length === 0 && !isRepaired)) return ['']
  return subTasks
    .filter(({ set }) => set === 'AiContentReviewResultSet')
    .map((sub) => (sub.Status === 'SUCCESS' && sub.ErrCodeExt === '' ? suggestionOf(sub.Output) : ''))
}

function suggestionOf(result: unknown): string {
  return String(Object(result).Suggestion ?? '')
}
