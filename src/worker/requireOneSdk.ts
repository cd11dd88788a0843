import { createRequire } from 'node:module'
import type { NativeConnection as TemporalConnection } from '@temporalio/worker'
import { InvalidInputError } from '../contract/errors.js'
import { NativeConnection } from './sdk.js'

/** Packages that both vodflow and Temporal's worker load. */
const shared = ['activity', 'client', 'common', 'proto', 'workflow'].map((name) => `@temporalio/${name}`)
const worker = '@temporalio/worker'
/** The oldest version in the range of the peer dependencies (test/operate/codec). */
const oldest = '1.24.0'

/**
 * Checks the versions of Temporal's packages. vodflow needs what older ones lack. They fail later, in odd ways, if their minor versions differ, or if vodflow and Temporal's
 * worker each have their own copy of a package. All patch versions of one minor version work together.
 *
 * @param from - the file whose packages are checked
 * @throws InvalidInputError that names the packages and their versions
 */
export function requireOneVersion(from: string | URL = import.meta.url): void {
  const ours = createRequire(from)
  const theirs = createRequire(ours.resolve(`${worker}/package.json`))
  const wanted = versionOf(worker, ours)
  const mixed = shared.flatMap((name) => {
    const versions = [...new Set([versionOf(name, ours), versionOf(name, theirs)])]
    const wrong =
      versions.length === 1 ? versions.filter((each) => minorOf(each) !== minorOf(wanted)) : versions
    return wrong.map((version) => `${name} ${version}`)
  })
  const isOld = isOlder(wanted, oldest)
  if (mixed.length === 0 && !isOld) return
  const others = mixed.length === 0 ? '' : `${mixed.join(', ')} next to `
  const tooOld = isOld ? `, which is older than ${oldest}, the oldest that vodflow supports` : ''
  throw new InvalidInputError([
    {
      field: '@temporalio',
      problem: `${others}${worker} ${wanted}${tooOld}`,
      remedy: `install all @temporalio packages in version ${isOld ? oldest : wanted}; npm ls ${mixed[0]?.split(' ')[0] ?? worker} (or pnpm why, yarn why) shows which package needs another version`,
    },
  ])
}

/** @throws InvalidInputError if the object comes from another copy of Temporal's worker than the one that vodflow has loaded */
export function requireOneCopy(
  given: object,
  kind: { readonly name: string; readonly prototype: object },
): void {
  if (!Object.prototype.isPrototypeOf.call(kind.prototype, given)) throw otherCopy(kind)
}

function otherCopy(kind: { readonly name: string }): InvalidInputError {
  const problem = `the ${kind.name} comes from another copy of the package than the one that vodflow has loaded`
  const remedy = `install one copy: npm dedupe (pnpm dedupe, yarn dedupe), then npm ls ${worker}`
  return new InvalidInputError([{ field: worker, problem, remedy }])
}

/** @throws InvalidInputError if a worker has no connection, or one of another kind or from another copy */
export function requireConnection(given: unknown): asserts given is TemporalConnection {
  if (given instanceof NativeConnection) return
  if (Object(given).constructor?.name === NativeConnection.name) throw otherCopy(NativeConnection)
  const problem = given === undefined || given === null ? 'missing' : 'is not a NativeConnection'
  const remedy = 'pass await NativeConnection.connect({ ... }) of @temporalio/worker'
  throw new InvalidInputError([{ field: 'connection', problem, remedy }])
}

function versionOf(name: string, require: NodeJS.Require): string {
  return String(require(`${name}/package.json`).version)
}

/** Returns e.g. `1.24` for `1.24.0`. */
function minorOf(version: string): string {
  return version.split('.', 2).join('.')
}

function isOlder(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [thanMajor = 0, thanMinor = 0]] = [version, than].map((each) =>
    each.split('.').map(Number),
  ) as [number[], number[]]
  return major < thanMajor || (major === thanMajor && minor < thanMinor)
}
