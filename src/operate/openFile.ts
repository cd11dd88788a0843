import { type BigIntStats, fstatSync } from 'node:fs'

/**
 * Returns the stat of an open file. It is one of bigints, because Node keeps any other stat in a buffer that its `realpathSync` reads: after
 * the stat of a pipe, links to packages are no longer followed, and packages that pnpm installed do not find the packages that they need.
 */
export function statOpen(fd: number): BigIntStats {
  return fstatSync(fd, { bigint: true })
}
