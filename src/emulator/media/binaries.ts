import { access, chmod, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import which from 'which'

export interface Binaries {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/** Finds ffmpeg and ffprobe: as given, else on PATH, else in the optional npm packages. */
export async function findBinaries(
  given: { ffmpegPath?: string; ffprobePath?: string } = {},
): Promise<Binaries> {
  return {
    ffmpeg: given.ffmpegPath ?? (await which('ffmpeg', { nothrow: true })) ?? (await packaged('ffmpeg')),
    ffprobe: given.ffprobePath ?? (await which('ffprobe', { nothrow: true })) ?? (await packaged('ffprobe')),
  }
}

async function packaged(name: 'ffmpeg' | 'ffprobe'): Promise<string> {
  const installer = `@${name}-installer/${name}`
  const path = await import(installer).then(
    (module) => String(module.default.path),
    (error: unknown) => (isMissing(error) ? undefined : ofThisPlatform(name)),
  )
  if (path !== undefined) return executable(path)
  throw new Error(
    `${name} is not on PATH; install it (apt-get install ffmpeg, brew install ffmpeg) or: npm install -D @ffmpeg-installer/ffmpeg @ffprobe-installer/ffprobe`,
  )
}

function isMissing(error: unknown): boolean {
  return /MODULE_NOT_FOUND$/.test(String(Object(error).code))
}

/** Finds the program without node_modules, because the installer looks only there and Yarn's Plug'n'Play has none. */
function ofThisPlatform(name: 'ffmpeg' | 'ffprobe'): string | undefined {
  try {
    const installer = createRequire(import.meta.url).resolve(`@${name}-installer/${name}`)
    const platform = `@${name}-installer/${process.platform}-${process.arch}`
    const folder = dirname(createRequire(installer).resolve(`${platform}/package.json`))
    return join(folder, process.platform === 'win32' ? `${name}.exe` : name)
  } catch {
    return undefined
  }
}

/** Makes a program executable, because package managers that skip install scripts, e.g. pnpm 10, leave it without that permission. */
export async function executable(path: string): Promise<string> {
  try {
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755))
    return path
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `${path} cannot be executed, and that could not be changed (${why}); run chmod +x on it, or install ffmpeg (apt-get install ffmpeg, brew install ffmpeg)`,
    )
  }
}
