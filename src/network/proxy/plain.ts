/** Text that somebody else wrote, as people may see it: no commands to their terminal */
export function plain (text: string, length: number): string {
  return text.slice(0, length).replace(/[^\x20-\x7e]/g, '?')
}
