import { readdir, readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { createProgram } from '../../src/cli/program.js'
import { shutdownGraceMs } from '../../src/worker/callWorkers.js'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')

interface Container {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
}

interface Manifest {
  readonly kind: string
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly containers: readonly Container[]
      }
    }
  }
}

const composed = parse(await read('deploy/compose.yaml'), { merge: true }) as {
  services: Readonly<Record<string, Omit<Container, 'name'> & { readonly stop_grace_period?: string }>>
}
const folder = 'deploy/kubernetes/'
const files = (await readdir(new URL(folder, root))).filter((name) => name.endsWith('.yaml'))
const manifests = (await Promise.all(files.map((name) => read(folder + name)))).flatMap((text) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest),
)
const pods = manifests.flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []))
const inPods = pods.flatMap(({ containers }) => containers)
const services = Object.entries(composed.services)
  .filter(([, { image }]) => image?.startsWith('vodflow'))
  .map(([name, service]) => ({ ...service, name }))

const inFiles = [
  ...services.map(({ name, command = [] }) => [`compose: ${name}`, command] as const),
  ...inPods.map(({ name, args = [] }) => [`kubernetes: ${name}`, args] as const),
]
const blocks = [...(await read('docs/deployment.md')).matchAll(/^```sh\n(.*?)^```/gms)].map(
  ([, text]) => text,
)
const inDocs = [...blocks.join('').matchAll(/(?:^| )(?:vodflow|node dist\/cli\/main\.js) ([a-z][^#\n]*)/gm)]
  .map(([, line = '']) => line.trim())
  .filter((line) => !line.startsWith('.'))
  .map((line) => [`docs: ${line}`, line.split(' ')] as const)

/** Each flag is one of the command's, with a value that the command takes. */
function check(words: readonly string[]): void {
  let command: Command = createProgram()
  const rest = words.flatMap((word) => (/^--[\w-]+=/.test(word) ? word.split(/=(.*)/s, 2) : [word]))
  for (let next = rest[0]; next !== undefined && !next.startsWith('-'); next = rest[0]) {
    const found: Command | undefined = command.commands.find((each) => each.name() === next)
    if (!found) throw new Error(`vodflow has no command ${next}`)
    command = found
    rest.shift()
  }
  while (rest.length > 0) {
    const flag = rest.shift()
    const option = command.options.find(({ long }) => long === flag)
    if (!option) throw new Error(`vodflow ${command.name()} has no ${flag}`)
    if (option.required) option.parseArg?.(rest.shift() ?? '', undefined)
  }
}

it.each([...inFiles, ...inDocs])('%s', (_, words) => {
  expect(words.length).toBeGreaterThan(0)
  check(words)
})

it('there are commands of each kind to look at', () => {
  expect(services.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['worker', 'callbacks', 'local-vod']),
  )
  expect(inPods.map(({ name }) => name)).toEqual(expect.arrayContaining(['worker', 'callbacks']))
  expect(inDocs.length).toBeGreaterThan(0)
})

it('every variable is one that vodflow or Temporal reads', async () => {
  const sources = await readdir(new URL('src', root), { recursive: true })
  const ours = await Promise.all(
    sources.filter((name) => name.endsWith('.ts')).map((name) => read(`src/${name}`)),
  )
  const theirs = await read('node_modules/@temporalio/envconfig/lib/envconfig-toml.js')
  const quoted = ours.flatMap((text) => [
    ...text.matchAll(/(?:env\.|['"])((?:VODFLOW|TEMPORAL|TENCENTCLOUD)_\w+)/g),
  ])
  const known = new Set([...quoted, ...theirs.matchAll(/\b(TEMPORAL_\w+)/g)].map(([, name]) => name))
  const example = [...(await read('deploy/.env.example')).matchAll(/^#?([A-Z]\w+)=/gm)].map(
    ([, name = '']) => name,
  )
  const named = [
    ...services.flatMap(({ environment = {} }) => Object.keys(environment)),
    ...manifests.flatMap(({ data = {}, stringData = {} }) => Object.keys({ ...data, ...stringData })),
    ...example.filter((name) => !/^(POSTGRES|GRAFANA|COMPOSE)_/.test(name)),
  ]
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

it('what compose.yaml takes from the environment stands in .env.example', async () => {
  const wanted = [...(await read('deploy/compose.yaml')).matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  const given = [...(await read('deploy/.env.example')).matchAll(/^#?(\w+)=/gm)].map(([, name = '']) => name)
  expect(wanted.filter((name) => !given.includes(name))).toEqual([])
})

it('ports of a container are those of its command, and Prometheus asks where the metrics are', async () => {
  for (const { args = [], ports = [] } of inPods) {
    const served = args.flatMap((word) => /^(?:--port=)?(?:[\d.]+:)?(\d{4,5})$/.exec(word)?.[1] ?? [])
    expect(ports.map(({ containerPort }) => String(containerPort)).sort()).toEqual(served.sort())
  }
  const { scrape_configs } = parse(await read('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: readonly { static_configs: readonly { targets: readonly string[] }[] }[]
  }
  const targets = scrape_configs.flatMap(({ static_configs }) =>
    static_configs.flatMap(({ targets }) => targets),
  )
  const metrics = services.flatMap(({ name, command = [] }) => {
    const at = command.indexOf('--metrics')
    return at < 0 ? [] : [`${name}:${command[at + 1]?.split(':')[1]}`]
  })
  expect(targets.toSorted()).toEqual(metrics.toSorted())
})

it('whoever stops a worker waits longer than it takes to stop', () => {
  const atMostMs = shutdownGraceMs + 10_000
  const [worker] = pods.filter(({ containers }) => containers.some(({ name }) => name === 'worker'))
  expect((worker?.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(atMostMs)
  expect(Number.parseInt(composed.services.worker?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(
    atMostMs,
  )
})

it('no file has a secret, and none has a default', async () => {
  for (const { stringData = {} } of manifests)
    expect(Object.values(stringData).filter((value) => value !== 'REPLACE')).toEqual([])
  const text = await read('deploy/.env.example')
  for (const name of ['VODFLOW_MAC_KEYS', 'POSTGRES_PASSWORD', 'GRAFANA_PASSWORD', 'TENCENTCLOUD_SECRET_KEY'])
    expect(text).toMatch(new RegExp(`^${name}=$`, 'm'))
  expect(await read('deploy/compose.yaml')).not.toMatch(/(PASSWORD|PWD|KEYS?|SECRET_\w+): *\w/)
})
