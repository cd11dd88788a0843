/**
 * Preset definitions ("Preset Parameter Templates", 2025-03-07). `shortSide` is the smaller of width and height;
 * bit rates are in kbit/s. Any other definition is refused with `InvalidInput.DefinitionNotExist`.
 */
export interface TranscodeDefinition {
  readonly container: 'mp4' | 'hls' | 'm4a' | 'mp3'
  /** Absent for audio only and for a remux. */
  readonly video?: { readonly shortSide: number; readonly kbps: number }
  readonly audioKbps: number
  /** Copies the streams and changes only the container. */
  readonly remux?: true
}

const sizes = [
  { shortSide: 360, kbps: 400, audioKbps: 64 },
  { shortSide: 540, kbps: 1000, audioKbps: 64 },
  { shortSide: 720, kbps: 1800, audioKbps: 128 },
  { shortSide: 1080, kbps: 2500, audioKbps: 128 },
  { shortSide: 1440, kbps: 3000, audioKbps: 160 },
  { shortSide: 2160, kbps: 6000, audioKbps: 160 },
]
const mp4 = [100010, 100020, 100030, 100040, 100070, 100080]
const hls = [100210, 100220, 100230, 100240, 100270, 100280]

const videoDefinitions = sizes.flatMap(
  ({ shortSide, kbps, audioKbps }, n): [number, TranscodeDefinition][] => [
    [mp4[n] as number, { container: 'mp4', video: { shortSide, kbps }, audioKbps }],
    [hls[n] as number, { container: 'hls', video: { shortSide, kbps }, audioKbps }],
  ],
)

export const transcodeDefinitions: ReadonlyMap<number, TranscodeDefinition> = new Map<
  number,
  TranscodeDefinition
>([
  ...videoDefinitions,
  [1100, { container: 'm4a', audioKbps: 24 }],
  [1110, { container: 'm4a', audioKbps: 48 }],
  [1120, { container: 'm4a', audioKbps: 96 }],
  [1130, { container: 'm4a', audioKbps: 192 }],
  [1140, { container: 'm4a', audioKbps: 256 }],
  [1010, { container: 'mp3', audioKbps: 128 }],
  [1020, { container: 'mp3', audioKbps: 320 }],
  [875, { container: 'mp4', audioKbps: 0, remux: true }],
  [876, { container: 'hls', audioKbps: 0, remux: true }],
])

/** Streams of adaptive definition 10, 24 fps. Those larger than the source are omitted. */
export const adaptiveStreams = [
  { shortSide: 240, kbps: 256 },
  { shortSide: 480, kbps: 512 },
  { shortSide: 720, kbps: 1024 },
  { shortSide: 1080, kbps: 2500 },
  { shortSide: 1440, kbps: 3072 },
  { shortSide: 2160, kbps: 6144 },
]
/** Clear HLS. The encrypted ones (11, 12, 13) and DASH (20) are not imitated. */
export const adaptiveDefinition = 10

/** Definition of snapshots at times, samples and covers: JPG of the source's size. */
export const snapshotDefinition = 10
export const samplePercent = 10

export const spriteDefinition = { id: 10, width: 142, height: 80, columns: 10, rows: 10, everySeconds: 10 }

export const animatedDefinitions: ReadonlyMap<number, 'gif' | 'webp'> = new Map([
  [20000, 'gif'],
  [20001, 'webp'],
])
export const animatedFps = 2
