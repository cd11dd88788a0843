import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTestClip } from '../../emulator/media/testClip.js'
import type { templateOfFile } from '../templates/read.js'
import type { Stack } from './stack.js'

/** The template of the sample: the body of `CreateProcedureTemplate`, with preset definitions. */
export const sampleTemplate = {
  Name: 'TranscodeAndSnapshot',
  Comment: 'Two transcodes, adaptive HLS, snapshots, sprite, cover, moderation',
  MediaProcessTask: {
    TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100030 }],
    AdaptiveDynamicStreamingTaskSet: [{ Definition: 10 }],
    SnapshotByTimeOffsetTaskSet: [{ Definition: 10, ExtTimeOffsetSet: ['1s', '50%', '90%'] }],
    SampleSnapshotTaskSet: [{ Definition: 10 }],
    ImageSpriteTaskSet: [{ Definition: 10 }],
    CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 30 }],
  },
  ReviewAudioVideoTask: { Definition: 10, ReviewContents: ['Media', 'Cover'] },
}

type Template = Awaited<ReturnType<typeof templateOfFile>>

/** Names in the library. They differ because ffmpeg cannot read the empty file, and neither is part of the other because VOD's search matches parts. */
const sampleNames = { clip: 'vodflow-test-clip', empty: 'vodflow-empty-file' } as const

/** Puts a video and the template into the local VOD, unless its folder already has them. @returns the FileId. */
export async function putSample(
  { vod, vodClient }: Stack,
  {
    video,
    ffmpeg,
    signal,
  }: { readonly video: string | undefined; readonly ffmpeg: boolean; readonly signal: AbortSignal },
): Promise<string> {
  if (!(await hasTemplate(vodClient, sampleTemplate.Name)))
    await vodClient.call('CreateProcedureTemplate', sampleTemplate)
  if (video !== undefined) return (await vod.upload(video)).FileId
  const name = sampleNames[ffmpeg ? 'clip' : 'empty']
  const { MediaInfoSet } = await vodClient.call('SearchMedia', { Names: [name], Limit: 1 })
  const [kept] = MediaInfoSet
  if (kept) return kept.FileId
  const scratch = await mkdtemp(join(tmpdir(), 'vodflow-clip-'))
  try {
    const clip = join(scratch, 'clip.mp4')
    // Without ffmpeg, the local VOD opens no media, so any file counts as a video.
    if (!ffmpeg) await writeFile(clip, '')
    else await makeTestClip(clip, { seconds: 5, width: 640, height: 360, fps: 25 }, { signal })
    return (await vod.upload(clip, { name })).FileId
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Puts the user's templates into the local VOD, and replaces those that its folder already has. */
export async function putTemplates({ vodClient }: Stack, templates: readonly Template[]): Promise<void> {
  for (const template of templates) {
    const replaces = await hasTemplate(vodClient, template.Name)
    await vodClient.call(replaces ? 'ResetProcedureTemplate' : 'CreateProcedureTemplate', template)
  }
}

async function hasTemplate(vodClient: Stack['vodClient'], Name: string): Promise<boolean> {
  const { ProcedureTemplateSet } = await vodClient.call('DescribeProcedureTemplates', { Names: [Name] })
  return ProcedureTemplateSet.length > 0
}
