import { readFile } from 'node:fs/promises'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { afterEach, describe, expect, it } from 'vitest'
import { UnsupportedSdkError } from '../../src/base/inWorkflows.js'
import { interceptorsPath } from '../../src/worker/bundle.js'
import { ownActivator } from '../../src/workflows/run/activator.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { pathOf } from '../support/theirs.js'

const place = globalThis as { __TEMPORAL_ACTIVATOR__?: object }
afterEach(() => {
  delete place.__TEMPORAL_ACTIVATOR__
})

/** The members of Temporal's SDK that deliver signals and queries. */
const sdk = () => ({
  signalWorkflow: () => {},
  signalHandlers: new Map(),
  queryWorkflow: () => {},
  failQuery: () => {},
  knownPresentPatches: new Set(),
  payloadConverter: { fromPayload: () => {} },
  info: {},
})

describe('an SDK of Temporal', () => {
  it('with all that signals and queries need is taken', () => {
    place.__TEMPORAL_ACTIVATOR__ = sdk()
    expect(ownActivator).not.toThrow()
  })

  it.each(Object.keys(sdk()))('without %s is refused with the remedy', (member) => {
    place.__TEMPORAL_ACTIVATOR__ = { ...sdk(), [member]: undefined }
    expect(ownActivator).toThrow(UnsupportedSdkError)
    expect(ownActivator).toThrow(
      new RegExp(
        `"${member}".* Install a version of @temporalio/workflow that docs/support.md names as tested`,
      ),
    )
  })

  it('fails the first workflow task of a run', async () => {
    quietRuntime()
    const { code } = await bundleWorkflowCode({
      workflowsPath: pathOf('replayed'),
      workflowInterceptorModules: [pathOf('withoutSignals'), interceptorsPath()],
      logger: new DefaultLogger('ERROR'),
    })
    const path = new URL('../histories/one-task-by-callback.json', import.meta.url)
    const history = JSON.parse(await readFile(path, 'utf8'))
    await expect(Worker.runReplayHistory({ workflowBundle: { code } }, history)).rejects.toThrow(
      /UnsupportedSdkError: .* has no .*signalWorkflow/,
    )
  })
})
