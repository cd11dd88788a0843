import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Binaries {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/** ffmpeg and ffprobe: as given, else from PATH, else from the npm packages, which are optional. */
export async function findBinaries(
  given: { ffmpegPath?: string; ffprobePath?: string } = {},
): Promise<Binaries> {
  return {
    ffmpeg: given.ffmpegPath ?? onPath('ffmpeg') ?? (await packaged('ffmpeg')),
    ffprobe: given.ffprobePath ?? onPath('ffprobe') ?? (await packaged('ffprobe')),
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function packaged(name: 'ffmpeg' | 'ffprobe'): Promise<string> {
  const installer = `@${name}-installer/${name}`
  try {
    return String((await import(installer)).default.path)
  } catch {
    throw new Error(
      `${name} is not on PATH; install it (apt-get install ffmpeg, brew install ffmpeg) or: npm install -D ${installer}`,
    )
  }
}
