/** A codec server for people who may read encrypted payloads. */
export { type Access, accessByIssuer, accessByTokens, anyOf } from './access.js'
export { createCodecHandler } from './handler.js'
