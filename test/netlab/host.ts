import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnv } from '../cli/support.ts'
import { home, home6, ip, namespaceOf } from './build.ts'
import { run } from './command.ts'
import { readCounters } from './counters.ts'
import { startDaemon } from './daemon.ts'
import { openDoor } from './door.ts'
import { Gateway } from './gateway.ts'
import { ADDRESSES } from './plan.ts'
import { spawnIn } from './process.ts'
import type { Ran, RunInit } from './command.ts'
import type { DaemonInit, LabDaemon } from './daemon.ts'
import type { Door } from './door.ts'
import type { Family } from './index.ts'
import type { HostPlan } from './plan.ts'
import type { Spawned } from './process.ts'
import type { RunningProxy } from './proxies/index.ts'
import type { Wire } from './wire.ts'
import type { SpawnOptions } from 'node:child_process'

const PROBE = fileURLToPath(new URL('./scripts/probe.ts', import.meta.url))
const ECHO = fileURLToPath(new URL('./scripts/echo.ts', import.meta.url))

/** What came of one try to connect */
export type Probe = 'open' | 'refused' | 'silent' | 'unreachable'

export interface HostComponents {
  lab: string
  directory: string
  plan: HostPlan
  gateway: Gateway
}

/** A machine of the laboratory: a network namespace behind its site's gateway */
export class Host {
  readonly name: string
  readonly namespace: string
  /** For files of this host; removed with the lab */
  readonly directory: string
  readonly gateway: Gateway
  /** The forward proxy of its site, when it has one */
  proxy?: RunningProxy
  readonly #plan: HostPlan
  readonly #doors = new Map<number, Promise<Door>>()
  #moves = 0
  #address: string
  #address6: string | undefined

  constructor ({ lab, directory, plan, gateway }: HostComponents) {
    this.name = plan.name
    this.namespace = namespaceOf(lab, plan.name)
    this.directory = join(directory, plan.name)
    this.gateway = gateway
    this.#plan = plan
    this.#address = gateway.site.ipv4 ? plan.address : ''
    this.#address6 = plan.ipv6?.address
    mkdirSync(this.directory, { recursive: true, mode: 0o700 })
  }

  /** Its own address now, of IPv4 when it speaks that; behind NAT a private one */
  get address (): string {
    return this.#address === '' ? this.#address6 ?? '' : this.#address
  }

  /** The same of IPv6 */
  get address6 (): string | undefined {
    return this.#address6
  }

  /** Runs a command inside, to its end */
  async run (command: string, args: string[] = [], init: RunInit = {}): Promise<Ran> {
    return run('ip', ['netns', 'exec', this.namespace, command, ...args], { ...init, env: init.env ?? cleanEnv() })
  }

  /** Starts a command inside */
  spawn (command: string, args: string[] = [], options: SpawnOptions = {}): Spawned {
    return spawnIn(this.namespace, command, args, { ...options, env: options.env ?? cleanEnv() })
  }

  /** Tries one TCP connection from here to another host, or any address or name */
  async probe (to: Host | string, port: number, timeout = 700): Promise<Probe> {
    const { stdout, stderr } = await this.run(process.execPath, [PROBE, typeof to === 'string' ? to : to.address, String(port), String(timeout)])

    if (!['open', 'refused', 'silent', 'unreachable'].includes(stdout)) {
      throw new Error(`the probe said ${stdout} ${stderr}`)
    }

    return stdout as Probe
  }

  /** A server that sends back what it gets; resolves when it listens */
  async echo (port: number): Promise<Spawned> {
    const server = this.spawn(process.execPath, [ECHO, String(port)])

    await server.line()

    return server
  }

  /** Base URL, for `fetch` in this process, of a port on the loopback interface inside */
  async url (port: number): Promise<string> {
    const door = this.#doors.get(port) ?? openDoor((command, args) => this.spawn(command, args), this.directory, 'door', port)
    this.#doors.set(port, door)

    return (await door).url
  }

  /** HTTP to a port on the loopback interface inside, as a local app would */
  async http (port: number, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${await this.url(port)}${path}`, init)
  }

  /** A real `beam-node` that founds a network or joins one, started */
  async daemon (init: DaemonInit): Promise<LabDaemon> {
    return startDaemon(this, init)
  }

  /** SYNs from outside that reached this host: 0 behind a firewall that lets nothing in */
  async accepted (): Promise<number> {
    return this.#count('accepted')
  }

  /** SYNs from outside that the firewall dropped */
  async droppedSyns (): Promise<number> {
    const counters = await readCounters(this.gateway.namespace)

    // behind NAT the gateway's own address is all that can be tried
    return packets(counters, `dropped_${this.name}`) + (this.#plan.init.nat === true ? packets(counters, 'dropped_gateway') : 0)
  }

  /** SYNs of this host that were not let out */
  async refusedSyns (): Promise<number> {
    return this.#count('refused')
  }

  /** Bytes of IP packets that passed the gateway, or of one family alone */
  async bytes (family?: Family): Promise<{ in: number, out: number }> {
    const counters = await readCounters(this.gateway.namespace)
    const sum = (way: 'in' | 'out'): number => (['IPv4', 'IPv6'] as const).filter(each => family == null || each === family)
      .reduce((bytes, each) => bytes + (counters.get(`${way}_${each === 'IPv4' ? 'ip' : 'ip6'}_${this.name}`)?.bytes ?? 0), 0)

    return { in: sum('in'), out: sum('out') }
  }

  /** Everything from and to this host vanishes without a word, until `speak` */
  async silence (): Promise<void> {
    await this.gateway.drop('silent', this.#ranges)
  }

  async speak (): Promise<void> {
    await this.gateway.pass('silent', this.#ranges)
  }

  get #ranges (): string[] {
    return [this.#plan.range, ...this.#plan.ipv6 == null ? [] : [this.#plan.ipv6.range]]
  }

  /** A bad cable between its site's gateway and the internet; without a word a good one again */
  async wire (wire?: Wire): Promise<void> {
    await (wire == null ? this.gateway.cable.remove() : this.gateway.cable.put(wire))
  }

  /** Another address for this host, the old one is gone: a laptop that was carried elsewhere */
  async move (): Promise<string> {
    if (++this.#moves >= ADDRESSES) {
      throw new Error(`${this.name} moved too often`)
    }

    const { site } = this.gateway

    if (site.ipv4) {
      const before = this.#address
      const parts = this.#plan.address.split('.')
      parts[3] = String(Number(parts[3]) + this.#moves)
      this.#address = parts.join('.')
      // without its last address it has no routes either
      await ip([`addr del ${before}/24 dev eth0`, ...home(site, this.#address)], this.namespace)
    }

    if (this.#plan.ipv6 != null) {
      const before = this.#address6
      const groups = this.#plan.ipv6.address.split(':')
      groups[groups.length - 1] = (Number.parseInt(groups[groups.length - 1], 16) + this.#moves).toString(16)
      this.#address6 = groups.join(':')
      await ip([`addr del ${before}/64 dev eth0`, ...home6(site, this.#address6)], this.namespace)
    }

    return this.address
  }

  close (): void {
    for (const door of this.#doors.values()) {
      void door.then(({ close }) => { close() }, () => {}) // one that never opened needs no closing
    }
  }

  async #count (kind: string): Promise<number> {
    return packets(await readCounters(this.gateway.namespace), `${kind}_${this.name}`)
  }
}

function packets (counters: Awaited<ReturnType<typeof readCounters>>, name: string): number {
  const counter = counters.get(name)

  if (counter == null) {
    throw new Error(`the gateway has no counter ${name}`)
  }

  return counter.packets
}
