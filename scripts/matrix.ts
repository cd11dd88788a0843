/**
 * Installs the packed package with npm, pnpm and yarn, and runs a job with it on Node 20, 22 and 24. It is a command of its own because it
 * needs a registry, a few minutes and 3 GB: npm run matrix [-- npm pnpm yarn yarn-pnp].
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { installNode, nodes, npmInstall } from './nodes.js'

const execute = promisify(execFile)

interface Manager {
  readonly install: string
  /** Runs a program of the installed packages. */
  readonly exec: string
  /** The npm package of the manager itself. */
  readonly tool?: string
  readonly files?: Readonly<Record<string, string>>
}

const yarn = { install: 'yarn install --no-immutable', exec: 'yarn run', tool: '@yarnpkg/cli-dist@4' }
const managers: Readonly<Record<string, Manager>> = {
  npm: { install: 'npm install --no-audit --no-fund', exec: 'npx --no-install' },
  // Since version 10, it runs no install scripts.
  pnpm: { install: 'pnpm install', exec: 'pnpm exec', tool: 'pnpm@10' },
  yarn: { ...yarn, files: { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' } },
  'yarn-pnp': { ...yarn, files: { '.yarnrc.yml': 'nodeLinker: pnp\n', 'yarn.lock': '' } },
}

const check = `import { connect } from 'vodflow'
const vodflow = await connect()
const request = { FileId: process.env.VODFLOW_DEV_FILE_ID, ProcedureName: 'TranscodeAndSnapshot' }
console.log(process.version, (await (await vodflow.process(request)).result()).status)
await vodflow.close()
`

const { positionals } = parseArgs({ allowPositionals: true })
const names = positionals.length > 0 ? positionals : Object.keys(managers)
const scratch = await mkdtemp(join(tmpdir(), 'vodflow-matrix-'))
/** The folder of each Node's program. */
const bins = new Map<string, string>()
let failed = 0
try {
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch])
  const tools = Object.values(managers).flatMap(({ tool }) => tool ?? [])
  await npmInstall(join(scratch, 'tools'), ...new Set(tools))
  for (const node of nodes) bins.set(node, await installNode(node, join(scratch, `node-${node}`)))
  for (const name of names) await tryManager(name)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
process.exitCode = failed > 0 ? 1 : 0

async function tryManager(name: string): Promise<void> {
  const manager = managers[name]
  if (!manager) throw new Error(`${name} is none of ${Object.keys(managers).join(', ')}`)
  const project = join(scratch, name)
  await mkdir(project)
  const files = { 'package.json': await manifest(), 'check.mjs': check, ...manager.files }
  for (const [path, text] of Object.entries(files)) await writeFile(join(project, path), text)
  await report(`${name}: install`, project, manager.install, nodes[0] ?? '')
  const dev = `${manager.exec} vodflow dev --temporal-port 0 --ui-port 0 --vod-port 0`
  for (const node of nodes) {
    await report(`${name}, Node ${node}: --no-ffmpeg`, project, `${dev} --no-ffmpeg -- node check.mjs`, node)
    await report(`${name}, Node ${node}: packaged ffmpeg`, project, `${dev} -- node check.mjs`, node)
  }
}

async function manifest(): Promise<string> {
  const ours = JSON.parse(await readFile('package.json', 'utf8'))
  const { version, peerDependencies } = ours
  const packed = join(scratch, `vodflow-${version}.tgz`)
  return JSON.stringify({
    name: 'stranger',
    private: true,
    dependencies: { ...peerDependencies, vodflow: `file:${packed}` },
  })
}

async function report(what: string, cwd: string, command: string, node: string): Promise<void> {
  try {
    const options = { cwd, env: strangersEnvironment(node), timeout: 300_000 }
    const { stdout } = await execute('bash', ['-eu', '-c', command], options)
    console.log(`good    ${what}: ${stdout.trim().split('\n').at(-1)}`)
  } catch (error) {
    failed++
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    console.error(`FAILED  ${what}\n${stdout}${stderr}${stdout || stderr ? '' : error}`)
  }
}

/** Returns an environment with this Node and these tools first, without the programs and settings of this repository. */
function strangersEnvironment(node: string): NodeJS.ProcessEnv {
  const theirs = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS|TEMPORAL|VODFLOW|TENCENTCLOUD)/.test(name),
  )
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  const tools = join(scratch, 'tools/node_modules/.bin')
  const PATH = [bins.get(node), tools, ...folders].join(delimiter)
  return { ...Object.fromEntries(theirs), PATH }
}
