import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { textOption } from '../options.js'

interface InitFlags {
  readonly package?: string
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description(
      'a starter project that runs at once: a pipeline in TypeScript, its worker, a program that starts it',
    )
    .argument('<folder>', 'a new or an empty folder')
    .option('--package <spec>', 'where npm takes vodflow from (default: this version)', textOption)
    .addHelpText('after', help)
    .action(async (folder: string, { package: spec }: InitFlags) => {
      const { version } = await import('../../version.js')
      const { starterFiles } = await import('./starter.js')
      const path = resolve(folder)
      const there = await readdir(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw new Error(`${path}: cannot be read (${error.code}); give a new or an empty folder`)
      })
      if (there.length > 0) throw new Error(`${path}: is not empty; give a new or an empty folder`)
      const files = starterFiles({ name: basename(path), spec: spec ?? `^${version}` })
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), text)
      }
      console.log(`${path}: ${Object.keys(files).join(', ')}\n\n  cd ${folder}\n  npm install\n  npm start`)
    })
}

const help = `
npm start needs no cloud account: it runs against a local VOD, with a real video.

Example:
  vodflow init my-pipeline
`
