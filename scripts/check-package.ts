/** Packs the package as npm publish does, and checks its content, links, metadata, types and public surface. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'

interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Limit of the unpacked size, bytes. Raise it only on purpose. */
const sizeLimit = 6_700_000

const allowed =
  /^(dist\/.*(\.js|\.d\.ts|bundle\.json)|starter\/.*\.(ts|json)|docs\/[\w-]+\.md|docs\/images\/.*\.(png|svg)|deploy\/(cam\/\w+\.json|grafana\/vodflow\.json|prometheus\/alerts\.yml)|[A-Z]+\.md|LICENSE|package\.json)$/

const scratch = await mkdtemp(join(tmpdir(), 'vodflow-pack-'))
const problems: string[] = []
try {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', scratch], {
    maxBuffer: 16 * 1024 * 1024,
  })
  // The output of prepack comes first.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed]
  const paths = packed.files.map(({ path }) => path)
  console.log(
    `${packed.filename}: ${paths.length} files, ${packed.size} bytes, unpacked ${packed.unpackedSize}`,
  )
  if (packed.unpackedSize > sizeLimit) problems.push(`the unpacked package exceeds ${sizeLimit} bytes`)
  for (const path of paths) if (!allowed.test(path)) problems.push(`${path}: does not belong in the package`)
  for (const path of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/workflows/bundle.js'])
    if (!paths.includes(path)) problems.push(`${path}: is missing`)
  for (const path of paths.filter((path) => /^dist\/.*\.js$/.test(path) && !path.endsWith('bundle.js')))
    if (/^\/\/# sourceMappingURL/m.test(await readFile(path, 'utf8')))
      problems.push(`${path}: points to a missing source map`)
  for (const target of await links('README.md'))
    if (!paths.some((path) => path === target || path.startsWith(`${target}/`)))
      problems.push(`README.md: ${target} is not in the package`)

  const tarball = join(scratch, packed.filename)
  run('publint', '--strict', tarball)
  // The package has only ES modules, which Node 20.3 and every bundler support.
  run('attw', tarball, '--profile', 'esm-only', '--format', 'ascii')
  run('tsx', 'scripts/api-report.ts', '--check')
} finally {
  await rm(scratch, { recursive: true, force: true })
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

/** Returns the files that a page links to. */
async function links(page: string): Promise<readonly string[]> {
  const text = await readFile(page, 'utf8')
  return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to = '']) =>
    posix.join(posix.dirname(page), to),
  )
}

function run(name: string, ...args: readonly string[]): void {
  const { status } = spawnSync('npx', ['--no-install', name, ...args], { stdio: 'inherit' })
  if (status !== 0) problems.push(`${name} ${args[0]}: see above`)
}
