import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const hook = `export async function resolve(specifier, context, next) {
  if (/^@ff(mpeg|probe)-installer/.test(specifier))
    throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' })
  return next(specifier, context)
}`
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
const registers = `import { register } from 'node:module'\nregister(${JSON.stringify(dataUrl(hook))})`

/** For a process of Node that is to find no ffmpeg: neither on PATH nor as a package. */
export const withoutFfmpeg = {
  NODE_OPTIONS: `--import ${dataUrl(registers)}`,
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !['ffmpeg', 'ffprobe'].some((name) => existsSync(join(folder, name))))
    .join(delimiter),
}
