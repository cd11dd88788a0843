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
  try {
    return String((await import(installer)).default.path)
  } catch {
    throw new Error(
      `${name} is not on PATH; install it (apt-get install ffmpeg, brew install ffmpeg) or: npm install -D ${installer}`,
    )
  }
}
