import type { AppEventItem } from '../../events/app-events.ts'

/** A gap has the id of what is missing last: whoever resumes does not ask for it again */
export function render (item: AppEventItem, incarnation: number): string {
  if (item.kind === 'gap') {
    const { reason, from, to } = item

    return block(`${incarnation}-${to}`, 'gap', { reason, from, to })
  }

  const { n, kind, at, ...rest } = item.event

  return block(`${incarnation}-${n}`, kind, { n, at: new Date(at).toISOString(), ...rest })
}

function block (id: string, event: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
