import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vodflow-vod-'))
}

/** The folder, made if need be. @throws Error that says how to fix it. */
export function writableFolder(folder: string): string {
  try {
    make(resolve(folder))
    readdirSync(folder)
    accessSync(folder, constants.W_OK)
    return folder
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      `the data folder ${folder} cannot be written (${code}); give another one, or make it writable`,
    )
  }
}

/** Step by step: where a folder cannot be made at all, e.g. in /proc, `mkdirSync` with `recursive` never returns. */
function make(folder: string): void {
  if (existsSync(folder)) return
  make(dirname(folder))
  mkdirSync(folder)
}
