import { VodflowError } from './vodflowError.js'

/** A step, gate or notification was called outside of a workflow. */
export class NotInWorkflowError extends VodflowError {
  override readonly name = 'NotInWorkflowError'
  override readonly code = 'VODFLOW_NOT_IN_WORKFLOW'

  constructor(called: string) {
    super({
      what: `${called} works inside a workflow only`,
      remedy: 'Await it in one, or start it there by its name with a client.',
    })
  }
}

/** The worker of the workflow has no plugin of vodflow. The workflow task fails, and the run continues when the worker has the plugin. */
export class PluginMissingError extends VodflowError {
  override readonly name = 'PluginMissingError'
  override readonly code = 'VODFLOW_PLUGIN_MISSING'

  constructor(called: string) {
    super({
      what: `${called} needs vodflow's plugin`,
      remedy:
        'Pass plugins: [new VodflowPlugin(...)] to Worker.create, and to bundleWorkflowCode if you bundle the workflows before.',
    })
  }
}

/** The worker's version of Temporal's SDK lacks what vodflow needs. The workflow task fails, and the run continues with a tested version. */
export class UnsupportedSdkError extends VodflowError {
  override readonly name = 'UnsupportedSdkError'
  override readonly code = 'VODFLOW_UNSUPPORTED_SDK'

  constructor(member: string) {
    super({
      what: `The workflow runtime of Temporal's SDK has no "${member}", which vodflow needs to deliver signals`,
      remedy:
        'Install a version of @temporalio/workflow that docs/support.md names as tested, or a version of vodflow that supports yours.',
    })
  }
}
