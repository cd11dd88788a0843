/* What names look like that become part of ids, paths and requests. No zod here: workflows import this file. */

/** An id of a media file. */
export const fileIdPattern = /^[\x21-\x7e]{1,64}$/

/** An id of a task. Those of VOD have about 60 characters. */
export const taskIdPattern = /^[\x21-\x7e]{1,200}$/

/** A file in a folder, and nothing else: no path, and no file that is hidden. */
export const fileNamePattern = /^[\w-][\w.-]{0,199}$/

/** Of a step, or of work. */
export const keyPattern = /^[\x21-\x7e]{1,200}$/

/** Of an upload rule. */
export const ruleNamePattern = /^[\w.-]{1,50}$/
