import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allImports, type Import, importsOf, reachableFrom, roomOf, root, show } from './imports.js'

/** What a room may load at run time, and of which it may only know types. docs/architecture.md shows the same. */
const rules: Record<string, { readonly uses: readonly string[]; readonly types?: readonly string[] }> = {
  base: { uses: [] },
  contract: { uses: ['base'] },
  'contract/parse': { uses: ['contract', 'contract/seal', 'vod'] },
  'contract/seal': { uses: ['contract'] },
  vod: { uses: ['contract'] },
  temporal: { uses: ['contract', 'vod'] },
  activities: { uses: ['contract', 'contract/parse', 'contract/seal', 'vod', 'temporal'] },
  workflows: { uses: ['contract', 'base'] },
  callbacks: { uses: ['contract', 'contract/seal', 'base', 'vod', 'temporal'] },
  client: { uses: ['contract', 'contract/parse', 'contract/seal', 'base', 'temporal'] },
  worker: { uses: ['contract', 'contract/seal', 'base', 'vod', 'temporal', 'activities', 'client'] },
  telemetry: { uses: ['temporal'], types: ['vod', 'worker'] },
  operate: { uses: ['contract', 'contract/seal', 'base', 'vod', 'temporal', 'callbacks', 'client'] },
  emulator: { uses: ['base'] },
  cli: {
    uses: [
      'contract',
      'contract/seal',
      'base',
      'vod',
      'temporal',
      'worker',
      'callbacks',
      'client',
      'operate',
      'emulator',
    ],
  },
}

const imports = await allImports()

function violations(given: readonly Import[]): string[] {
  return given
    .filter(({ from, to, typeOnly }) => {
      const [room, other] = [roomOf(from), roomOf(to)]
      if (other === '' || other === room) return false
      const { uses = [], types = [] } = rules[room] ?? {}
      return !uses.includes(other) && !(typeOnly && types.includes(other))
    })
    .map(show)
}

/** Allowed arrows that no import needs. */
function unused(given: readonly Import[]): string[] {
  const arrows = (kind: (one: Import) => boolean) =>
    new Set(given.filter(kind).map(({ from, to }) => `${roomOf(from)} -> ${roomOf(to)}`))
  const [loaded, known] = [arrows(({ typeOnly }) => !typeOnly), arrows(({ typeOnly }) => typeOnly)]
  return Object.entries(rules).flatMap(([room, { uses, types = [] }]) => [
    ...uses.map((other) => `${room} -> ${other}`).filter((arrow) => !loaded.has(arrow)),
    ...types.map((other) => `${room} -> ${other}`).filter((arrow) => !known.has(arrow)),
  ])
}

describe('who may import whom', () => {
  it('every room has its rules, and every file is in a room', async () => {
    const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
    expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(rules)))
  })

  it('holds', () => {
    expect(violations(imports)).toEqual([])
  })

  it('finds a violation when there is one', () => {
    const planted = importsOf(
      'emulator/x.ts',
      "import { connect } from '../client/connect.js'\nimport type { A } from '../activities/types.js'\nimport { v } from '../version.js'\n",
    )
    expect(violations(planted)).toHaveLength(3)
  })

  it('allows nothing that no file needs', () => {
    expect(unused(imports)).toEqual([])
  })

  it('finds an arrow that is needed no more, or only for types', () => {
    const kept = imports.filter(({ from, to }) => roomOf(from) !== 'client' || roomOf(to) !== 'temporal')
    const types = importsOf('client/x.ts', "import type { A } from '../temporal/settings.js'\n")
    expect(unused(kept)).toEqual(['client -> temporal'])
    expect(unused([...kept, ...types])).toEqual(['client -> temporal'])
  })
})

/** Files that load themselves through others: one of them sees a name of the other before it has a value. */
function circles(given: readonly Import[]): string[] {
  const own = given.filter(({ to, typeOnly }) => to.endsWith('.ts') && !typeOnly)
  const next = new Map<string, string[]>()
  for (const { from, to } of own) next.set(from, [...(next.get(from) ?? []), to])
  return [...next.keys()].filter((file) => reachableFrom(next.get(file) ?? [], own).has(file))
}

describe('no file loads itself through others', () => {
  it('in src', () => expect(circles(imports)).toEqual([]))

  it('and a circle is found, but none of types', () => {
    const planted = [
      ...importsOf('base/x.ts', "import { y } from './y.js'\nimport type { Z } from './z.js'\n"),
      ...importsOf('base/y.ts', "import { x } from './x.js'\n"),
      ...importsOf('base/z.ts', "import { x } from './x.js'\n"),
    ]
    expect(circles([...imports, ...planted])).toEqual(['base/x.ts', 'base/y.ts'])
  })
})

it('docs/architecture.md shows these rules', async () => {
  const page = await readFile(join(root, '../docs/architecture.md'), 'utf8')
  const shown = Object.fromEntries(
    [...page.matchAll(/^\| `src\/([\w/]+)` +\|[^|]*\| ([^|]*?) +\|$/gm)].map(([, room, knows]) => [
      room,
      knows,
    ]),
  )
  const allowed = Object.entries(rules).map(([room, { uses, types = [] }]) => {
    const known = [uses.join(', '), types.length === 0 ? '' : `types of ${types.join(' and ')}`]
    return [room, known.filter((each) => each !== '').join(', ') || 'nothing']
  })
  expect(shown).toEqual(Object.fromEntries(allowed))
})

describe('workflow code is deterministic and light', () => {
  const reached = (given: readonly Import[]) => [...reachableFrom(['workflows/served.ts'], given)]
  const foreign = (to: string) =>
    to.startsWith('node:') ||
    to === 'zod' ||
    to.startsWith('tencentcloud') ||
    (to.startsWith('@temporalio/') && !['@temporalio/workflow', '@temporalio/common'].includes(to))

  it('reaches no zod, no Node, no SDK, no other room', () => {
    expect(reached(imports).filter(foreign)).toEqual([])
    expect(
      new Set(
        reached(imports)
          .map(roomOf)
          .filter((room) => room !== ''),
      ),
    ).toEqual(new Set(['workflows', 'contract', 'base']))
  })

  it('finds zod when a file on the way has it', () => {
    const planted = importsOf('contract/hint.ts', "import { z } from 'zod'\n")
    expect(reached([...imports, ...planted]).filter(foreign)).toEqual(['zod'])
  })
})

describe('what all runs of a worker share', () => {
  /** What could keep something of a run: a variable of a module, or a constant that can be added to. */
  const keeps = /^(export )?(let |const \w+(: [^=]+)? = (new (Map|Set|WeakMap)\b|\[\]|\{\}))/m
  const read = (name: string) => readFile(join(root, name), 'utf8')

  it('keeps nothing of a run', async () => {
    const shared = [...reachableFrom(['workflows/run/preload.ts'], imports)].filter((to) =>
      to.endsWith('.ts'),
    )
    expect(shared).toContain('workflows/step/machine.ts')
    const codes = await Promise.all(shared.map(async (name) => ({ name, code: await read(name) })))
    expect(codes.filter(({ code }) => keeps.test(code)).map(({ name }) => name)).toEqual([])
  })

  it.each(['run/inbox', 'run/currentDetails', 'run/signals', 'gates/gates', 'notify'])(
    '%s keeps something, and is not shared',
    async (name) => {
      expect(await read(`workflows/${name}.ts`)).toMatch(keeps)
    },
  )
})

it('the reducer of a step knows nothing of Temporal', () => {
  const reached = [...reachableFrom(['workflows/step/machine.ts'], imports)]
  expect(reached.filter((to) => to.startsWith('@temporalio/'))).toEqual([])
})

it('only the signed client and its credentials load the Tencent SDK', () => {
  const users = imports
    .filter(({ to, typeOnly }) => to.startsWith('tencentcloud') && !typeOnly)
    .map(({ from }) => from)
  expect([...new Set(users)].sort()).toEqual(['vod/client.ts', 'vod/credentials.ts'])
})

it('only vodflow/telemetry loads OpenTelemetry', () => {
  const users = imports.filter(({ to, typeOnly }) => /opentelemetry/.test(to) && !typeOnly)
  expect(new Set(users.map(({ from }) => roomOf(from)))).toEqual(new Set(['telemetry']))
  expect(imports.filter(({ to }) => roomOf(to) === 'telemetry').map(show)).toEqual([])
})

it('only the processes of the command line load pino and prom-client', () => {
  const users = imports.filter(({ to, typeOnly }) => ['pino', 'prom-client'].includes(to) && !typeOnly)
  expect(new Set(users.map(({ from }) => roomOf(from)))).toEqual(new Set(['cli']))
})

it('vod knows nothing of Temporal', () => {
  const users = imports.filter(({ to }) => to.startsWith('@temporalio/')).map(({ from }) => roomOf(from))
  expect(users).not.toContain('vod')
})

it('a contract knows nothing of zod, Node and Temporal; only its seals load Node', () => {
  const isPackage = (to: string) => /^(node:|ms$|zod$|tencentcloud|@[a-z]+\/)/.test(to)
  const packages = (room: string) =>
    new Set(imports.filter(({ from, to }) => roomOf(from) === room && isPackage(to)).map(({ to }) => to))
  expect(packages('contract')).toEqual(new Set(['@noble/hashes/sha2.js']))
  expect(packages('contract/parse')).toEqual(new Set())
  expect(packages('contract/seal')).toEqual(new Set(['node:crypto']))
})

it('only dev, worker and verify-upgrade load a worker', () => {
  const forWorkers = /^@temporalio\/(worker|activity|plugin|testing)$/
  const loadsWorker = (file: string) => [...reachableFrom([file], imports)].some((to) => forWorkers.test(to))
  const commands = imports.filter(({ from }) => from === 'cli/program.ts').map(({ to }) => to)
  expect(commands.filter(loadsWorker).sort()).toEqual([
    'cli/dev/index.ts',
    'cli/verifyUpgrade.ts',
    'cli/worker.ts',
  ])
})

const manifest = JSON.parse(await readFile(join(root, '../package.json'), 'utf8'))
const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
const optional = Object.keys(manifest.peerDependenciesMeta)

function importsOfPeers(given: readonly Import[]): string[] {
  const isPeer = (to: string) => optional.some((name) => to === name || to.startsWith(`${name}/`))
  return given.filter(({ to, typeOnly, byLoadPeer }) => isPeer(to) && !typeOnly && !byLoadPeer).map(show)
}

it('an optional peer is loaded by loadPeer only, which says what to install', () => {
  expect(importsOfPeers(imports)).toEqual([])
  const planted = importsOf(
    'worker/x.ts',
    "import { Worker, type WorkerOptions } from '@temporalio/worker'\n",
  )
  expect(importsOfPeers(planted)).toEqual(['worker/x.ts -> @temporalio/worker'])
})

// docs/decisions/0041-what-an-app-installs.md
it.each([
  [
    'client',
    [
      '@noble/hashes',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      '@temporalio/proto',
      'ms',
      'zod',
    ],
  ],
  ['workflows', ['@noble/hashes', '@temporalio/common', '@temporalio/workflow', 'ms']],
  [
    'callbacks',
    [
      '@noble/hashes',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/proto',
      'ms',
      'p-throttle',
      'zod',
    ],
  ],
  ['emulator', ['ms', 'send', 'which', 'zod']],
  [
    'worker',
    [
      '@noble/hashes',
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/plugin',
      '@temporalio/proto',
      '@temporalio/worker',
      'ms',
      'p-throttle',
      'standardwebhooks',
      'tencentcloud-sdk-nodejs-common',
      'tencentcloud-sdk-nodejs-vod',
      'zod',
    ],
  ],
  ['telemetry', ['@opentelemetry/api', '@temporalio/interceptors-opentelemetry']],
])('vodflow/%s loads no other packages than these', (room, loaded) => {
  const reached = [...reachableFrom([`${room}/index.ts`], imports)]
  const isLoaded = (name: string) => reached.some((to) => to === name || to.startsWith(`${name}/`))
  expect(packages.filter(isLoaded).sort()).toEqual(loaded)
})

it('the callback service loads neither the Tencent SDK nor a worker', () => {
  const reached = [...reachableFrom(['callbacks/index.ts'], imports)]
  expect(reached.filter((to) => to.startsWith('tencentcloud') || to === '@temporalio/worker')).toEqual([])
})

it('a file has one subject: none is longer than 400 lines', async () => {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const long = await Promise.all(
    names.map(async (name) => ({
      name,
      lines: (await readFile(join(root, name), 'utf8')).split('\n').length,
    })),
  )
  expect(long.filter(({ lines }) => lines > 400)).toEqual([])
})
