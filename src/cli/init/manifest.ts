import { z } from 'zod'
import { parsed } from '../../vod/problemOf.js'
import { peers } from './peers.js'

const section = z.record(z.string(), z.string()).default({})
const manifestSchema = z.looseObject({
  type: z.string().optional(),
  scripts: section,
  dependencies: section,
  devDependencies: section,
})

const scripts: Readonly<Record<string, string>> = {
  start: 'vodflow dev --data .vodflow --temporal-port 0 --ui-port 0 -- tsx src/start.ts',
  worker: 'tsx src/worker.ts',
  check: 'tsc --noEmit',
}

const test =
  'vodflow dev --no-ffmpeg --temporal-port 0 --ui-port 0 --vod-port 0 -- vitest run --test-timeout 60000'

/** The test script that `npm init` writes if there is no test. */
const noTest = 'echo "Error: no test specified" && exit 1'

const tools = {
  ...peers.dev,
  tsx: '^4.23.15',
  typescript: '^5.9.3',
  vitest: '^4.1.12',
  '@types/node': '^20.19.43',
}

export interface ManifestOptions {
  /** Name of the project in a new package.json. */
  readonly name: string
  /** What npm installs as vodflow. Default: what package.json says, else this version. */
  readonly spec: string | undefined
  readonly version: string
  /** Path of package.json, for errors. */
  readonly path: string
}

/**
 * Returns a package.json with what the starter needs. Existing entries stay unchanged.
 *
 * @throws Error if the existing package.json conflicts with the starter.
 */
export function extendManifest(
  text: string | undefined,
  { name, spec, version, path }: ManifestOptions,
): string {
  const there = text === undefined ? newManifest(name) : parse(text, path)
  if (there.type !== undefined && there.type !== 'module')
    throw new Error(`${path}: type is ${there.type}, but the starter uses ES modules; pass a new folder`)
  const taken = Object.keys(scripts).filter((script) => script in there.scripts)
  if (taken.length > 0)
    throw new Error(`${path}: has scripts of its own for ${taken.join(', ')}; pass a new folder`)
  const manifest = {
    ...there,
    type: 'module',
    scripts: { ...there.scripts, ...scripts, test: testOf(there.scripts) },
    dependencies: {
      ...peers.needed,
      ...peers.worker,
      vodflow: `^${version}`,
      ...there.dependencies,
      ...(spec === undefined ? {} : { vodflow: spec }),
    },
    devDependencies: { ...tools, ...there.devDependencies },
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

function testOf({ test: theirs = noTest }: Readonly<Record<string, string>>): string {
  return theirs === noTest ? test : theirs
}

function newManifest(name: string): z.infer<typeof manifestSchema> {
  const fit = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return { name: fit || 'pipeline', private: true, scripts: {}, dependencies: {}, devDependencies: {} }
}

function parse(text: string, path: string): z.infer<typeof manifestSchema> {
  try {
    return parsed(manifestSchema, JSON.parse(text))
  } catch (error) {
    const why = (error as Error).message
    throw new Error(`${path}: cannot be read as a package.json (${why}); fix it, or pass a new folder`)
  }
}
