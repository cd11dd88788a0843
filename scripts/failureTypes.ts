/**
 * The `type` of each ApplicationFailure in vodflow's workflows and activities. A failure keeps its type when its message changes. It reaches
 * a workflow as the failure itself, or as the `cause` of an ActivityFailure or ChildWorkflowFailure.
 */
export const failureTypes: Readonly<Record<string, string>> = {
  MediaPartial:
    'A step ended `partial`: some sub-tasks succeeded. The first detail is the outcome, as in the next four.',
  MediaFailed: 'A step ended `failed`.',
  MediaAborted: 'A step ended `aborted`.',
  MediaUnknown: 'A step ended `unknown`: VOD does not show how a task ended.',
  MediaDetached: 'A step ended `detached`: a signal stopped the wait.',
  permanent:
    'VOD refused a call. No task was made. The first detail has the `code` of VOD, `requestId`, `action` and `remedy`.',
  InvalidInput:
    'An input was refused before VOD was called. Each detail has a `field`, its `problem` and the `remedy`.',
  throttled: 'VOD throttled a call. vodflow retries it.',
  transient: 'VOD refused a call before it did anything. vodflow retries it.',
  ambiguous: 'VOD may have carried out a call of `callVod`, and did not answer it.',
  duplicate: 'VOD accepted an earlier send of a call.',
  StepPending: '`continueAsNew` was called while a step or a gate was pending.',
  NotAwaited:
    'A workflow function returned before a step, a gate, a write of `callVod` or a `notify` that it started had ended.',
  NoSuchGate: 'A decision names a gate that the run does not have.',
  AlreadyDecided: 'A decision names a gate that is decided. The first detail is the decision that stands.',
  Canceled: 'A decision names a gate whose wait was canceled.',
  Late: 'A decision arrived after the deadline of its gate.',
  UnknownAction: '`callVod` names an action that no worker which was asked knows.',
  NotAllowed: '`callVod` names an action that no worker which was asked allows.',
  Undelivered: '`notify` got no good answer to its last attempt.',
  Gone: '`notify`: the receiver answered 410.',
  NotYetDelivered: '`notify` got no good answer. It tries again.',
  OtherWorkflow: 'An upload rule starts a workflow of yours, and its id belongs to a run of another type.',
  EarlierRunFailed: 'The workflow that an upload rule had started has failed.',
  NoSuchMedia: 'VOD does not have the media file of an upload event.',
  Unreadable: 'A batch cannot read its file of ids. vodflow retries.',
  BatchFailed:
    'An activity of a batch failed for good, or was failed by hand three times. The message says how many items were started, and how to resume.',
  Malformed: 'An activity was completed by hand with a result that is none.',
  WorkerTooOld: 'The worker is older than the run, and has no such call. vodflow retries.',
  NotYet: 'A task has not ended, or a file is not there yet. vodflow asks again.',
  ReadElsewhere: 'The worker reads a task on the queue of reads instead.',
  LateLocalResult: 'A workflow task is replayed once, after a query came between. The run continues.',
}
