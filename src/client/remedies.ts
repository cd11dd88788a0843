/** Remedies that name a method or an option of the client. `vodflow`, the command, says the same in its own words. */
export const remedies = {
  otherRequest:
    'Send the same request to attach to it, give a workflowId of its own to run next to it, or use rerun with a reason once it has ended.',
  stillOpen:
    'Attach to it (process with the same request, or attach), or cancel it and wait for its end before you rerun it.',
  decideAgain: 'See which gates wait, of which run, with gates(workflowId), then decide again.',
  rerun: 'Then use rerun with a reason: process would only attach to this run again.',
  retry:
    'A task may have been made and billed: use retry with a reason to wait for it. rerun could make a second one.',
  reset:
    'Reset it with temporal workflow reset --type FirstWorkflowTask: its steps find the tasks that they made. Started again, it makes and is billed for new ones.',
  terminated:
    'Its tasks go on at VOD, billed: retry waits for them after all. Prefer cancel, which stops what can be stopped.',
  stepsGoOn: 'If steps of it had started tasks, VOD finishes and bills them.',
  media:
    'Fix the media or the template that the outcome names, then start it again under a new workflow id: its steps make and are billed for new tasks.',
  useRerun: 'use rerun',
} as const
