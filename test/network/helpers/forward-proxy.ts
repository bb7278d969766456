import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const run = promisify(execFile)

export interface ForwardProxyInit {
  /** Names as the proxy's own DNS has them: `relay.example:443` to a port of this machine */
  names?: Record<string, number>
  credentials?: string
  /** Sent as the answer to CONNECT instead of opening a tunnel; '' closes, undefined opens one */
  answer?: string | ((target: string) => string | undefined)
  /** Before the answer, ms */
  delay?: number
  /** A tunnel on which nothing moved for so long is cut, ms */
  idle?: number
  /** A tunnel is cut at this age, ms */
  total?: number
  /** Breaks TLS open with this certificate; the site beyond must be trusted by `ca` */
  breaks?: { cert: string, key: string, ca: string }
}

export interface ForwardProxy {
  readonly port: number
  /** What was asked for, each CONNECT */
  readonly asked: string[]
  /** Heads of the requests */
  readonly heads: string[]
  /** What passed in the clear, as far as the proxy can see */
  seen(): Buffer
  readonly cuts: number
  init: ForwardProxyInit
  /** Ends all tunnels at once */
  cutAll(): void
  close(): Promise<void>
}

/** A forward proxy of hospitals' manners */
export async function forwardProxy (first: ForwardProxyInit = {}): Promise<ForwardProxy> {
  const seen: Buffer[] = []
  const sockets = new Set<Duplex>()
  const tunnels = new Set<() => void>()
  let cuts = 0

  const keep = <Kept extends Duplex>(socket: Kept): Kept => {
    sockets.add(socket)
    socket.on('error', () => { socket.destroy() })
    socket.once('close', () => { sockets.delete(socket) })

    return socket
  }

  const splice = (one: Duplex, other: Duplex, { idle, total }: ForwardProxyInit): void => {
    const cut = (): void => {
      cuts++
      one.destroy()
      other.destroy()
    }
    let timer: NodeJS.Timeout | undefined
    const moved = (): void => {
      clearTimeout(timer)
      timer = idle == null ? undefined : setTimeout(cut, idle)
    }
    const ended = (): void => {
      clearTimeout(timer)
      clearTimeout(age)
      tunnels.delete(cut)
    }
    const age = total == null ? undefined : setTimeout(cut, total)
    tunnels.add(cut)
    moved()

    for (const [from, to] of [[one, other], [other, one]]) {
      from.on('data', (data: Buffer) => {
        seen.push(data)
        moved()
      })
      from.pipe(to)
      from.once('close', () => {
        ended()
        to.destroy()
      })
    }
  }

  const serve = async (client: Socket): Promise<void> => {
    let head = ''

    for await (const chunk of client.iterator({ destroyOnReturn: false })) {
      head += (chunk as Buffer).toString('latin1')

      if (head.includes('\r\n\r\n')) {
        break
      }
    }

    const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? ''
    const { init } = proxy
    proxy.heads.push(head)
    proxy.asked.push(target)
    await new Promise(resolve => { setTimeout(resolve, init.delay ?? 0) })

    if (init.credentials != null && !head.includes(`\r\nProxy-Authorization: Basic ${Buffer.from(init.credentials).toString('base64')}\r\n`)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="hospital"\r\n\r\n')
      return
    }

    const answer = typeof init.answer === 'function' ? init.answer(target) : init.answer

    if (answer != null) {
      client.end(answer)
      return
    }

    const port = init.names?.[target]

    if (port == null) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }

    const beyond = keep(connect(port, '127.0.0.1'))
    await once(beyond, 'connect')
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')

    if (init.breaks == null) {
      splice(client, beyond, init)
    } else {
      const { cert, key, ca } = init.breaks
      const inner = keep(new TLSSocket(client, { isServer: true, cert, key, ALPNProtocols: ['http/1.1'] }))
      const outer = keep(connectTls({ socket: beyond, ca, servername: target.split(':')[0] }))
      await Promise.all([once(inner, 'secure'), once(outer, 'secureConnect')])
      splice(inner, outer, init)
    }
  }

  const server = createServer((client) => {
    keep(client)
    serve(client).catch(() => { client.destroy() })
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })

  const proxy: ForwardProxy = {
    port: (server.address() as AddressInfo).port,
    asked: [],
    heads: [],
    seen: () => Buffer.concat(seen),
    get cuts () { return cuts },
    init: first,
    cutAll: () => { tunnels.forEach(cut => { cut() }) },
    close: async () => {
      sockets.forEach(socket => { socket.destroy() })
      await new Promise(resolve => { server.close(resolve) })
    }
  }

  return proxy
}

export interface Authority {
  dir: string
  /** PEM file and text of its own certificate */
  file: string
  pem: string
  /** A certificate for a name */
  issue(name: string): Promise<{ files: { cert: string, key: string }, cert: string, key: string }>
  remove(): Promise<void>
}

/** A certificate authority made with openssl */
export async function authority (name: string): Promise<Authority> {
  const dir = await mkdtemp(join(tmpdir(), 'beam-ca-'))
  const file = join(dir, 'ca.pem')
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await run('openssl', ['req', '-x509', ...ec, '-days', '2', '-subj', `/CN=${name}`, '-keyout', join(dir, 'ca.key'), '-out', file])
  let count = 0

  return {
    dir,
    file,
    pem: await readFile(file, 'utf8'),
    async issue (host) {
      const base = join(dir, `${++count}`)
      await writeFile(`${base}.ext`, `subjectAltName=DNS:${host}`)
      await run('openssl', ['req', '-new', ...ec, '-subj', `/CN=${host}`, '-keyout', `${base}.key`, '-out', `${base}.csr`])
      await run('openssl', ['x509', '-req', '-in', `${base}.csr`, '-CA', file, '-CAkey', join(dir, 'ca.key'), '-CAcreateserial', '-days', '2', '-extfile', `${base}.ext`, '-out', `${base}.pem`])
      const files = { cert: `${base}.pem`, key: `${base}.key` }

      return { files, cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') }
    },
    remove: async () => rm(dir, { recursive: true })
  }
}
