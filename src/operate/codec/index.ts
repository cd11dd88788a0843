/** A codec server, for those who may read what is encrypted. */
export { type Access, accessByIssuer, accessByTokens, anyOf } from './access.js'
export { createCodecHandler } from './handler.js'
