// npm run mutate [-- file[:from-to] ...]: all files of the list in test/mutation/stryker.config.mjs, or the given ones.
import { spawnSync } from 'node:child_process'

const files = process.argv.slice(2)
const wrong = files.find((file) => !file.startsWith('src/'))
if (wrong !== undefined) throw new Error(`${wrong}: pass files of src, e.g. src/contract/decide.ts:10-40`)
const { status } = spawnSync(
  'stryker',
  ['run', 'test/mutation/stryker.config.mjs', ...(files.length > 0 ? ['--mutate', files.join(',')] : [])],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
