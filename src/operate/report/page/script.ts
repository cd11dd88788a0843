/**
 * The only script of the page. A time of moderation moves its player there, and a file that does not load is marked. Without scripts, the
 * link of a time opens the file at that time.
 */
export const script = `
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-player]')
  const player = link && document.getElementById(link.dataset.player)
  if (!player) return
  event.preventDefault()
  player.currentTime = Number(link.dataset.at)
  player.scrollIntoView({ block: 'center' })
  player.focus({ preventScroll: true })
})
document.addEventListener('error', ({ target }) => {
  if (target instanceof Element) target.closest('.card')?.classList.add('lost')
}, true)
`
