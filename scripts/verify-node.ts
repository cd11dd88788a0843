/** npm run verify:node -- <version> [script]: runs `npm run verify`, or another script, on another Node. */
import { spawnSync } from 'node:child_process'
import { delimiter, resolve } from 'node:path'
import { installNode, nodes } from './nodes.js'

const [version = '', script = 'verify'] = process.argv.slice(2)
if (!/^\d+(\.\d+){0,2}$/.test(version)) {
  console.error(`pass a version of Node, e.g. npm run verify:node -- ${nodes.at(-1)}`)
  process.exit(1)
}
const bin = await installNode(version, resolve('.cache', `node-${version}`))
// npm passes its own Node to its scripts, and the npm below would use that one.
const settings = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
const env = { ...Object.fromEntries(settings), PATH: [bin, process.env.PATH].join(delimiter) }
spawnSync('node', ['--version'], { env, stdio: 'inherit' })
process.exitCode = spawnSync('npm', ['run', script], { env, stdio: 'inherit' }).status ?? 1
