import { lstat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { readReplaceable } from '../../operate/report/replaceFile.js'
import { failing, fileError, makeGiven, writeGiven } from '../files.js'
import { textOption } from '../options.js'

interface InitFlags {
  readonly package?: string
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description(
      'writes a starter project: a pipeline in TypeScript, its worker, its test, and a program that starts it',
    )
    .argument('[folder]', 'a new folder, or one where vodflow is installed', '.')
    .option(
      '--package <spec>',
      'where npm installs vodflow from (default: as in package.json, or this version)',
      textOption,
    )
    .addHelpText('after', help)
    .action(async (folder: string, { package: spec }: InitFlags) => {
      const { version } = await import('../../contract/version.js')
      const { extendManifest } = await import('./manifest.js')
      const { peers } = await import('./peers.js')
      const { starterFiles } = await import('./starter.js')
      const path = resolve(folder)
      const given = { option: '[folder]', path, remedy: 'pass a new folder' }
      const files = await starterFiles(basename(path))
      for (const name of Object.keys(files)) {
        if (await isThere(join(path, name)))
          throw new Error(`${join(path, name)}: already exists, and is left as it is; pass a new folder`)
      }
      const manifestPath = join(path, 'package.json')
      const manifest = extendManifest(
        await failing({ ...given, path: manifestPath }, readReplaceable(manifestPath)),
        {
          name: basename(path),
          spec,
          version,
          path: manifestPath,
        },
      )
      for (const [name, text] of Object.entries({ ...files, 'package.json': manifest })) {
        await makeGiven({ ...given, path: dirname(join(path, name)) })
        await writeGiven({ ...given, path: join(path, name) }, text)
      }
      const names = Object.keys(files).join(', ')
      const enter = folder === '.' ? '' : `  cd ${folder}\n`
      console.log(
        `${path}: package.json, ${names}

package.json names the packages that vodflow itself does not install:
  for the worker: ${Object.keys(peers.worker).join(', ')}
  for vodflow dev: ${Object.keys(peers.dev).join(', ')}

${enter}  npm install
  npm start`,
      )
    })
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, ifMissing(path, false))
}

function ifMissing<T>(path: string, otherwise: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return otherwise
    throw fileError({ option: '[folder]', path, remedy: 'pass a new folder' }, error)
  }
}

const help = `
npm start needs no cloud account: it runs a real video through a local VOD. Existing files are never overwritten;
an existing package.json gets the starter's scripts and packages.

Examples:
  vodflow init my-pipeline
  npx vodflow init && npm install && npm start
`
