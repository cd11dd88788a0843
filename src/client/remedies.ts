/** Remedies that name a method or an option of the client. The command `vodflow` has its own wording. */
export const remedies = {
  otherRequest:
    'Send the same request to attach to it, pass another workflowId to run next to it, or use rerun with a reason after it has ended.',
  otherArguments:
    'Use attach to get this run, or pass another id to start another one, whose tasks are billed too.',
  stillOpen:
    'Attach to it (process with the same request, or attach), or cancel it and wait until it has ended before you rerun it.',
  decideAgain: 'Call gates(workflowId) to see the open gates and their runs, then decide again.',
  rerun: 'Then use rerun with a reason: process would only attach to this run again.',
  retry:
    'A task may have been made and billed: use retry with a reason to wait for it. rerun could make a second one.',
  reset:
    'Reset it with temporal workflow reset --type FirstWorkflowTask: its steps find the tasks that they made. If you start it again instead, it makes new tasks, which are billed.',
  terminated:
    'Its tasks continue at VOD and are billed: use retry to wait for them. Prefer cancel, which stops the tasks that can be stopped.',
  stepsGoOn: 'If its steps had started tasks, VOD finishes and bills them.',
  media:
    'Fix the media or the template that the outcome names, then start it again under a new workflow id: its steps make and are billed for new tasks.',
  useRerun: 'use rerun',
} as const
