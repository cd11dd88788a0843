/** The starter's pipeline after a change that its running runs cannot take: it fetches a film first. */
export { publishEpisode as publish } from '../../examples/publish-episode/workflows.js'
