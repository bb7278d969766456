import { InvalidInputError } from '../../../core/errors.ts'
import { quote } from '../../../core/ids.ts'
import { listOption, textOption } from '../../input.ts'
import type { LabInit } from '../../../lab/index.ts'
import type { CommandInput } from '../../command.ts'

export function readOptions ({ options, dir }: CommandInput): Pick<LabInit, 'network' | 'sites' | 'apps' | 'dir'> {
  return {
    network: textOption(options, 'network') ?? 'lab',
    sites: listOption(options, 'site').map(readSite),
    apps: listOption(options, 'app').map(readApp),
    ...(dir == null ? {} : { dir })
  }
}

function readSite (text: string): { name: string, apiPort: number } {
  const match = /^([^=]+)(?:=(\d{1,5}))?$/.exec(text)
  const apiPort = Number(match?.[2] ?? 0)

  if (match == null || apiPort > 65_535) {
    throw new InvalidInputError('--site', `must be <name>=<port>, such as proxy1=8081, not ${quote(text)}`)
  }

  return { name: match[1], apiPort }
}

function readApp (text: string): { name: string, key: string } {
  const at = text.indexOf('=')

  if (at < 1 || at === text.length - 1) {
    // the text may hold a key: it is not repeated
    throw new InvalidInputError('--app', 'must be <name>=<key>, such as app1=App1Secret')
  }

  return { name: text.slice(0, at), key: text.slice(at + 1) }
}
