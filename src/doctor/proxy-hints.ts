import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { maskProxy } from '../core/proxy-text.ts'

/** Where else on this machine a proxy is named, for an operator who has set none here; passwords hidden */
export function proxyHints (env: NodeJS.ProcessEnv, root = '/etc'): string[] {
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
  const said = names.filter(name => (env[name] ?? '') !== '').map(name => `${name} in the environment: ${maskProxy(env[name] ?? '')}`)
  const apt = join(root, 'apt', 'apt.conf.d')
  const files = [join(root, 'environment'), join(root, 'apt', 'apt.conf'), ...list(apt).map(name => join(apt, name))]

  return [...new Set([...said, ...files.flatMap(file => linesOf(file))])].slice(0, 4)
}

function linesOf (file: string): string[] {
  return read(file).split('\n')
    .map(line => /^\s*(?:export\s+)?(?:https?_proxy|all_proxy)=["']?([^"'\s]+)/i.exec(line)?.[1] ?? /^\s*Acquire::https?::Proxy\s+"([^"]+)"/i.exec(line)?.[1])
    .filter(found => found != null && found.includes('://'))
    .map(found => `${file}: ${maskProxy(found ?? '')}`)
}

function list (folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // not that kind of system
    return []
  }
}

function read (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // not there, or not for this user: then it is no hint
    return ''
  }
}
