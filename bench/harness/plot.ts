/** One bar of a plot; `low` and `high` are drawn as its interval. */
export interface PlotBar {
  readonly label: string
  readonly value: number
  readonly low?: number
  readonly high?: number
}

/** Horizontal bars: the one kind of plot that all benchmarks need. */
export interface Plot {
  readonly title: string
  readonly unit: string
  readonly bars: readonly PlotBar[]
  /** Drawn as a line over all bars. */
  readonly limit?: { readonly value: number; readonly label: string }
}

const width = 880
const labels = 390
const row = 30
const top = 46
const right = 110

/** vodflow's own bars stand out. */
const colours = { ours: '#0b6bcb', others: '#9aa5b1', interval: '#333', limit: '#c0392b' }

/** A picture that stands alone: no script, no font to load, white behind it for dark pages. */
export function svgOf({ title, unit, bars, limit }: Plot): string {
  const most = Math.max(...bars.map(({ value, high = value }) => high), limit?.value ?? 0, Number.MIN_VALUE)
  const x = (value: number) => labels + (value / most) * (width - labels - right)
  const height = top + bars.length * row + (limit ? 26 : 10)
  const drawn = bars.map(({ label, value, low, high }, index) => {
    const y = top + index * row
    const middle = y + row / 2
    const fill = label.startsWith('vodflow') ? colours.ours : colours.others
    const interval =
      low === undefined || high === undefined
        ? ''
        : `<path d="M${at(x(low))} ${middle}H${at(x(high))}M${at(x(low))} ${middle - 5}v10M${at(x(high))} ${middle - 5}v10" stroke="${colours.interval}" stroke-width="1.5" fill="none"/>`
    const end = x(Math.max(value, high ?? 0))
    return `<text x="${labels - 8}" y="${middle + 4}" text-anchor="end">${xml(label)}</text>
<rect x="${labels}" y="${y + 6}" width="${at(Math.max(1, x(value) - labels))}" height="${row - 12}" fill="${fill}"/>${interval}
<text x="${at(end + 6)}" y="${middle + 4}">${xml(numberText(value))}</text>`
  })
  const line = limit
    ? `<path d="M${at(x(limit.value))} ${top - 6}V${height - 20}" stroke="${colours.limit}" stroke-dasharray="4 3"/>
<text x="${at(x(limit.value))}" y="${height - 6}" text-anchor="middle" fill="${colours.limit}">${xml(limit.label)}</text>`
    : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(title)}" font-family="system-ui, sans-serif" font-size="13" fill="#222">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="12" y="24" font-size="15" font-weight="600">${xml(title)} <tspan font-weight="400" fill="#666">(${xml(unit)})</tspan></text>
${drawn.join('\n')}
${line}</svg>
`
}

function numberText(value: number): string {
  if (value === 0) return '0'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const at = (value: number) => value.toFixed(1)

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
