import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Names every module: ES modules as a loader meets them, CommonJS from the cache at the end. */
const loader = `
  import { writeSync } from 'node:fs'
  export async function load(url, context, next) {
    writeSync(1, url + '\\n')
    return next(url, context)
  }
`
const script = `
  import { createRequire, register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(process.argv[2]))
  const loaded = await import(process.argv[1])
  await loaded[process.argv[3]]?.()
  console.log(Object.keys(createRequire(import.meta.url).cache).join('\\n'))
  console.log('it has ' + Object.keys(loaded))
`

/**
 * What importing a file of src loads at run time, in a process of its own.
 *
 * @param call - an export that is called, without arguments, once it is loaded
 */
export async function modulesLoaded(file: string, call = '') {
  const entry = fileURLToPath(new URL(`../../src/${file}`, import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script, entry, loader, call],
    { maxBuffer: 16 * 1024 * 1024 },
  )
  return {
    exports: /it has (.*)/.exec(stdout)?.[1]?.split(',') ?? [],
    files: new Set(stdout.match(/src\/\w+\/[\w/]+(?=\.ts)/g)),
    packages: new Set(stdout.match(/(?<=node_modules\/)(?:@[\w-]+\/)?[\w.-]+/g)),
  }
}
