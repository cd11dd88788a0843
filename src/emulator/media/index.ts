export { type MediaMetaData, type MediaToolbox, type Piece, SubTaskFailure } from './contract.js'
export { instantToolbox } from './instant.js'
export { createMediaToolbox } from './toolbox.js'
