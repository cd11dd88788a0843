import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTestClip } from '../../emulator/media/testClip.js'
import type { Stack } from './stack.js'

/** What the sample asks VOD for: the body of `CreateProcedureTemplate`, with preset definitions. */
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

/** Puts a video and the template into the local VOD. @returns the FileId. */
export async function putSample({ vod, vodClient }: Stack, video: string | undefined): Promise<string> {
  const { ProcedureTemplateSet } = await vodClient.call('DescribeProcedureTemplates', {
    Names: [sampleTemplate.Name],
  })
  // A folder that is kept has it from an earlier time.
  if (ProcedureTemplateSet.length === 0) await vodClient.call('CreateProcedureTemplate', sampleTemplate)
  if (video !== undefined) return (await vod.upload(video)).FileId
  const scratch = await mkdtemp(join(tmpdir(), 'vodflow-clip-'))
  try {
    const clip = join(scratch, 'clip.mp4')
    await makeTestClip(clip, { seconds: 5, width: 640, height: 360, fps: 25 })
    return (await vod.upload(clip)).FileId
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
