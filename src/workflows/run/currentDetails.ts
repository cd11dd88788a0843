import { setCurrentDetails } from '@temporalio/workflow'
import { said, wholeLines } from '../../contract/markdown.js'

/** The largest size in bytes of UTF-8 that a person can read. Temporal's limit is 20,000. */
const maxBytes = 16_000

interface DetailsSection {
  readonly title: string
  text: string
  /** Returns the text after a change. */
  changed?: (() => string) | undefined
}

const sections: DetailsSection[] = []

/**
 * Adds a section to the run's current details in the Temporal UI, which are one Markdown text for all steps and gates. Setting them adds
 * no history event.
 */
export function pinSection(title: string): (text: () => string) => void {
  const section: DetailsSection = { title, text: '' }
  sections.push(section)
  return (text) => {
    section.changed = text
  }
}

/**
 * Writes the changed sections. It runs once for each activation, because the text costs more than most changes, and an activation can
 * deliver thousands of signals. Several sections have titles. The latest comes first, because a long text is cut at the end.
 */
export function showDetails(): void {
  const changed = sections.filter((section) => section.changed)
  if (changed.length === 0) return
  for (const section of changed) {
    section.text = section.changed?.() ?? ''
    section.changed = undefined
  }
  const shown = sections.filter(({ text }) => text !== '')
  const titled =
    shown.length === 1
      ? shown.map(({ text }) => text)
      : shown.map(({ title, text }) => `### ${said(title)}\n${text}`)
  setCurrentDetails(wholeLines(titled.toReversed().join('\n\n'), maxBytes))
}
