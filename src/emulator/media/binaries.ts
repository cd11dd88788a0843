import { access, chmod, constants } from 'node:fs/promises'
import which from 'which'

export interface Binaries {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/** ffmpeg and ffprobe: as given, else from PATH, else from the npm packages, which are optional. */
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
    () => {
      throw new Error(
        `${name} is not on PATH; install it (apt-get install ffmpeg, brew install ffmpeg) or: npm install -D ${installer}`,
      )
    },
  )
  return executable(path)
}

/** A package manager that runs no install scripts, as pnpm 10, leaves the program without its permission. */
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
