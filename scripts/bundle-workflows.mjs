// Bundles the workflows once, when the package is built, so that a worker starts in a quarter of a second.
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

const folder = new URL('../dist/workflows/', import.meta.url)
const silent = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error }

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('served.js', folder)),
  workflowInterceptorModules: [fileURLToPath(new URL('run/interceptors.js', folder))],
  preloadModules: [fileURLToPath(new URL('run/preload.js', folder))],
  logger: silent,
})
// zod costs about 1 MB for each waiting run (measured). The Tencent SDK and Node must not be in a workflow. Tracing is optional.
const foreign =
  /"\.\/node_modules\/(zod|tencentcloud[^/"]*|@opentelemetry|@temporalio\/interceptors-opentelemetry)\//.exec(
    code,
  )?.[1]
if (foreign) throw new Error(`the workflow bundle contains ${foreign}`)
// webpack drops a module that package.json does not name under sideEffects.
if (!/preloadModules\(\) \{\s*__webpack_require__\(/.test(code))
  throw new Error('no module is loaded before the runs')
await writeFile(new URL('bundle.js', folder), code)
const require = createRequire(import.meta.url)
const { version: sdkVersion } = require('@temporalio/worker/package.json')
const { name, version } = require('../package.json')
// Of the SDK's own id, 91 characters, each workflow task writes two into the history.
const checksum = createHash('sha256').update(code).digest('hex').slice(0, 12)
const buildId = `${name}@${version}+${checksum}`
await writeFile(new URL('bundle.json', folder), `${JSON.stringify({ sdkVersion, buildId })}\n`)
