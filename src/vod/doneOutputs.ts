import { isDefinition, type Json, object, textOf } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { mediaOutputsOf, showsSetOf } from './mediaOutputs.js'
import { taskTypesOf } from './templateTasks.js'

/** The sets of a template, with the type of their outputs on a media file. Covers are missing: they leave no definition there. */
const sets: Readonly<Record<string, string>> = {
  TranscodeTaskSet: 'Transcode',
  AnimatedGraphicTaskSet: 'AnimatedGraphics',
  SnapshotByTimeOffsetTaskSet: 'SnapshotByTimeOffset',
  SampleSnapshotTaskSet: 'SampleSnapshot',
  ImageSpriteTaskSet: 'ImageSprites',
  AdaptiveDynamicStreamingTaskSet: 'AdaptiveDynamicStreaming',
}

/** Returns the outputs of a template as `Type Definition`. Only outputs that are visible on the media file afterward are listed. */
export function outputsAskedFor(template: Json): string[] {
  const media = Object(template.MediaProcessTask) as Json
  return Object.entries(sets).flatMap(([set, Type]) => {
    const asked = media[set]
    const definitions = Array.isArray(asked) ? asked.map((task) => Object(task).Definition as unknown) : []
    return definitions.filter(isDefinition).map((one) => `${Type} ${one}`)
  })
}

/** Returns the members of a template that leave no trace on a media file, so it cannot be known whether they were processed. */
export function unseenIn(template: Json): string[] {
  const { MediaProcessTask: _, ...others } = template
  const beside = Object.keys(others).filter((name) => taskTypesOf({ [name]: others[name] }).length > 0)
  return outputsAskedFor(template).length === 0 && beside.length === 0 ? ['MediaProcessTask'] : beside
}

/**
 * Returns true if a media file has all outputs in `asked`, made after the template was last changed. VOD updates the UpdateTime of a
 * media file when processing starts on it ("MediaBasicInfo"). Returns false if no output is visible (moderation alone, a cover).
 */
export function hasOutputs(media: Json, asked: readonly string[], UpdateTime: string): boolean {
  if (asked.length === 0) return false
  const has = new Set(mediaOutputsOf(media).map(({ Type, Definition }) => `${Type} ${Definition}`))
  if (!asked.every((output) => has.has(output))) return false
  const changed = Date.parse(UpdateTime)
  const processed = Date.parse(String((Object(media.BasicInfo) as Json).UpdateTime ?? ''))
  return Number.isNaN(changed) || processed >= changed
}

/**
 * Returns true if the answer has every member that {@link hasOutputs} reads. A media file without an output has null or an empty list in
 * its place, and each output is complete.
 */
export function showsOutputs(media: Json, asked: readonly string[]): boolean {
  const types = new Set(asked.map((output) => output.split(' ')[0] ?? ''))
  const { UpdateTime } = object(media.BasicInfo) ?? {}
  return isIsoTime(textOf(UpdateTime)) && [...types].every((Type) => showsSetOf(media, Type))
}
