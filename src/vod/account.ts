/** The alias of a Tencent account: part of the names of task queues. No zod here: workflows import this file. */
export const accountAlias = /^[a-z0-9-]{1,32}$/
