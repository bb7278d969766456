import { Emitter } from '../core/bus.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { FailedTries } from './failed-tries.ts'
import { hashChosen, hashGenerated } from './hash-key.ts'
import { checkAppName, checkKey, KEY_BYTES, SHORT_KEY } from './key-rules.ts'
import { parseAuthorization } from './parse-authorization.ts'
import { createVerifier, GeneratedKey, GivenKey, KeyMemory } from './verifier.ts'
import type { HashedKey } from './hash-key.ts'
import type { Apps, Principal } from './index.ts'
import type { Verifier } from './verifier.ts'
import type { Clock } from '../core/clock.ts'
import type { AppId, SiteId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Random } from '../core/random.ts'
import type { AppRow, Store } from '../store/index.ts'

export interface AppsComponents {
  store: Pick<Store, 'listApps' | 'addApp' | 'replaceAppKey' | 'removeApp'>
  /** This site: apps are `name.self` */
  self: SiteId
  /** Beam's own form: APP_<name>_KEY in the environment */
  envApps: Array<{ name: string, key: string }>
  clock: Clock
  random: Random
  log: Log
}

interface LocalApp {
  id: AppId
  principal: Principal
  /** Unix ms */
  created: number
  source: 'store' | 'environment'
  verifier: Verifier
}

export async function createApps (components: AppsComponents): Promise<Apps> {
  const apps = new LocalApps(components)

  await apps.load()

  return apps
}

class LocalApps implements Apps {
  readonly keyEnded = new Emitter<AppId>()
  readonly #components: AppsComponents
  readonly #apps = new Map<AppId, LocalApp>()
  readonly #memory: KeyMemory
  readonly #nobody: Verifier
  readonly #failed: FailedTries

  constructor (components: AppsComponents) {
    this.#components = components
    this.#memory = new KeyMemory(components.random.bytes(KEY_BYTES))
    this.#nobody = new GeneratedKey(components.random.bytes(KEY_BYTES))
    this.#failed = new FailedTries(components.clock, (id) => this.#memory.digest(id))
  }

  async load (): Promise<void> {
    const { store, envApps, clock, log } = this.#components

    for (const row of await store.listApps({})) {
      this.#keep(row)
    }

    // the environment is what the operator wrote last, beside the container or unit
    for (const { name, key } of envApps) {
      const field = `APP_${name}_KEY`
      const id = this.#idOf(checkAppName(name))

      checkKey(key, field)

      if (key.length < SHORT_KEY) {
        log.warn({ app: id, minimum: SHORT_KEY }, `the key of ${field} is short`)
      }

      if (this.#apps.has(id)) {
        log.warn({ app: id }, `${field} stands in for the stored key of this app`)
      }

      this.#apps.set(id, { ...this.#facts(id), created: clock.now(), source: 'environment', verifier: new GivenKey(key, this.#memory) })
    }
  }

  async authenticate (header: string | undefined): Promise<Principal | undefined> {
    const claim = parseAuthorization(header)

    if (claim == null) {
      return
    }

    const app = this.#apps.get(claim.id)
    const right = (app?.verifier ?? this.#nobody).verify(claim.key)

    if ((typeof right === 'boolean' ? right : await right) && app != null) {
      return app.principal
    }

    await this.#failed.add(claim.id)
  }

  async list (): Promise<Array<{ id: AppId, created: number, source: 'store' | 'environment' }>> {
    return [...this.#apps.values()]
      .map(({ id, created, source }) => ({ id, created, source }))
      .sort((a, b) => a.id < b.id ? -1 : 1)
  }

  async add (name: string, key?: string): Promise<{ id: AppId, key: string }> {
    const id = this.#idOf(checkAppName(name))
    const fresh = await this.#newKey(key)
    const row = { name, created: this.#components.clock.now(), ...fresh.stored }

    if (this.#apps.has(id) || !await this.#components.store.addApp(row)) {
      throw new ConflictError(`app ${quote(name)} exists: give it a new key with rotate-key, or remove it first`)
    }

    this.#keep(row)

    return { id, key: fresh.key }
  }

  async rotate (name: string, key?: string): Promise<{ id: AppId, key: string }> {
    const app = this.#stored(name)
    const fresh = await this.#newKey(key)
    const row = { name, created: app.created, ...fresh.stored }

    if (!await this.#components.store.replaceAppKey(row)) {
      throw unknownApp(name)
    }

    this.#keep(row)
    this.keyEnded.emit(app.id)

    return { id: app.id, key: fresh.key }
  }

  async remove (name: string): Promise<void> {
    const app = this.#stored(name)

    if (!await this.#components.store.removeApp({ name })) {
      throw unknownApp(name)
    }

    this.#apps.delete(app.id)
    this.keyEnded.emit(app.id)
  }

  /** @throws {NotFoundError | ConflictError} unless its key is in the store */
  #stored (name: string): LocalApp {
    const app = this.#apps.get(this.#idOf(checkAppName(name)))

    if (app == null) {
      throw unknownApp(name)
    }

    if (app.source === 'environment') {
      throw new ConflictError(`app ${quote(name)} is declared in the environment: change APP_${name}_KEY and start again`)
    }

    return app
  }

  async #newKey (key: string | undefined): Promise<{ key: string, stored: HashedKey }> {
    const { random, log } = this.#components

    if (key == null) {
      const generated = Buffer.from(random.bytes(KEY_BYTES)).toString('base64url')

      return { key: generated, stored: hashGenerated(generated) }
    }

    if (checkKey(key).length < SHORT_KEY) {
      log.warn({ minimum: SHORT_KEY }, 'the chosen key is short: leave it out and one is generated')
    }

    return { key, stored: await hashChosen(key, random) }
  }

  #keep (row: AppRow): void {
    const id = this.#idOf(row.name)

    this.#apps.set(id, { ...this.#facts(id), created: row.created, source: 'store', verifier: createVerifier(row, this.#memory, this.#components.clock) })
  }

  #facts (id: AppId): { id: AppId, principal: Principal } {
    return { id, principal: { kind: 'app', id, site: this.#components.self } }
  }

  #idOf (name: string): AppId {
    return `${name}.${this.#components.self}`
  }
}

function unknownApp (name: string): NotFoundError {
  return new NotFoundError(`no app ${quote(name)} here`)
}
