import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** Names every module: ES modules as a loader meets them, CommonJS from the cache at the end. */
const loader = `
  import { writeSync } from 'node:fs'
  export async function load(url, context, next) {
    writeSync(1, url + '\\n')
    return next(url, context)
  }
`
const script = `
  import { createRequire, register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(process.argv[2]))
  const { connect } = await import(process.argv[1])
  console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'))
  console.log('connect is a ' + typeof connect)
`

it('importing vodflow loads no worker, no SDK of Tencent, no emulator', async () => {
  const entry = fileURLToPath(new URL('../../src/client/index.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script, entry, loader],
    { maxBuffer: 16 * 1024 * 1024 },
  )
  expect(stdout).toContain('connect is a function')
  const rooms = new Set(stdout.match(/src\/\w+\/[\w/]+(?=\.ts)/g))
  const packages = new Set(stdout.match(/(?<=node_modules\/)(?:@[\w-]+\/)?[\w.-]+/g))
  expect(rooms).toContain('src/client/run')
  expect(packages).toContain('@temporalio/client')

  const foreign = [...rooms].filter((file) => !/^src\/(client|vod)\//.test(file))
  expect(foreign.sort()).toEqual([
    'src/temporal/searchAttributes',
    'src/workflows/gates/contract',
    'src/workflows/progress',
  ])
  expect(
    [...packages].filter((name) => /temporalio\/(worker|core-bridge|workflow|activity)|tencent/.test(name)),
  ).toEqual([])
})
