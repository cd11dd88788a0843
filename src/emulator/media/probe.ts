import { z } from 'zod'
import { type MediaMetaData, SubTaskFailure } from './contract.js'
import { run } from './ffmpeg.js'

const numeric = z
  .union([z.string(), z.number()])
  .optional()
  .transform((value) => (Number.isFinite(Number(value)) ? Number(value) : 0))

const Probe = z.looseObject({
  format: z.looseObject({
    format_name: z.string().default(''),
    duration: numeric,
    size: numeric,
    bit_rate: numeric,
  }),
  streams: z.array(
    z.looseObject({
      codec_type: z.string().default(''),
      codec_name: z.string().default(''),
      width: z.number().default(0),
      height: z.number().default(0),
      bit_rate: numeric,
      duration: numeric,
      sample_rate: numeric,
      avg_frame_rate: z.string().default('0/1'),
      tags: z.looseObject({ rotate: numeric }).optional(),
      side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).optional(),
      disposition: z.looseObject({ attached_pic: z.number().optional() }).optional(),
    }),
  ),
})

/** Returns the metadata from ffprobe in Tencent's structure. @throws SubTaskFailure if ffprobe finds no media */
export async function probe(ffprobe: string, path: string): Promise<MediaMetaData> {
  const { code, stdout } = await run(ffprobe, [
    '-v',
    'error',
    '-print_format',
    'json',
    '-show_format',
    '-show_streams',
    path,
  ])
  const parsed = code === 0 ? Probe.safeParse(JSON.parse(stdout)) : undefined
  if (!parsed?.success || parsed.data.streams.length === 0) {
    throw new SubTaskFailure(
      'SourceFileError.ContentMalformed',
      'the source is not a media file, or is truncated',
    )
  }
  const { format, streams } = parsed.data
  // The cover of a song does not count as a video.
  const videos = streams.filter(
    ({ codec_type, disposition }) => codec_type === 'video' && disposition?.attached_pic !== 1,
  )
  const audios = streams.filter(({ codec_type }) => codec_type === 'audio')
  return {
    Size: format.size,
    Container: format.format_name,
    Bitrate: format.bit_rate,
    Height: videos[0]?.height ?? 0,
    Width: videos[0]?.width ?? 0,
    Duration: format.duration,
    Rotate: videos[0] ? rotationOf(videos[0]) : 0,
    VideoStreamSet: videos.map(({ bit_rate, height, width, codec_name, avg_frame_rate }) => ({
      Bitrate: bit_rate,
      Height: height,
      Width: width,
      Codec: codec_name,
      Fps: framesPerSecond(avg_frame_rate),
      CodecTag: '',
      DynamicRangeInfo: { Type: 'SDR', HDRType: '' },
    })),
    AudioStreamSet: audios.map(({ bit_rate, sample_rate, codec_name }) => ({
      Bitrate: bit_rate,
      SamplingRate: sample_rate,
      Codec: codec_name,
    })),
    VideoDuration: videos[0]?.duration ?? 0,
    AudioDuration: audios[0]?.duration ?? 0,
    Md5: '',
  }
}

/** Returns the clockwise rotation, 0 to 359. Older files have a tag, newer ones a matrix that counts counterclockwise. */
function rotationOf({ tags, side_data_list }: z.output<typeof Probe>['streams'][number]): number {
  const matrix = side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation
  const turned = matrix === undefined ? (tags?.rotate ?? 0) : -matrix
  return ((Math.round(turned) % 360) + 360) % 360
}

function framesPerSecond(rate: string): number {
  const [frames = 0, seconds = 1] = rate.split('/').map(Number)
  return seconds > 0 ? Math.round(frames / seconds) : 0
}
