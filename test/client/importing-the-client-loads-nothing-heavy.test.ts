import { expect, it } from 'vitest'
import { modulesLoaded } from '../support/modulesLoaded.js'

it('importing vodflow loads no worker, no SDK of Tencent, no emulator', async () => {
  const { exports, files, packages } = await modulesLoaded('client/index.ts')
  expect(exports).toContain('connect')
  expect(files).toContain('src/client/run')
  expect(packages).toContain('@temporalio/client')

  const foreign = [...files].filter((file) => !/^src\/(base|client|contract|vod)\//.test(file))
  expect(foreign.sort()).toEqual([
    'src/temporal/beginning',
    'src/temporal/dataConverter',
    'src/temporal/delayedUntil',
    'src/temporal/encryption',
    'src/temporal/enums',
    'src/temporal/executions',
    'src/temporal/executionsOf',
    'src/temporal/failureMessage',
    'src/temporal/grpc',
    'src/temporal/historyPages',
    'src/temporal/listQuery',
    'src/temporal/noConfigFile',
    'src/temporal/outcomeOfRun',
    'src/temporal/payloadKeys',
    'src/temporal/payloads',
    'src/temporal/routing',
    'src/temporal/runOfItem',
    'src/temporal/searchAttributes',
    'src/temporal/settings',
    'src/temporal/startOf',
    'src/temporal/submits',
  ])
  expect(
    [...packages].filter((name) => /temporalio\/(worker|core-bridge|workflow|activity)|tencent/.test(name)),
  ).toEqual([])
})
