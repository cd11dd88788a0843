import type { Advice } from '../base/vodflowError.js'

/** Remedies that several errors of the client have in common. */
export const remedies = {
  otherRequest: {
    remedy:
      'Send the same request to attach to it, pass another workflowId to run next to it, or use rerun with a reason after it has ended.',
    command:
      'Pass the same request to attach to it, --workflow-id to run next to it, or use vodflow rerun <id> --reason "..." once it has ended.',
  },
  otherArguments:
    'Use attach to get this run, or pass another id to start another one, whose tasks are billed too.',
  stillOpen: {
    remedy:
      'Attach to it (process with the same request, or attach), or cancel it and wait until it has ended before you rerun it.',
    command: 'Wait for its end with vodflow watch <id>, or cancel it with vodflow cancel <id> first.',
  },
  decideAgain: {
    remedy: 'Call gates(workflowId) to see the open gates and their runs, then decide again.',
    command: 'vodflow status <id> shows which gates wait.',
  },
  rerun: {
    remedy: 'Then use rerun with a reason: process would only attach to this run again.',
    command: 'To process it again: vodflow rerun <id> --reason "..."',
  },
  retry: {
    remedy:
      'A task may have been made and billed: use retry with a reason to wait for it. rerun could make a second one.',
    command:
      'VOD may have created and billed a task: vodflow retry <id> --reason "..." waits for it. vodflow rerun could create a second one.',
  },
  reset:
    'Reset it with temporal workflow reset --type FirstWorkflowTask: its steps find the tasks that they made. If you start it again instead, it makes new tasks, which are billed.',
  terminated: {
    remedy:
      'Its tasks continue at VOD and are billed: use retry to wait for them. Prefer cancel, which stops the tasks that can be stopped.',
    command:
      'VOD finishes and bills its tasks: vodflow retry <id> --reason "..." waits for them. Prefer vodflow cancel, which stops what can be stopped.',
  },
  stepsGoOn: 'If its steps had started tasks, VOD finishes and bills them.',
  preferCancel: {
    remedy: 'Prefer cancel, which stops the tasks that can be stopped.',
    command: 'Prefer vodflow cancel, which stops the tasks that can be stopped.',
  },
  media:
    'Fix the media or the template that the outcome names, then start it again under a new workflow id: its steps make and are billed for new tasks.',
  anotherStart: 'If you start it again under a new workflow id, its steps make and are billed for new tasks.',
  resetBatch: batchAgain(
    'Its runs continue. Reset it with temporal workflow reset --type FirstWorkflowTask, which runs no item twice. Or fix the problem, wait until its runs have ended, and start a batch',
  ),
  /** A reset would be refused again. */
  startBatchAgain: batchAgain('Wait until the runs that it started have ended, and start a batch'),
} as const

function batchAgain(how: string): Advice {
  const skips = (unless: string) => `${how} under a new id: it skips items that are done, unless ${unless}.`
  return { remedy: skips('skipDone is false'), command: skips('you pass --no-skip-done') }
}
